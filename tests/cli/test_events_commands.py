"""`newsletter events …` as a person and a script use it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from newsletter.cli.main import run

FIELDS = [
    "id",
    "event",
    "title",
    "description",
    "start",
    "end",
    "all_day",
    "first_date",
    "last_date",
    "dates",
    "zone",
    "rule",
    "rule_text",
    "excepted",
    "place",
    "online",
    "url",
    "contact",
    "open",
    "wording",
    "as_worded",
    "warnings",
    "source",
    "status",
]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A fresh workspace in New York, on Friday 27 November 2026."""
    monkeypatch.setenv("NEWSLETTER_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("NEWSLETTER_NOW", "2026-11-27T12:00:00Z")
    assert run(["init", str(tmp_path)]) == 0
    assert run(["publication", "set", "zone=America/New_York"]) == 0
    capsys.readouterr()
    return tmp_path


def call(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
    assert run(["events", *words, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_added_lines_come_back_with_all_fields(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = call(capsys, "add", "Dec 5, 7-9pm CET Talk at Town Hall", "- July 6-7 Street fair")
    assert [list(row) for row in rows] == [FIELDS, FIELDS]
    assert (rows[0]["start"], rows[0]["end"], rows[0]["zone"]) == (
        "2026-12-05T19:00:00+01:00",
        "2026-12-05T21:00:00+01:00",
        "Europe/Berlin",
    )
    assert (rows[1]["start"], rows[1]["end"], rows[1]["all_day"]) == ("2027-07-06", "2027-07-07", True)
    assert rows[1]["wording"] == "- July 6-7 Street fair"


def test_lines_from_stdin_are_kept_and_the_unreadable_are_given_back(
    workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "sys.stdin", io.StringIO("Dec 2 & 9 Mend your bicycle\n\n31 April Market\nevery Tuesday Choir\n")
    )
    rows = call(capsys, "add", "-", code=1)
    assert [(row.get("title"), row.get("start")) for row in rows[:3]] == [
        ("Choir", "2026-12-01"),
        ("Mend your bicycle", "2026-12-02"),
        ("Mend your bicycle", "2026-12-09"),
    ]
    assert rows[3] == {"wording": "31 April Market", "error": "April has 30 days; there is no 31 April."}
    assert {row["title"] for row in call(capsys, "list")} == {"Choir", "Mend your bicycle"}


def test_the_list_has_a_window(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(capsys, "add", "every Tuesday 6pm Choir", "March 5 Far", "Nov 20 Past", "Nov 20 – Dec 6: Photographs")
    assert [row["title"] for row in call(capsys, "list")] == ["Photographs", *["Choir"] * 9]
    found = call(capsys, "list", "--from", "2027-03-02", "--to", "2027-03-09")
    assert [(row["title"], row["first_date"]) for row in found] == [
        ("Choir", "2027-03-02"),
        ("Far", "2027-03-05"),
        ("Choir", "2027-03-09"),
    ]
    assert [row["title"] for row in call(capsys, "list", "--from", "2026-11-01", "--to", "2026-11-20")] == [
        "Past",
        "Photographs",
    ]


@pytest.mark.parametrize(
    "words",
    [
        ("list", "--from", "soon"),
        ("list", "--from", "2026-12-05", "--to", "2026-12-01"),
        ("remove", "99"),
        ("edit", "99", "--title", "x"),
        ("import", "absent.ics"),
        ("import", "broken.ics"),
    ],
)
def test_a_wrong_call_is_one_sentence(
    workspace: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workspace)
    (workspace / "broken.ics").write_text("<html>")
    error = call(capsys, *words, code=2)["error"]
    assert error["message"].endswith(("list", "."))
    assert call(capsys, "list") == []


def test_a_calendar_is_imported_edited_exported_and_removed(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = workspace / "town.ics"
    file.write_text(
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nSUMMARY:Fair\nDTSTART;VALUE=DATE:20261205\nEND:VEVENT\n"
        "BEGIN:VEVENT\nUID:b\nSUMMARY:Bad\nDTSTART:20261205T100000\nRRULE:FREQ=SECONDLY\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    rows = call(capsys, "import", str(file), code=1)
    assert rows[0]["title"] == "Fair"
    assert rows[1] == {"wording": "Bad", "error": "The event was left out: it repeats more often than daily."}
    number = str(rows[0]["event"])
    (edited,) = call(
        capsys, "edit", number, "--title", "Great fair", "--start", "2026-12-06T10:00", "--place", "Square"
    )
    assert (edited["title"], edited["start"], edited["place"]) == ("Great fair", "2026-12-06T10:00:00-05:00", "Square")
    exported = call(capsys, "export", str(workspace / "out.ics"))
    assert [(row["event"], row["title"], row["status"]) for row in exported] == [
        (int(number), "Great fair", "confirmed")
    ]
    assert "SUMMARY:Great fair" in (workspace / "out.ics").read_text()
    call(capsys, "remove", number)
    assert call(capsys, "list") == []


def test_a_cancelled_event_is_confirmed_again(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = call(capsys, "add", "Dec 5 Walk")
    assert call(capsys, "edit", str(row["event"]), "--cancel")[0]["status"] == "cancelled"
    assert call(capsys, "edit", str(row["event"]), "--confirm")[0]["status"] == "confirmed"


def test_a_person_sees_a_table_and_what_was_not_added(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["events", "add", "Fri Dec 5 Walk", "nothing"]) == 1
    told = capsys.readouterr()
    assert "Walk" in told.out
    assert "not a Friday" in " ".join(told.out.split())
    assert "Not added: nothing" in told.err


def test_days_are_left_out_by_hand_and_the_wording_is_shown_as_it_is(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = "- every Thursday 6pm Choir at [the Mill](https://mill.example/), bring **cake**"
    (added,) = call(capsys, "add", line)
    key = str(added["event"])
    (row,) = call(capsys, "edit", key, "--as-worded", "--except", "2026-12-24, 2026-12-31")
    assert (row["as_worded"], row["excepted"]) == (True, ["2026-12-24", "2026-12-31"])
    assert row["rule_text"] == "every Thursday, except 24 December and 31 December 2026"
    (row,) = call(capsys, "edit", key, "--no-as-worded", "--except", "")
    assert (row["as_worded"], row["excepted"], row["rule_text"]) == (False, [], "every Thursday")
    for words, said in (
        (("--except", "2026-12-25"), "no day on Friday 25 December 2026"),
        (("--except", "Christmas"), "“Christmas” is no date"),
    ):
        assert said in call(capsys, "edit", key, *words, code=2)["error"]["message"]
    (once,) = call(capsys, "add", "Dec 5 Walk")
    assert "by a rule" in call(capsys, "edit", str(once["event"]), "--except", "2026-12-05", code=2)["error"]["message"]
