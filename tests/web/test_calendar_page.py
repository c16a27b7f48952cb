"""The calendar at the desk: lines read back before they are kept, files, duplicates, an event, the next issue."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from newsletter.clock import Clock
from newsletter.model.event import Event, EventStatus
from newsletter.model.publication import Publication
from newsletter.queue.editing import Editor
from newsletter.settings import Settings
from newsletter.store import Store, events
from newsletter.workflows.drafting import new_issue
from newsletter.workflows.publish import Desk

LINES = """Sat Dec 5 10-13 Seed swap, Allotment Hall
every Tuesday 19:30 Choir, until 30 June
31 April Spring market
Fri Dec 5 Council meeting"""


@pytest.fixture
def listed(sqlite_store: Store, letter: Publication) -> Any:
    """The titles in the calendar, and the events themselves."""

    def read() -> dict[str, Event]:
        with sqlite_store.reading() as tx:
            return {event.data.title: event for event in events.listing(tx, letter.id)}

    return read


def test_each_line_is_read_back_in_words_before_anything_is_kept(editor: Any, listed: Any) -> None:
    answer = editor.post("/calendar", {"lines": LINES, "do": "read"})
    assert answer.status_code == 200
    for words in (
        "Saturday 5 December 2026, 10:00 to 13:00",
        "Allotment Hall",
        "every Tuesday at 19:30",
        "from Tuesday 1 December to Tuesday 29 June 2027",
        "Not added: April has 30 days",
        "is a Saturday, not a Friday",
        "Add 3 events",
        "31 April Spring market",
    ):
        assert words in answer.text, words
    assert listed() == {}


def test_what_is_added_is_kept_and_only_the_refused_line_stays(editor: Any, listed: Any) -> None:
    answer = editor.post("/calendar", {"lines": LINES, "do": "add"})
    assert answer.status_code == 422
    assert "Added 3." in answer.text
    field = answer.text.split("</textarea>")[0].rsplit(">", 1)[1]
    assert field == "31 April Spring market"
    assert set(listed()) == {"Seed swap", "Choir", "Council meeting"}


def test_an_event_is_mended_in_its_form(editor: Any, listed: Any) -> None:
    editor.post("/calendar", {"lines": "Dec 5, 19:30 Film"})
    film = listed()["Film"]
    form = editor.get(f"/calendar/{film.id}").text
    assert 'value="2026-12-05T19:30"' in form
    assert "Pasted as: <q>Dec 5, 19:30 Film</q>" in form
    typed = {"title": "Film night", "start": "2026-12-06T20:00", "end": "", "place": "Mill", "open": "true"}
    assert editor.post(f"/calendar/{film.id}", typed).headers["location"] == "/calendar"
    mended = listed()["Film night"].data
    assert (mended.start.isoformat(), mended.place, mended.open) == ("2026-12-06T20:00:00-05:00", "Mill", True)
    assert mended.uid == film.data.uid
    wrong = editor.post(f"/calendar/{film.id}", {**typed, "start": "soon", "place": "Barn"})
    assert wrong.status_code == 422
    assert "“soon” is no date" in wrong.text
    assert 'value="Barn"' in wrong.text  # nothing typed is lost
    assert editor.get("/calendar/999").status_code == 404


def test_a_file_is_imported(editor: Any, listed: Any) -> None:
    table = ("dates.csv", b"title,date\nFair,2026-12-05\nNothing,someday\n", "text/csv")
    answer = editor.post("/calendar/import", files={"file": table})
    assert answer.status_code == 303
    said = editor.get("/calendar").text
    assert "1 new, 0 changed" in said
    assert "line 3: Nothing" in said
    assert set(listed()) == {"Fair"}
    empty = editor.post("/calendar/import", files={"file": ("x.ics", b"<html>", "text/calendar")})
    assert empty.status_code == 303
    assert "no iCalendar file" in editor.get("/calendar").text


def test_two_events_that_are_the_same_become_one(editor: Any, listed: Any) -> None:
    editor.post(
        "/calendar",
        {"lines": "Dec 5 Winter fair\nDec 5, 19:00 The winter fair at the Mill\nDec 5 Part 1\nDec 5 Part 2"},
    )
    page = editor.get("/calendar").text
    assert "Perhaps the same" in page
    assert page.count('name="other" value=') == 1
    by_id = sorted(listed().values(), key=lambda event: event.id)
    one, two = (event for event in by_id if "fair" in event.data.title)
    editor.post("/calendar/merge", {"event": one.id, "other": two.id})
    (kept,) = (event for event in listed().values() if "fair" in event.data.title)
    assert (kept.id, kept.data.place, kept.data.all_day) == (one.id, two.data.place, False)
    assert editor.post("/calendar/merge", {"event": one.id, "other": two.id}).status_code == 303  # a second click


def test_the_next_issue_is_arranged_from_the_calendar(
    editor: Any, sqlite_store: Store, settings: Settings, letter: Publication, clock: Clock
) -> None:
    editor.post("/calendar", {"lines": "Dec 5 Walk\nDec 6 Talk\nDec 7 Film"})
    new_issue(Editor(sqlite_store, clock, letter, "Edda"))
    desk = Desk(sqlite_store, settings, clock, letter)

    def order() -> list[str]:
        marks = {True: "-", False: ""}
        return [marks[one.hidden] + one.title for one in desk.material(1).occurrences]

    ids = {one.title: one.id for one in desk.material(1).occurrences}

    def say(title: str, do: str) -> None:
        editor.post("/calendar/issue", {"occurrence": ids[title], "issue": 1, "do": do})

    say("Film", "pin")
    say("Talk", "hide")
    assert order() == ["Film", "Walk", "-Talk"]
    assert "In issue 1" in editor.get("/calendar").text
    say("Walk", "up")
    assert order() == ["Walk", "Film", "-Talk"]
    for title, do in (("Walk", "date"), ("Film", "unpin"), ("Talk", "show")):
        say(title, do)
    assert order() == ["Walk", "Talk", "Film"]
    assert editor.post("/calendar/issue", {"occurrence": "9-9", "issue": 1, "do": "pin"}).status_code == 303


def test_a_proposed_event_is_confirmed_by_a_button(
    editor: Any, listed: Any, sqlite_store: Store, letter: Publication, clock: Clock
) -> None:
    editor.post("/calendar", {"lines": "Dec 5 Walk"})
    walk = listed()["Walk"]
    with sqlite_store.writing() as tx:
        events.edit(tx, letter.id, walk.id, replace(walk.data, status=EventStatus.PROPOSED), now=clock.now())
    assert f'action="/calendar/{walk.id}/confirm"' in editor.get("/calendar").text
    editor.post(f"/calendar/{walk.id}/confirm")
    assert listed()["Walk"].data.status is EventStatus.CONFIRMED


def test_what_is_over_has_a_list_of_its_own(editor: Any) -> None:
    editor.post("/calendar", {"lines": "Nov 20 Old talk\nDec 5 Walk"})
    assert "Old talk" not in editor.get("/calendar").text
    past = editor.get("/calendar?p=past").text
    assert "Old talk" in past
    assert "Walk" not in past


def test_more_lines_than_anybody_reads_are_given_back(editor: Any) -> None:
    lines = "\n".join(f"December {1 + number % 28} Walk {number}" for number in range(501))
    answer = editor.post("/calendar", {"lines": lines})
    assert answer.status_code == 422
    assert "These are 501 lines, and 500 can be read at once" in answer.text
    assert "Walk 500" in answer.text


def test_the_form_keeps_the_choice_of_wording_and_the_days_that_are_left_out(editor: Any, listed: Any) -> None:
    editor.post("/calendar", {"lines": "every Thursday 6pm Choir\nDec 5 Walk"})
    choir = listed()["Choir"]
    form = editor.get(f"/calendar/{choir.id}").text
    assert ('name="as_worded"' in form, 'name="except"' in form) == (True, True)
    assert 'name="except"' not in editor.get(f"/calendar/{listed()['Walk'].id}").text
    typed = {"title": "Choir", "start": "2026-12-03T18:00", "as_worded": "true", "except": "2026-12-24"}
    assert editor.post(f"/calendar/{choir.id}", typed).status_code == 303
    kept = listed()["Choir"].data
    assert (kept.as_worded, [day.isoformat() for day in kept.excepted]) == (True, ["2026-12-24"])
    assert 'value="2026-12-24"' in editor.get(f"/calendar/{choir.id}").text
    wrong = editor.post(f"/calendar/{choir.id}", {**typed, "except": "soon"})
    assert (wrong.status_code, 'value="soon"' in wrong.text) == (422, True)


def test_what_is_being_typed_is_read_beside_it_and_nothing_is_kept(editor: Any, visitor: Any, listed: Any) -> None:
    assert 'data-reads="/calendar/reading"' in editor.get("/calendar").text
    answer = editor.post("/calendar/reading", {"lines": LINES})
    assert answer.status_code == 200
    assert ">Add 3 events</button>" in answer.text
    assert "3 events, 1 with a warning; <span" in answer.text
    assert "<html" not in answer.text
    assert ">Add them</button>" in editor.post("/calendar/reading", {"lines": "  "}).text
    assert "&lt;b&gt;" in editor.post("/calendar/reading", {"lines": "no date <b>"}).text
    assert editor.post("/calendar/reading", {"lines": "Dec 5 x\n" * 501}).status_code == 413
    assert "too many lines" in editor.post("/calendar/reading", {"lines": "Dec 5 x\n" * 501}).text
    assert editor.post("/calendar/reading", {"lines": "x" * 100_001}).status_code == 413
    assert editor.client.get("/calendar/reading").status_code in (404, 405)
    assert listed() == {}
    visitor.client.cookies.clear()
    assert visitor.post("/calendar/reading", {"lines": LINES}).status_code == 401


def test_two_events_with_different_titles_and_days_are_merged_by_hand(editor: Any, listed: Any) -> None:
    editor.post(
        "/calendar", {"lines": "Dec 5 Winter fair\nDec 12, 7pm Market at the Mill. Bring cups https://m.example/"}
    )
    fair, market = listed()["Winter fair"], listed()["Market"]
    page = editor.get("/calendar").text
    assert "Perhaps the same" not in page
    assert f'<option value="{fair.id}">Winter fair, Sat 5 December 2026</option>' in page
    both = editor.get("/calendar/merge", params={"event": fair.id, "other": market.id}).text
    for words in ("Winter fair", "Market", "Saturday 5 December 2026", "Saturday 12 December 2026, 19:00", "Mill"):
        assert words in both, words
    assert both.count(">Keep this one<") == 2
    assert editor.post("/calendar/merge", {"event": fair.id, "other": market.id}).status_code == 303
    (kept,) = listed().values()
    assert (kept.id, kept.data.title, kept.data.place) == (fair.id, "Winter fair", market.data.place)
    assert kept.data.start == fair.data.start  # its own day, and no hours of another one
    assert editor.get("/calendar/merge", params={"event": fair.id, "other": market.id}).status_code == 404
    assert editor.get("/calendar/merge", params={"event": fair.id, "other": fair.id}).status_code == 303
    assert editor.get("/calendar/merge", params={"event": "x", "other": ""}).status_code == 404
