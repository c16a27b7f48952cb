"""`newsletter people`: the way in, and back in."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from newsletter.cli.main import run


@pytest.fixture
def people(workspace: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command; its exit code and JSON."""

    def ask(*words: str) -> tuple[int, Any]:
        code = run(["--workspace", str(workspace), "--json", "people", *words])
        out = capsys.readouterr().out
        return code, json.loads(out) if out else None

    return ask


def accept(workspace: Path, link: str, name: str) -> None:
    """What the page of a link does."""
    from newsletter.clock import Clock
    from newsletter.model.secret import hashed
    from newsletter.store import invitations
    from newsletter.store.opening import open_store

    store = open_store("sqlite:///newsletter.db", workspace)
    with store.writing() as tx:
        token = link.rpartition("/")[2]
        assert invitations.accept(tx, hashed(token), name, "a hash", now=Clock().now()) is not None
    store.close()


def test_people_come_change_and_go(people: Any, workspace: Path) -> None:
    assert people("list") == (0, [])
    code, made = people("invite", "admin", "--email", "ada@alderwick.example")
    assert code == 0
    assert re.fullmatch(r"https?://[^/]+/setup/[\w-]{43}", made["link"])
    accept(workspace, made["link"], "Ada")
    accept(workspace, people("invite", "editor")[1]["link"], "Joris")
    assert people("role", "Joris", "publisher")[1]["role"] == "publisher"
    assert [(one["name"], one["role"]) for one in people("list")[1]] == [("Ada", "admin"), ("Joris", "publisher")]
    code, told = people("reset", "Joris", "--second-factor")
    assert code == 0
    accept(workspace, told["link"], "whoever")
    assert people("remove", "Joris")[0] == 0
    assert [one["name"] for one in people("list")[1]] == ["Ada"]
    deeds = [(one["deed"], one["subject"], one["via"]) for one in people("log")[1]]
    assert deeds[:2] == [("people.remove", "Joris", "cli"), ("people.reset", "Joris", "cli")]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("invite", "owner"), "invalid"),
        (("role", "Nobody", "admin"), "not-found"),
        (("remove", "Nobody"), "not-found"),
        (("reset", "Nobody"), "not-found"),
        (("invite", "editor", "--days", "0"), "usage"),
    ],
)
def test_what_cannot_be_done_says_why(people: Any, words: tuple[str, ...], code: str) -> None:
    exit_code, told = people(*words)
    assert (exit_code, told["error"]["code"]) == (2, code)


def test_the_last_administrator_is_not_removed_here_either(people: Any, workspace: Path) -> None:
    accept(workspace, people("invite", "admin")[1]["link"], "Ada")
    code, told = people("remove", "Ada")
    assert (code, told["error"]["code"]) == (2, "last-administrator")
    assert people("role", "Ada", "reader")[0] == 2
