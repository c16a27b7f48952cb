"""What a command prints with `--json` is what the API describes for the same operation: neither can drift away."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from newsletter.cli.main import run
from newsletter.web.api.app import application, described

NOW = "2026-11-26T15:00:00Z"
READERS = "email,name,town\nada@example.org,Ada,Alderwick\nnot an address,Nobody,\n"

ANY = -1
STEPS: list[tuple[tuple[str, ...], str, int]] = [
    # what is typed, the operation whose answer it must be, its exit code
    (("publication", "show"), "get /publication", 0),
    (("publication", "set", "from=Desk <desk@letter.example.org>", "address=12 Mill Street"), "patch /publication", 0),
    (("publication", "add", "The Lantern"), "post /publications", 0),
    (("sources", "add", "{drop}"), "post /sources", 0),
    (("sources", "list"), "get /sources", 0),
    (("collect", "--force"), "post /collect", 0),
    (("collect", "--history"), "get /collections", 0),
    (("sources", "set", "1", "newest=20", "interval=2h", "keep=weir,seeds"), "patch /sources/{source}", 0),
    (("items", "list"), "get /items", 0),
    (("items", "add", "{note}"), "post /items/file", 0),
    (("items", "pick", "--newest", "2"), "post /items/decide", 0),
    (("items", "edit", "1", "--title", "The weir holds", "--outlet", "Alder Courier"), "patch /items/{item}", 0),
    (("items", "join", "1", "2"), "post /items/join", 0),
    (("items", "lead", "2"), "post /items/{item}/lead", 0),
    (("items", "list", "--stories"), "get /items", 0),
    (("items", "split", "1"), "post /items/split", 0),
    (("events", "add", "December 6-7 Street fair", "no date at all"), "post /events", 1),
    (("events", "add", "Jan 8: Talk, second Monday of the month 2:30 PM ET"), "post /events", 0),
    (("events", "edit", "1", "--place", "Town hall", "--confirm"), "patch /events/{event}", 0),
    (("events", "share", "1", "the-lantern"), "post /events/{event}/share", 0),
    (("events", "list"), "get /events", 0),
    (("cadence", "set", "Fri 09:00 America/New_York"), "put /cadence", 0),
    (("cadence", "holidays", "add", "2026-12-25", "--name", "Christmas"), "post /cadence/holidays", 0),
    (("cadence", "holidays", "list"), "get /cadence/holidays", 0),
    (("cadence", "show"), "get /cadence", 0),
    (("digest", "show"), "get /digest", 0),
    (("digest", "set", "cadence=daily 07:00", "most=5", "max_age=2d", "then=wait"), "patch /digest", 0),
    (("digest", "run", "--dry-run"), "get /digest/trial", 0),
    (("digest", "run"), "post /digest/run", 0),
    (("digest", "show"), "get /digest", 0),
    (("issue", "new", "--title", "June"), "post /issues", 0),
    (("issue", "fill", "latest"), "post /issues/{issue}/fill", 0),
    (
        ("issue", "text", "latest", "Write to us.", "--standing", "--until", "2027-01-31"),
        "post /issues/{issue}/blocks",
        0,
    ),
    (("issue", "section", "add", "latest", "In town"), "post /issues/{issue}/sections", 0),
    (("issue", "image", "latest", "{picture}", "--alt", "The weir"), "post /issues/{issue}/images", 0),
    (("issue", "set", "latest", "--preheader", "Of weirs"), "patch /issues/{issue}", 0),
    (("issue", "list"), "get /issues", 0),
    (("issue", "check", "latest"), "get /issues/{issue}/check", 0),
    (("issue", "archive", "latest", "--keep-out"), "post /issues/{issue}/archive", 0),
    (("subscribers", "import", "{readers}", "--dry-run"), "post /subscribers/import", 1),
    (("subscribers", "import", "{readers}"), "post /subscribers/import", 1),
    (("subscribers", "list"), "get /subscribers", 0),
    (("subscribers", "add", "ben@example.org", "--tag", "friends"), "post /subscribers", 0),
    (("subscribers", "unsubscribe", "ben@example.org"), "post /subscribers/{email}/unsubscribe", 0),
    (("subscribers", "erase", "ben@example.org"), "delete /subscribers/{email}", 0),
    (("issue", "test", "2", "--to", "me@example.org"), "post /issues/{issue}/test", 0),
    (("issue", "approve", "2"), "post /issues/{issue}/approve", 0),
    (("issue", "schedule", "2"), "post /issues/{issue}/schedule", 0),
    (("issue", "send", "2", "--yes"), "post /issues/{issue}/send", 0),
    (("issue", "status", "2"), "get /issues/{issue}/status", 0),
    (("issue", "deliveries", "2"), "get /issues/{issue}/deliveries", 0),
    (("issue", "correct", "2", "--note", "It is in June."), "post /issues/{issue}/correct", 0),
    (("theme", "list"), "get /themes", 0),
    (("theme", "new", "ours"), "post /themes", 0),
    (("theme", "check", "weekly"), "get /themes/{theme}/check", 0),
    (("theme", "set", "weekly", "accent=#0b5345"), "patch /themes/{theme}/look", 0),
    (("theme", "image", "{picture}"), "post /themes/images", 0),
    (("people", "invite", "editor"), "post /people/invitations", 0),
    (("people", "list"), "get /people", 0),
    (("people", "log"), "get /audit", 0),
    (("doctor",), "get /doctor", ANY),
    (("sources", "remove", "1"), "delete /sources/{source}", 0),
    (("events", "remove", "1"), "delete /events/{event}", 0),
]


def closed(schema: Any) -> Any:
    """A schema in which no field may stand that it does not name."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: closed(one) for name, one in schema.items()}
    if "properties" in found and "additionalProperties" not in found and found.get("type") == "object":
        found["additionalProperties"] = False
    return found


