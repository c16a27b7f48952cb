"""A personal issue from the editor's words to each reader's mailbox."""

from __future__ import annotations

import email
import email.policy
import json
import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from newsletter.cli.main import run
from newsletter.workflows.demo_servers import Mailbox, catch_mail

READERS = """email,name,tags,language,town
ada@example.org,Ada,gardeners,en,Alderwick
ben@example.org,{{7*7}}</title>,,de,
cleo@example.org,,"gardeners;choir",,Lindenau
"""

WORDS = """\
Dear {{ name | default("friend") }} of {{ field.town | default("the valley") }},

{% if tag("gardeners") %}
The **seed swap** is on Saturday. See [the list](https://allotments.example/list).

- bring labels
{% elif language == "de" %}
Guten Morgen.
{% else %}
Good morning.
{% endif %}

That is all{% if field.town %} from {{ field.town }}{% endif %}.
"""


@pytest.fixture
def mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with catch_mail(tmp_path / "mailbox") as (box, port):
        monkeypatch.setenv("NEWSLETTER_SMTP_URL", f"smtp://127.0.0.1:{port}")
        yield box


@pytest.fixture
def call(workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.setenv("NEWSLETTER_NOW", "2026-11-26T15:00:00Z")
    monkeypatch.setenv("NEWSLETTER_BASE_URL", "https://letter.example.org")

    def call(*words: object, code: int = 0) -> Any:
        got = run([*map(str, words), "--json", "--workspace", str(workspace)])
        shown = capsys.readouterr()
        assert got == code, f"{words}: {shown.out}{shown.err}"
        return json.loads(shown.out)

    call("publication", "set", "from=Letter <desk@letter.example.org>", "address=Mill Street 12, Alderwick")
    (tmp_path / "readers.csv").write_text(READERS)
    call("subscribers", "import", tmp_path / "readers.csv")
    call("issue", "new")
    return call


def _parts(message: Any) -> tuple[str, str]:
    text, html = message.iter_parts()
    return text.get_content().replace("\r\n", "\n"), html.get_content().replace("\r\n", "\n")


@pytest.mark.parametrize("theme", ["weekly", "digest", "letter"])
def test_every_reader_gets_their_own_words_and_the_preview_of_them(
    call: Any, mailbox: Mailbox, tmp_path: Path, theme: str
) -> None:
    call("issue", "set", 1, "--theme", theme)
    call("issue", "text", 1, WORDS)
    call("issue", "text", 1, "Ask us", "--headline", "{{ name | default('You') }}: your turn")
    assert call("issue", "check", 1)["ok"] is True
    call("issue", "send", 1, "--approve", "--yes")
    received: dict[str, Any] = {}
    for file in sorted((tmp_path / "mailbox").rglob("*.eml")):
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        received[str(message["To"].addresses[0].addr_spec)] = message
    assert set(received) == {"ada@example.org", "ben@example.org", "cleo@example.org"}
    for address, message in received.items():
        call("issue", "render", 1, "--out", tmp_path / "out", "--for", address)
        text, html = _parts(message)
        assert text == (tmp_path / "out" / "issue.txt").read_text()
        assert html.rstrip("\n") == (tmp_path / "out" / "issue.html").read_text().rstrip("\n")
        assert not re.search(r"mg[0-9a-f]{20}|\{%", text + html)
        assert all(len(line) <= 78 or "://" in line for line in text.split("\n"))
    ada, ben, cleo = (
        [" ".join(part.split()) for part in _parts(received[f"{name}@example.org"])] for name in ("ada", "ben", "cleo")
    )
    assert "Dear Ada of Alderwick," in ada[0] and "seed swap" in ada[0] and "That is all from Alderwick." in ada[0]
    assert "seed swap</strong>" in ada[1]
    assert "Dear {{7*7}}</title> of the valley," in ben[0]
    assert "Dear {{7*7}}&lt;/title&gt; of the valley," in ben[1]
    assert ben[1].count("</title>") == 1
    assert "Guten Morgen." in ben[0] and "seed swap" not in ben[0] + ben[1] and "That is all." in ben[0]
    assert "Dear friend of Lindenau," in cleo[0] and "friend" in cleo[1] and "You: your turn" in cleo[1]
    assert "YOUR TURN" in cleo[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Dear {{ nmae }}", "Did you mean “name”?"),
        ("{% if tag('x') %}Never ended", "is never ended"),
        ("*{% if tag('x') %}half* and half{% endif %}", "begins in one paragraph"),
        ("[x](https://x.example/?to={{ email }})", "the address of a link cannot be personal"),
    ],
)
def test_words_that_cannot_be_read_are_refused_when_saved(call: Any, text: str, said: str) -> None:
    assert said in call("issue", "text", 1, text, code=2)["error"]["message"]
    block = call("issue", "text", 1, "Good")["sections"][0]["blocks"][0]["id"]
    assert said in call("issue", "edit", 1, block, "--blurb", text, code=2)["error"]["message"]


def test_the_words_of_a_feed_are_never_personal(call: Any, workspace: Path, tmp_path: Path) -> None:
    (workspace / "drop" / "story.txt").write_text("A story\n\nDear {{ email }}, {% if name %}hello{% endif %}\n")
    call("sources", "add", workspace / "drop")
    call("collect", "--force")
    item = call("items", "list")[0]["id"]
    call("issue", "add", 1, item)
    found = call("issue", "check", 1, code=1)["findings"]
    assert "leftover-token" in {one["code"] for one in found}
    call("issue", "render", 1, "--out", tmp_path / "out", "--for", "ada@example.org")
    assert "Dear {{ email }}" in (tmp_path / "out" / "issue.txt").read_text()
