"""`newsletter issue check`: warnings are waived by name, and links asked on demand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from newsletter.cli.main import run


@pytest.fixture
def call(workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("NEWSLETTER_NOW", "2026-11-26T15:00:00Z")
    monkeypatch.setenv("NEWSLETTER_BASE_URL", "https://letter.example.org")
    monkeypatch.setenv("NEWSLETTER_ALLOW_PRIVATE_HOSTS", "1")

    def call(*words: object, code: int = 0) -> Any:
        got = run([*map(str, words), "--json", "--workspace", str(workspace)])
        shown = capsys.readouterr()
        assert got == code, f"{words}: {shown.out}{shown.err}"
        return json.loads(shown.out)

    call("publication", "set", "from=Letter <desk@letter.example.org>", "address=Mill Street 12, Alderwick")
    call("issue", "new")
    return call


def _waived(document: Any) -> dict[tuple[str, int | None], bool]:
    return {(one["code"], one["block"]): one["waived"] for one in document["findings"]}


def test_a_warning_is_waived_and_stays_so_with_its_standing_block(call: Any) -> None:
    shown = call("issue", "text", 1, "Support us [here](https://x.example/support)", "--standing")
    block = shown["sections"][0]["blocks"][0]["id"]
    assert _waived(call("issue", "check", 1))["generic-link-text", block] is False
    assert _waived(call("issue", "check", 1, "--waive", "generic-link-text"))["generic-link-text", block] is True
    assert call("issue", "check", 1)["ok"] is True
    after = call("issue", "new")
    returned = after["sections"][0]["blocks"][0]["id"]
    assert _waived(call("issue", "check", 2))["generic-link-text", returned] is True
    assert (
        _waived(call("issue", "check", 2, "--unwaive", f"generic-link-text:{returned}"))["generic-link-text", returned]
        is False
    )


def test_only_a_warning_that_is_there_can_be_waived(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    call("issue", "text", 1, "Support us [here](https://x.example/support)")
    refused = call("issue", "check", 1, "--waive", "generic-link-txt", code=2)
    assert "Did you mean generic-link-text" in refused["error"]["message"]
    assert "CODE:BLOCK" in call("issue", "check", 1, "--waive", "x:y", code=2)["error"]["message"]
    assert call("issue", "check", 1, "--unwaive", "contrast", code=2)["error"]["code"] == "not-found"
    monkeypatch.setenv("NEWSLETTER_BASE_URL", "")
    assert call("issue", "check", 1, "--waive", "base-url-unset", code=2)["error"]["code"] == "not-waived"


def test_links_are_asked_only_on_demand(call: Any, web: Any) -> None:
    call("issue", "text", 1, f"The [minutes]({web.url('/nothing')}) of the council")
    assert "dead-link" not in {code for code, _ in _waived(call("issue", "check", 1))}
    assert web.asked == []
    assert "dead-link" in {code for code, _ in _waived(call("issue", "check", 1, "--links"))}
