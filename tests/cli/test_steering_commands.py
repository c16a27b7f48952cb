"""Pause, resume, cancel, resolve and the cadence, by the public commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsletter.cli.main import run

Script = Callable[..., Any]


@pytest.fixture
def script(workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Script:
    """A user's script: each call prints one JSON document."""
    monkeypatch.setenv("NEWSLETTER_NOW", "2026-11-26T15:00:00Z")
    monkeypatch.setenv("NEWSLETTER_BASE_URL", "https://letter.example.org")
    monkeypatch.setenv("NEWSLETTER_SMTP_URL", f"file:{workspace / 'outbox'}")

    def call(*words: object, code: int = 0) -> Any:
        got = run([*map(str, words), "--json", "--workspace", str(workspace)])
        shown = capsys.readouterr()
        assert got == code, f"{words}: {shown.out}{shown.err}"
        return json.loads(shown.out)

    call("publication", "set", "from=desk@letter.example.org", "address=Old Ferry House", "zone=America/New_York")
    for email in ("ada@example.org", "ben@example.com"):
        call("subscribers", "add", email)
    return call


def draft(script: Script) -> int:
    number: int = script("issue", "new")["number"]
    script("issue", "text", number, "Good morning.")
    return number


def test_an_issue_that_is_not_on_its_way_has_nothing_to_pause(script: Script) -> None:
    number = draft(script)
    for command in ("pause", "resume"):
        assert "draft" in script("issue", command, number, code=2)["error"]["message"]
    assert "write the issue's number" in script("issue", "cancel", "latest", code=2)["error"]["message"]
    assert script("issue", "cancel", number)["state"] == "cancelled"
    assert script("issue", "send", number, "--yes", "--approve", code=2)["error"]["code"]


def test_sent_with_a_canary_and_resolved(script: Script) -> None:
    number = draft(script)
    counts = script("issue", "send", number, "--approve", "--yes", "--canary", 1, "--canary-wait", 0)
    assert (counts["state"], counts["sent"], counts["audience"]) == ("sent", 2, 2)
    for words in (["--resend"], ["--assume-sent"]):
        assert script("issue", "resolve", number, *words, code=2)["error"]["code"] == "nothing-uncertain"
    assert "one of the two" in script("issue", "resolve", number, code=2)["error"]["message"]
    assert "not an uncertain one" in script("issue", "resolve", number, 1, "--resend", code=2)["error"]["message"]


def test_the_cadence_is_set_shown_and_schedules_issues(script: Script) -> None:
    assert script("cadence", "show") == {"cadence": None, "next": []}
    first, second = draft(script), draft(script)
    assert "cadence set" in script("issue", "schedule", first, "--approve", code=2)["error"]["message"]
    shown = script("cadence", "set", "Fri 09:00")
    assert shown["next"][:2] == ["2026-11-27T09:00:00-05:00", "2026-12-04T09:00:00-05:00"]
    assert script("cadence", "set", "0 9 * * 5", code=2)["error"]["code"] == "cadence"
    assert script("cadence", "show") == shown
    plans = [script("issue", "schedule", number, "--approve")["schedule"]["at"] for number in (first, second)]
    assert plans == shown["next"][:2]
    assert script("cadence", "clear")["cadence"] is None