pytestmark = pytest.mark.long


@pytest.fixture
def typed(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Types a command in a workspace of its own, and reads its document."""
    from PIL import Image

    monkeypatch.setenv("NEWSLETTER_NOW", NOW)
    monkeypatch.setenv("NEWSLETTER_SMTP_URL", f"file:{tmp_path / 'outbox'}")
    monkeypatch.setenv("NEWSLETTER_BASE_URL", "http://127.0.0.1:8000")
    desk = tmp_path / "desk"
    assert run(["init", str(desk), "--json"]) == 0
    files = {
        "drop": desk / "drop",
        "note": tmp_path / "note.md",
        "readers": tmp_path / "readers.csv",
        "picture": tmp_path / "weir.png",
    }
    for name, title in (("weir", "The weir is mended"), ("seeds", "Seeds are swapped")):
        (desk / "drop" / f"{name}.md").write_text(f"# {title}\n\nIt holds, and the mill turns again.\n")
    files["note"].write_text("# A note\n\nOf the editors.\n")
    files["readers"].write_text(READERS)
    Image.new("RGB", (40, 30), "teal").save(files["picture"])
    capsys.readouterr()

    def type_(*words: str, code: int = 0) -> Any:
        said = [str(files[word[1:-1]]) if word.startswith("{") else word for word in words]
        got = run([*said, "--json", "--workspace", str(desk)])
        out = capsys.readouterr().out
        assert code in (ANY, got), (words, out)
        return json.loads(out)

    return type_


def test_each_document_of_the_command_line_is_what_the_api_describes(typed: Callable[..., Any]) -> None:
    document = described(application())
    wrong = []
    for words, operation, code in STEPS:
        found = typed(*words, code=code)
        method, path = operation.split()
        answers = document["paths"][path][method]["responses"]
        (answer,) = (one for status, one in answers.items() if status.startswith("2"))
        whole = {**answer["content"]["application/json"]["schema"], "components": document["components"]}
        # what adds or changes one thing prints a list of one where the API answers the thing
        alone = whole.get("type") != "array" and isinstance(found, list)
        if alone:
            assert len(found) == 1, words
        validator = jsonschema_rs.validator_for(closed(whole))
        wrong += [
            f"newsletter {' '.join(words)}: {error.message}"
            for error in validator.iter_errors(found[0] if alone else found)
        ]
    assert not wrong, "\n".join(wrong)
