"""`newsletter subscribers`, as scripts call it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from newsletter.cli.main import run

EXAMPLE = Path(__file__).parents[2] / "subscribers.example.csv"


@pytest.fixture
def call(workspace: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run `newsletter subscribers …`; the exit code and what stood on stdout, as JSON where asked."""

    def run_it(*arguments: str) -> tuple[int, Any]:
        code = run(["subscribers", *arguments, "--workspace", str(workspace)])
        out = capsys.readouterr().out
        return code, json.loads(out) if "--json" in arguments else out

    return run_it


def test_import_list_and_export(call: Any, tmp_path: Path) -> None:
    counts = {"imported": 12, "updated": 0, "unchanged": 0, "suppressed": 0, "rejected": []}
    assert call("import", str(EXAMPLE), "--dry-run", "--json") == (0, counts)
    assert call("import", str(EXAMPLE), "--json") == (0, counts)
    _, listed = call("list", "--json")
    _, exported = call("export", "--json")
    assert listed == exported and len(listed) == 12
    assert set(listed[0]) >= {"id", "email", "name", "tags", "language", "timezone", "status", "fields"}
    assert [one["email"] for one in call("list", "--status", "unsubscribed", "--json")[1]] == [
        "casimir.dubois@example.net"
    ]
    assert "Rosa Lindqvist" in call("list", "--search", "rosa")[1]
    path = tmp_path / "out.csv"
    path.write_text(call("export")[1], encoding="utf-8")
    assert call("import", str(path), "--json") == (0, {**counts, "imported": 0, "unchanged": 12})


def test_rejected_rows_need_a_person(call: Any, tmp_path: Path) -> None:
    path = tmp_path / "readers.csv"
    path.write_text("email\nada@example.org\nnobody\n")
    code, document = call("import", str(path), "--json")
    assert code == 1 and document["imported"] == 1
    assert [(one["line"], one["email"]) for one in document["rejected"]] == [(3, "nobody")]
    assert "line 3: nobody: " in call("import", str(path))[1]
    assert (tmp_path / "rejected.csv").exists()


@pytest.mark.parametrize("content", [None, "", "Mail\nada@example.org\n", "email\n\0\n", "email,email\na,b\n"])
def test_a_list_that_cannot_be_used_is_refused(call: Any, tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "readers.csv"
    if content is not None:
        path.write_text(content)
    code, document = call("import", str(path), "--json")
    assert code == 2 and document["error"]["where"] == str(path)
    assert call("list", "--json") == (0, [])


def test_one_reader_comes_and_goes(call: Any) -> None:
    code, ada = call("add", "Ada@Example.org", "--name", "Ada", "--tag", "choir", "--tag", "a, b", "--json")
    assert (code, ada["status"], ada["tags"], ada["how"]) == (0, "confirmed", ["choir", "a", "b"], "command")
    assert call("unsubscribe", "ada@example.org", "--json")[1]["status"] == "unsubscribed"
    assert call("unsubscribe", "ada@example.org")[0] == 0
    again = call("add", "ada@example.org", "--language", "en", "--json")[1]
    assert (again["status"], again["name"], again["language"], again["id"]) == ("confirmed", "Ada", "en", ada["id"])
    assert call("erase", "ADA@example.org", "--json") == (0, {"email": "ADA@example.org", "erased": True})
    assert call("list", "--json") == (0, [])
    code, document = call("add", "ada@example.org", "--json")
    assert (code, document["error"]["code"]) == (2, "refused")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["add", "ada"], "invalid"),
        (["add", "ada@example.org", "--timezone", "Mars"], "invalid"),
        (["add", "ada@example.org", "--name", "Ada\nBcc: x"], "invalid"),
        (["unsubscribe", "ada@example.org"], "not-found"),
        (["erase", "ada@example.org"], "not-found"),
        (["list", "--status", "gone"], "invalid"),
    ],
)
def test_what_cannot_be_done_is_told(call: Any, arguments: list[str], code: str) -> None:
    found, document = call(*arguments, "--json")
    assert (found, document["error"]["code"]) == (2, code)


def test_a_long_list_is_told_in_pages(call: Any, tmp_path: Path) -> None:
    path = tmp_path / "readers.csv"
    path.write_text("email\n" + "".join(f"r{number}@example.org\n" for number in range(5)))
    call("import", str(path))
    first = call("list", "--limit", "3", "--json")[1]
    rest = call("list", "--limit", "3", "--after", str(first[-1]["id"]), "--json")[1]
    assert [one["email"] for one in first + rest] == [f"r{number}@example.org" for number in range(5)]


def test_a_list_of_mistakes_is_told_in_short(call: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "readers.csv"
    path.write_bytes(b"email;name\n" + "".join(f"nobody{n};José\n" for n in range(25)).encode("cp1252"))
    code, told = call("import", str(path))
    assert code == 1 and "25 rejected" in told and "… and 5 more" in told and "rejected.csv" in told
    assert "no such readers" in call("list")[1]


def test_what_was_read_as_windows_text_is_said_aside(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "readers.csv"
    path.write_bytes("email;name\nada@example.org;José\n".encode("cp1252"))
    assert run(["subscribers", "import", str(path), "--workspace", str(workspace), "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["imported"] == 1
    assert "Windows-1252" in captured.err
