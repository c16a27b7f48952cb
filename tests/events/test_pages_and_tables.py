"""Events of web pages (schema.org JSON-LD) and of CSV files."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from newsletter.events.handing_over import jsonld
from newsletter.events.jsonld import read_jsonld
from newsletter.events.lines import read_line
from newsletter.events.material import read_material
from newsletter.events.occurrences import rows_of
from newsletter.model.event import Event, EventData, EventId, EventStatus

NEW_YORK = "America/New_York"
NOW = datetime(2026, 11, 27, 13, tzinfo=UTC)
TALK = {"@type": "Event", "name": "Talk", "startDate": "2026-12-05T19:00:00-05:00"}


def page(*blocks: Any) -> str:
    told = (one if isinstance(one, str) else json.dumps(one).replace("</", r"<\/") for one in blocks)
    scripts = "".join(f'<script type="application/ld+json">{one}</script>' for one in told)
    return f"<!doctype html><html><head>{scripts}</head><body><p>Alderwick</p></body></html>"


def read(*blocks: Any) -> tuple[EventData, ...]:
    return read_jsonld(page(*blocks), zone=NEW_YORK, url="https://alderwick.example/on", name="on").events


@pytest.mark.parametrize(
    ("told", "start", "end", "zone"),
    [
        ({}, "2026-12-05T19:00:00-05:00", None, NEW_YORK),
        ({"startDate": "2026-12-05"}, "2026-12-05", "2026-12-05", None),
        ({"startDate": "2026-12-05", "endDate": "2026-12-06"}, "2026-12-05", "2026-12-06", None),
        ({"startDate": "2026-12-05T19:00"}, "2026-12-05T19:00:00-05:00", None, NEW_YORK),
        ({"startDate": "2026-12-06T00:00:00Z"}, "2026-12-05T19:00:00-05:00", None, NEW_YORK),
        ({"startDate": "2026-12-05T19:00+01:00"}, "2026-12-05T19:00:00+01:00", None, "Etc/GMT-1"),
        ({"endDate": "2026-12-05T21:00:00-05:00"}, "2026-12-05T19:00:00-05:00", "2026-12-05T21:00:00-05:00", NEW_YORK),
    ],
)
def test_an_event_of_a_page_is_read(told: dict[str, str], start: str, end: str | None, zone: str | None) -> None:
    (one,) = read({**TALK, **told})
    assert (one.start.isoformat(), one.end.isoformat() if one.end else None, one.zone) == (start, end, zone)
    assert (one.title, one.url) == ("Talk", "https://alderwick.example/on")


@pytest.mark.parametrize(
    "told",
    [
        [TALK],
        {"@context": "https://schema.org", "@graph": [{"@type": "WebPage"}, TALK]},
        {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": TALK}]},
        {"@type": "EventSeries", "name": "Talks", "subEvent": [TALK]},
        {**TALK, "@type": ["MusicEvent", "Thing"]},
        {**TALK, "@type": "https://schema.org/TheaterEvent"},
        "\n<!--\n" + json.dumps(TALK) + "\n-->\n",
    ],
)
def test_an_event_is_found_wherever_it_stands(told: Any) -> None:
    assert [one.title for one in read(told)] == ["Talk"]


@pytest.mark.parametrize(
    ("location", "place", "online", "url"),
    [
        ("Town Hall", "Town Hall", False, "https://alderwick.example/on"),
        ({"@type": "Place", "name": "Town Hall"}, "Town Hall", False, "https://alderwick.example/on"),
        (
            {"@type": "Place", "name": "Town Hall", "address": {"streetAddress": "1 Mill St"}},
            "Town Hall, 1 Mill St",
            False,
            "https://alderwick.example/on",
        ),
        ({"@type": "VirtualLocation", "url": "https://meet.example/x"}, None, True, "https://meet.example/x"),
    ],
)  # fmt: skip
def test_where_it_is(location: Any, place: str | None, online: bool, url: str) -> None:
    (one,) = read({**TALK, "location": location})
    assert (one.place, one.online, one.url) == (place, online, url)


def test_a_cancelled_event_and_hostile_text() -> None:
    (one,) = read(
        {
            **TALK,
            "name": "Talk &amp; tea <b>",
            "description": "<p>Hi</p><script>alert(1)</script>",
            "url": "javascript:alert(1)",
            "eventStatus": "https://schema.org/EventCancelled",
        }
    )
    assert (one.title, one.description, one.status) == ("Talk & tea", "<p>Hi</p>", EventStatus.CANCELLED)
    assert one.url == "https://alderwick.example/on"


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"@type": "Event", "name": "Talk"}, "it has no start"),
        ({**TALK, "startDate": "soon"}, "is no date"),
        ({**TALK, "endDate": "2026-12-04"}, "ends before it begins"),
        ({**TALK, "name": ""}, "without a name"),
        ("{not json", "no JSON"),
        ("[" * 100_000, "no JSON"),
    ],
)
def test_what_cannot_be_read_is_told_and_the_rest_is_kept(told: Any, why: str) -> None:
    found = read_jsonld(page(told, TALK), zone=NEW_YORK, url="", name="on")
    assert [one.title for one in found.events] == ["Talk"]
    assert [why in reason for _, reason in found.refused] == [True]


def test_the_same_page_read_again_gives_the_same_uids() -> None:
    other = {**TALK, "startDate": "2026-12-12T19:00:00-05:00"}
    assert [one.uid for one in read(TALK, other)] == [one.uid for one in read(TALK, other)]
    assert len({one.uid for one in read(TALK, other)}) == 2


def table(text: str) -> Any:
    return read_material(text.encode(), zone=NEW_YORK, language="en", now=NOW, name="events.csv")


def test_rows_of_a_csv_are_events() -> None:
    found = table(
        "Title,Date,Time,End time,Place,URL,Description,Repeat\n"
        "Film,2026-12-05,7pm,9pm,Town Hall,https://alderwick.example/f,Bring *cake*,\n"
        "Fair,July 6-7,,,,,,\n"
        "Choir,2026-12-01,19:30,,,,,every Tuesday\n"
    )
    assert found.refused == ()
    film, fair, choir = found.events
    assert (film.start.isoformat(), film.end.isoformat()) == ("2026-12-05T19:00:00-05:00", "2026-12-05T21:00:00-05:00")
    assert (film.place, film.url, "<em>cake</em>" in film.description) == (
        "Town Hall",
        "https://alderwick.example/f",
        True,
    )
    assert (fair.start, fair.end) == (date(2027, 7, 6), date(2027, 7, 7))
    assert choir.rule == "FREQ=WEEKLY;BYDAY=TU"


@pytest.mark.parametrize(
    ("row", "start"),
    [
        ("name;start\nFilm;2026-12-05 19:30", "2026-12-05T19:30:00-05:00"),
        ("name;start\nFilm;2026-12-05T19:30:00+01:00", "2026-12-05T19:30:00+01:00"),
        ("titel;datum;uhrzeit\nFilm;5.12.2026;19 Uhr", "2026-12-05T19:00:00-05:00"),
        ("name,date,time,timezone\nFilm,2026-12-05,19:30,Europe/Madrid", "2026-12-05T19:30:00+01:00"),
        ("name,date,time,timezone\nFilm,2026-12-05,19:30,CET", "2026-12-05T19:30:00+01:00"),
    ],
)
def test_a_row_may_tell_its_start_in_many_ways(row: str, start: str) -> None:
    (one,) = table(row).events
    assert one.start.isoformat() == start


@pytest.mark.parametrize(
    ("text", "what", "why"),
    [
        ("a,b\n1,2\n", "events.csv", "heading line"),
        ("", "events.csv", "heading line"),
        ("title,date\n,2026-12-05\nWalk,2026-12-06\n", "line 2: ", "no title"),
        ("title,date\nFilm,31 April\nWalk,2026-12-06\n", "line 2: Film", "April has 30 days"),
        ("title,start,end\nFilm,2026-12-05 19:00,2026-12-05 18:00\nWalk,2026-12-06\n", "line 2: Film", "before"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_with_its_line(text: str, what: str, why: str) -> None:
    found = table(text)
    assert [one for one, _ in found.refused] == [what]
    assert why in found.refused[0][1]
    assert [one.title for one in found.events] == (["Walk"] if "Walk" in text else [])


def test_a_page_without_events_is_told() -> None:
    found = read_material(b"<html>nothing</html>", zone=NEW_YORK, language="en", now=NOW, name="x.html")
    assert "no event" in found.refused[0][1]


CHOIR = {"@type": "Event", "name": "Choir", "location": "Mill"}


@pytest.mark.parametrize(
    ("schedule", "rule", "start", "end"),
    [
        (
            {"repeatFrequency": "P1W", "byDay": "https://schema.org/Tuesday", "startDate": "2026-12-01",
             "startTime": "19:30:00", "endTime": "21:00"},
            "FREQ=WEEKLY;BYDAY=TU", "2026-12-01T19:30:00-05:00", "2026-12-01T21:00:00-05:00",
        ),
        (
            {"repeatFrequency": "P2W", "byDay": ["Tuesday", "schema:Thursday"], "startDate": "2026-12-01",
             "startTime": "19:30", "duration": "PT2H30M", "scheduleTimezone": "Europe/London"},
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH", "2026-12-01T19:30:00+00:00", "2026-12-01T22:00:00+00:00",
        ),
        (
            {"repeatFrequency": "P1M", "byDay": "2MO", "startDate": "2026-12-01", "endDate": "2027-06-30"},
            "FREQ=MONTHLY;BYDAY=2MO;UNTIL=20270630", "2026-12-14", "2026-12-14",
        ),
        (
            {"repeatFrequency": "Monthly", "byDay": "Monday", "byMonthWeek": 2, "startDate": "2026-12-14",
             "repeatCount": 3},
            "FREQ=MONTHLY;BYDAY=2MO;COUNT=3", "2026-12-14", "2026-12-14",
        ),
        (
            {"repeatFrequency": "P1M", "byMonthDay": 24, "byMonth": [11, 12], "startDate": "2026-12-01"},
            "FREQ=MONTHLY;BYMONTH=11,12;BYMONTHDAY=24", "2026-12-24", "2026-12-24",
        ),
        (
            {"repeatFrequency": "daily", "startDate": "2026-12-01", "startTime": "23:00", "endTime": "01:00"},
            "FREQ=DAILY", "2026-12-01T23:00:00-05:00", "2026-12-02T01:00:00-05:00",
        ),
    ],
)  # fmt: skip
def test_a_schedule_of_a_page_is_a_rule(schedule: dict[str, Any], rule: str, start: str, end: str) -> None:
    (one,) = read({**CHOIR, "eventSchedule": {"@type": "Schedule", **schedule}})
    assert (one.title, one.rule, one.start.isoformat(), one.end and one.end.isoformat()) == ("Choir", rule, start, end)


def test_a_schedule_leaves_days_out_and_keeps_its_uid_when_the_page_moves_along() -> None:
    weekly = {"@type": "Schedule", "repeatFrequency": "P1W", "byDay": "Thursday", "startTime": "18:00"}
    out = {"exceptDate": ["2026-12-24", "2026-12-31T18:00:00-05:00", "soon"]}
    (one,) = read({**CHOIR, "startDate": "2026-12-03T18:00", "eventSchedule": [{**weekly, **out}]})
    (later,) = read({**CHOIR, "startDate": "2026-12-10T18:00", "eventSchedule": {**weekly, "endDate": "2027-06-30"}})
    assert one.excepted == (date(2026, 12, 24), date(2026, 12, 31))
    assert one.rule_text == "every Thursday, except 24 December and 31 December 2026"
    assert one.uid == later.uid
    two = read({**CHOIR, "startDate": "2026-12-03", "eventSchedule": [weekly, {**weekly, "byDay": "Friday"}]})
    assert [event.rule for event in two] == ["FREQ=WEEKLY;BYDAY=TH", "FREQ=WEEKLY;BYDAY=FR"]
    assert len({event.uid for event in two}) == 2


@pytest.mark.parametrize(
    ("schedule", "why"),
    [
        ({"repeatFrequency": "PT1H", "startDate": "2026-12-01"}, "more often than daily"),
        ({"repeatFrequency": "now and then", "startDate": "2026-12-01"}, "it repeats “now and then”"),
        ({"repeatFrequency": "P1M", "byDay": "9MO", "startDate": "2026-12-01"}, "BYDAY=9MO"),
        ({"repeatFrequency": "P1W", "byDay": "Noday", "startDate": "2026-12-01"}, "BYDAY=NODAY"),
        ({"repeatFrequency": "P1W"}, "no start"),
        ({"repeatFrequency": "P1Y", "byMonth": 2, "byMonthDay": 30, "startDate": "2026-12-01"}, "never comes"),
    ],
)
def test_a_schedule_that_cannot_be_followed_is_refused_with_a_sentence(schedule: dict[str, Any], why: str) -> None:
    found = read_jsonld(page({**CHOIR, "eventSchedule": schedule}, TALK), zone=NEW_YORK, url="", name="on")
    assert [one.title for one in found.events] == ["Talk"]
    ((what, told),) = found.refused
    assert (what, why in told) == ("Choir", True), told


@pytest.mark.parametrize(
    "line",
    [
        "every Thursday 6pm except 24 December: Choir",
        "first and third Thursday of each month, 6:30 PM-8pm ET: Choir",
        "every other Tuesday, until 30 June: Choir",
        "every Tuesday except in August: Choir",
    ],
)
def test_the_schedule_that_we_write_reads_back_as_the_same_rule(line: str) -> None:
    data = read_line(line, today=date(2026, 11, 27), zone=NEW_YORK)
    event = Event(id=EventId(1), data=data)
    (one,) = rows_of(event, today=date(2027, 1, 20))
    began = data.start.date() if isinstance(data.start, datetime) else data.start
    (back,) = read(jsonld(one, page="https://a.example/events/1", organizer="x", since=began))
    assert (back.rule, back.excepted, back.start, back.end) == (data.rule, data.excepted, data.start, data.end)
