"""Digest, holidays, correction, backup, restore and copy, by the public commands."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsletter.cli.main import run
from newsletter.clock import Clock
from newsletter.workflows.demo_servers import catch_mail

from ..warm import Running

Script = Callable[..., Any]


@pytest.fixture
def script(workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Script:
    """A user's script: each call prints one JSON document."""
    monkeypatch.setenv("NEWSLETTER_NOW", "2026-11-26T15:00:00Z")
    monkeypatch.setenv("NEWSLETTER_BASE_URL", "https://letter.example.org")
    monkeypatch.setenv("NEWSLETTER_SMTP_URL", f"file:{workspace / 'outbox'}")

    def call(*words: object, code: int = 0, at: Path = workspace) -> Any:
        got = run([*map(str, words), "--json", "--workspace", str(at)])
        shown = capsys.readouterr()
        assert got == code, f"{words}: {shown.out}{shown.err}"
        return json.loads(shown.out)

    call("publication", "set", "from=desk@letter.example.org", "address=Old Ferry House", "zone=America/New_York")
    call("subscribers", "add", "ada@example.org")
    return call


def drop(workspace: Path, name: str, text: str) -> None:
    path = workspace / "drop" / f"{name}.md"
    path.write_text(f"# {name}\n\n{text}\n")
    os.utime(path, (1_000_000_000, 1_000_000_000))


def test_a_digest_by_its_commands(script: Script, workspace: Path) -> None:
    assert script("digest", "show") == {"digest": None, "runs": []}
    assert script("digest", "run", code=2)["error"]["code"] == "no-digest"
    assert "Did you mean “most”" in script("digest", "set", "mots=3", code=2)["error"]["message"]
    shown = script("digest", "set", "cadence=Mon-Fri 07:00", "most=2", "least=2", "then=send", "title=Alderwick today")
    assert shown["digest"]["most"] == 2
    assert shown["next"][0] == "2026-11-27T07:00:00-05:00"
    script("sources", "add", workspace / "drop", "--section", "Town")
    drop(workspace, "The mill opens", "Two wheels turn again beside the weir.")
    assert script("digest", "run")["outcome"] == "skipped"
    drop(workspace, "The ferry is late", "Low water kept the boat on the north bank.")
    drop(workspace, "A bridge is planned", "Engineers showed an arch of oak and steel.")
    script("collect", "--force")
    dry = script("digest", "run", "--dry-run")
    assert (len(dry["items"]), dry["skipped"]) == (2, None)
    assert set(dry["items"][0]) == {"id", "title", "outlet", "section", "url"}
    made = script("digest", "run")
    assert (made["outcome"], made["items"], made["issue"]) == ("made", 2, 1)
    issue = script("issue", "show", 1)
    assert (issue["state"], issue["title"]) == ("sent", "Alderwick today")
    assert len(list((workspace / "outbox").glob("*.eml"))) == 1
    assert sorted(one["outcome"] for one in script("digest", "show")["runs"]) == ["made", "skipped"]
    assert script("digest", "clear")["digest"] is None


def test_holidays_move_the_cadence(script: Script, workspace: Path) -> None:
    script("cadence", "set", "Fri 09:00")
    found = script("cadence", "holidays", "add", "2026-12-25", "2027-01-01", "--name", "Holidays", "--day-before")
    assert found[0] == {"day": "2026-12-25", "name": "Holidays", "moves": True}
    assert script("cadence", "show")["next"][3:5] == ["2026-12-18T09:00:00-05:00", "2026-12-24T09:00:00-05:00"]
    script("cadence", "holidays", "add", "2026-12-25")
    assert script("cadence", "show")["next"][4] == "2026-12-31T09:00:00-05:00"
    assert "is not a date" in script("cadence", "holidays", "add", "Christmas", code=2)["error"]["message"]
    assert "--all" in script("cadence", "holidays", "remove", code=2)["error"]["message"]
    assert script("cadence", "holidays", "remove", "--all") == []


