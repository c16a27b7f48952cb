"""The frame of the command line: options in any place, exit codes, errors in one sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from newsletter.cli.commands import PLACES
from newsletter.cli.main import app, hoisted, run


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["issue", "show", "latest", "--json"], ["--json", "issue", "show", "latest"]),
        (["items", "list", "--workspace", "w", "--limit", "3"], ["--workspace", "w", "items", "list", "--limit", "3"]),
        (["--publication=Town", "items", "list"], ["--publication=Town", "items", "list"]),
        (["items", "list", "--publication=Town"], ["--publication=Town", "items", "list"]),
        (["issue", "text", "1", "--", "--json"], ["issue", "text", "1", "--", "--json"]),
        (["items", "list", "--json", "--workspace"], ["--json", "--workspace"]),
    ],
)
def test_global_options_are_accepted_before_and_after_the_command(given: list[str], expected: list[str]) -> None:
    assert hoisted(given) == expected


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["nonsense"], "usage", "nonsense"),
        (["items", "pick", "one"], "usage", "ID"),
        (["issue", "approve"], "usage", "ISSUE"),
        (["issue", "show", "last"], "invalid", "latest"),
        (["issue", "approve", "latest"], "invalid", "number"),
        (["issue", "show", "7"], "not-found", "issue 7"),
        (["issue", "list", "--state", "lost"], "invalid", "draft"),
        (["--publication", "Nobody", "issue", "list"], "not-found", "My Newsletter"),
        (["publication", "set", "zone=Mars/Base"], "invalid", "time zone"),
        (["publication", "set", "nam=x"], "invalid", "Did you mean “name”"),
        (["publication", "set", "name"], "invalid", "KEY=VALUE"),
        (["publication", "set", "subject={nmae}"], None, "nmae"),
        (["publication", "set", "theme=none-such"], None, "weekly"),
    ],
)
def test_a_wrong_call_is_one_json_error_and_exit_code_2(
    workspace: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: str | None, told: str
) -> None:
    assert run([*arguments, "--json", "--workspace", str(workspace)]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert code is None or error["code"] == code
    assert told in error["message"]
    assert set(error) == {"code", "message", "where"}


def test_an_option_without_its_value_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["issue", "list", "--publication"]) == 2
    assert "--publication" in capsys.readouterr().err


def test_a_wrong_setting_is_told_with_its_place(
    workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_BASE_URL", "news.example.org")
    assert run(["issue", "list", "--workspace", str(workspace)]) == 2
    assert capsys.readouterr().err.startswith("newsletter: NEWSLETTER_BASE_URL: ")
    (workspace / "newsletter.toml").write_text("foo = 1")
    assert run(["issue", "list", "--workspace", str(workspace)]) == 2
    assert str(workspace / "newsletter.toml") in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Desk <desk@example.org>", "Desk <desk@example.org>"),
        ("desk@example.org", "desk@example.org"),
        ("Ito, Jo <jo@example.org>", '"Ito, Jo" <jo@example.org>'),
        ('Ito, "Jo" <jo@example.org>', '"Ito, \\"Jo\\"" <jo@example.org>'),
        ('"Ito, Jo" <jo@example.org>', '"Ito, Jo" <jo@example.org>'),
        ("jo@home <jo@bücher.example>", '"jo@home" <jo@bücher.example>'),
        ("St. Alder (Desk) <jo@example.org>", '"St. Alder (Desk)" <jo@example.org>'),
        ("Jo <jo@example..org>", None),
        ("Jo <jo.@@example.org>", None),
        ("a <b@example.org> <c@example.org>", None),
        ("a@example.org, b@example.org", None),
        ("Jo", None),
        ("", None),
    ],
)
def test_a_sender_is_one_person_whatever_stands_in_the_name(
    workspace: Path, capsys: pytest.CaptureFixture[str], given: str, kept: str | None
) -> None:
    code = run(["publication", "set", f"from={given}", "--json", "--workspace", str(workspace)])
    told = json.loads(capsys.readouterr().out)
    assert (code, told.get("from")) == (2 if kept is None else 0, kept)
    assert kept is not None or told["error"]["where"] == "from"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "newsletter init"),
        ("base_url = ", "not valid TOML"),
        ("base_ulr = 'x'", "Did you mean “base_url”"),
        ("base_url = 'news'", "https://news.example.org"),
        ("[fetch]\nmax_bytes = 'many'", "whole number"),
        ("[[smtp]]\nport = 25", "host"),
        ("[[smtp]]\nurl = 'ftp://x'", "smtp://"),
        ("[database]\nurl = 'oracle://x'", "SQLite or PostgreSQL"),
        (b"\xff\xfe", "UTF-8"),
    ],
)
def test_settings_that_cannot_be_used_are_told_with_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | bytes | None, told: str
) -> None:
    if content is not None:
        file = tmp_path / "newsletter.toml"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert run(["issue", "list", "--workspace", str(tmp_path)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert told in shown.err
    assert shown.err.count("\n") == 1


def test_a_workspace_is_made_once_and_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "letter"
    folder.mkdir()
    (folder / "mine.txt").write_text("kept")
    assert run(["init", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"workspace": str(folder)}
    assert (folder / "mine.txt").read_text() == "kept"
    assert (folder / "templates" / "weekly" / "issue.html.j2").is_file()
    assert (folder / "drop").is_dir()
    assert (folder / "newsletter.toml").stat().st_mode & 0o077 == 0
    before = (folder / "newsletter.toml").read_text()
    assert run(["init", str(folder)]) == 2
    assert (folder / "newsletter.toml").read_text() == before


def test_a_publication_is_set_in_one_go_or_not_at_all(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["publication", "set", "name=Changed", "zone=Mars/Base", "--workspace", str(workspace)]) == 2
    capsys.readouterr()
    values = ["name=The Letter", "from=The Letter <desk@example.org>", "send_late_within=90m", "event_days=30"]
    assert run(["publication", "set", *values, "--json", "--workspace", str(workspace)]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["name"], shown["from"]) == ("The Letter", "The Letter <desk@example.org>")
    assert (shown["send_late_within"], shown["event_days"], shown["zone"]) == ("90m", 30, "UTC")


def test_heavy_libraries_stay_out_of_start_up() -> None:
    heavy = [
        "sqlalchemy",
        "fastapi",
        "premailer",
        "feedparser",
        "apscheduler",
        "alembic",
        "lxml",
        "icalendar",
        "jinja2",
    ]
    code = f"import sys, newsletter.cli.main; print([name for name in {heavy!r} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_a_command_is_made_without_the_others() -> None:
    """A fresh process that lists items has nothing of the commands that send."""
    code = (
        "import sys\n"
        "from newsletter.cli.main import run\n"
        "assert run(['items', 'list', '--help']) == 0\n"
        "assert 'newsletter.cli.items' in sys.modules\n"
        "assert 'newsletter.cli.issue' not in sys.modules and 'sqlalchemy' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)


def test_every_command_is_where_the_table_says() -> None:
    root = typer.main.get_command(app)
    assert list(root.commands) == list(PLACES)
    assert all(root.commands[name].name == name for name in PLACES)


def test_a_desk_on_sqlite_waits_for_nothing_of_postgresql() -> None:
    code = (
        "import sys\n"
        "import newsletter.store.opening, newsletter.store.queue, newsletter.store.alerts, newsletter.store.digests\n"
        "assert 'sqlalchemy' in sys.modules and 'sqlalchemy.dialects.postgresql' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