def test_a_correction_by_its_commands(script: Script) -> None:
    script("issue", "new")
    block = script("issue", "text", 1, "Good morning.")["sections"][0]["blocks"][0]["id"]
    script("issue", "send", 1, "--approve", "--yes")
    for words in (["latest", "--note", "x"], ["1"], ["1", "--open", "--note", "x"], ["1", "--note", " "]):
        assert script("issue", "correct", *words, code=2)["error"]["message"]
    assert script("issue", "correct", 1, "--open")["state"] == "sent"
    script("issue", "edit", 1, block, "--blurb", "Good evening.")
    script("subscribers", "add", "late@example.org")
    letter = script("issue", "correct", 1, "--note", "It was evening.", "--send")
    assert (letter["number"], letter["state"]) == (2, "draft")
    counts = script("issue", "send", 2, "--approve", "--yes")
    assert (counts["audience"], counts["sent"]) == (1, 1)


def test_status_tells_rate_and_end_only_of_what_goes_out(script: Script) -> None:
    script("issue", "new")
    status = script("issue", "status", 1)
    assert status["state"] == "draft" and "rate" not in status


def test_backup_restore_and_copy_by_their_commands(script: Script, workspace: Path, tmp_path: Path) -> None:
    script("issue", "new")
    script("issue", "text", 1, "Good morning.")
    script("issue", "schedule", 1, "--at", "2026-12-04T09:00", "--approve")
    made = script("backup", tmp_path / "all.backup")
    assert made["bytes"] == (tmp_path / "all.backup").stat().st_size
    assert script("backup", tmp_path / "all.backup", code=2)["error"]["code"] == "exists"
    assert script("restore", tmp_path / "all.backup", code=2)["error"]["code"] == "not-empty"
    restored = script("restore", tmp_path / "all.backup", at=tmp_path / "again")
    assert (restored["held"], restored["uncertain"]) == ([1], 0)
    assert script("issue", "show", 1, at=tmp_path / "again")["state"] == "held"
    assert script("issue", "schedule", 1, "--at", "2026-12-04T09:00", at=tmp_path / "again")["state"] == "scheduled"
    copied = script("db", "copy", f"sqlite:///{tmp_path / 'copy.db'}")
    assert copied["tables"]["issue"] == 1
    assert script("db", "copy", f"sqlite:///{tmp_path / 'copy.db'}", code=2)["error"]["code"] == "not-empty"
    assert script("db", "copy", "sqlite:///newsletter.db", code=2)["error"]["message"]


@pytest.mark.long
def test_three_days_of_serve_in_a_rehearsal(script: Script, workspace: Path, tmp_path: Path) -> None:
    """`serve` alone: each morning collects, fills and sends by real SMTP; the thin one is skipped with its reason."""
    script("sources", "add", workspace / "drop")
    script("digest", "set", "cadence=daily 07:00", "least=2", "then=send")
    mornings = [
        [("The mill opens", "Two wheels turn again beside the weir."), ("The ferry is late", "Low water on Sunday.")],
        [("Only one thing", "A quiet day in the town hall.")],
        [("The fair is back", "Stalls and a carousel return to the meadow after four years.")],
    ]
    with catch_mail(tmp_path / "caught") as (mailbox, port):
        for day, news in enumerate(mornings, start=27):
            for name, text in news:
                drop(workspace, name, text)
            _serve(workspace, f"2026-11-{day}T11:59:58Z", f"smtp://127.0.0.1:{port}", script, runs=day - 26)
    runs = script("digest", "show")["runs"][::-1]
    assert [(one["local"], one["outcome"], one["items"]) for one in runs] == [
        ("2026-11-27T07:00", "made", 2),
        ("2026-11-28T07:00", "skipped", 0),
        ("2026-11-29T07:00", "made", 2),
    ]
    assert runs[1]["why"] == "There is only 1 new; it is made with 2 or more."
    assert mailbox.received == ["ada@example.org"] * 2


def _serve(workspace: Path, now: str, smtp: str, script: Script, *, runs: int) -> None:
    """Run `serve` from this moment until its digest is over and nothing is left to send."""
    environ = {"NEWSLETTER_NOW": now, "NEWSLETTER_SMTP_URL": smtp}
    process = Running("--workspace", workspace, "serve", "--port", "0", environ=environ)
    clock, waited = Clock(), threading.Event()
    end = clock.monotonic() + 120
    try:
        while clock.monotonic() < end:
            shown = script("digest", "show")["runs"]
            going = [one["state"] for one in script("issue", "list") if one["state"] != "sent"]
            if len(shown) == runs and shown[0]["outcome"] != "running" and not going:
                return
            waited.wait(0.5)
        raise AssertionError(f"the digest did not end: {shown}")
    finally:
        process.terminate()
        process.wait(60)
        process.close()
