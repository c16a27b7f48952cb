"""Calendars that are too big, damaged, or ask for what no clock shows: each is a sentence, and the rest is kept."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from newsletter.clock import Clock
from newsletter.events.ics import read_ics
from newsletter.events.occurrences import occurrences
from newsletter.model.event import Event, EventData, EventId

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
NEW_YORK = "America/New_York"


def calendar(*events: str) -> bytes:
    body = "".join(f"BEGIN:VEVENT\nUID:{number}\n{event}\nEND:VEVENT\n" for number, event in enumerate(events))
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{body}END:VCALENDAR\n".encode()


def one(event: str) -> EventData:
    (found,) = read_ics(calendar(event), zone=NEW_YORK, now=NOW, name="x.ics").events
    return found


def dates(data: EventData, first: str, last: str) -> list[str]:
    rows = occurrences(
        [Event(id=EventId(1), data=data)],
        first=date.fromisoformat(first),
        last=date.fromisoformat(last),
        zone=NEW_YORK,
    )
    return [row.start.isoformat() for row in rows]


def test_of_a_hundred_thousand_events_the_first_thousand_are_read() -> None:
    body = "BEGIN:VEVENT\nSUMMARY:x\nDTSTART:20261101\nUID:{}\nEND:VEVENT\n"
    data = ("BEGIN:VCALENDAR\n" + "".join(body.format(number) for number in range(100_000))).encode()
    read = read_ics(data, zone=NEW_YORK, now=NOW, name="big.ics")
    assert len(read.events) == 1_000
    assert read.refused[-1] == ("big.ics", "The calendar has 100,000 events; the first 1,000 were read.")


def test_fifty_megabytes_are_refused_with_a_sentence() -> None:
    read = read_ics(b"BEGIN:VCALENDAR\n" + b"X" * 50_000_000, zone=NEW_YORK, now=NOW, name="huge.ics")
    assert read.events == ()
    assert "larger than 10 MB" in read.refused[0][1]


def test_the_29th_of_february_comes_every_fourth_year() -> None:
    leap = one("SUMMARY:Leap day\nDTSTART:20240229\nRRULE:FREQ=YEARLY")
    assert dates(leap, "2026-01-01", "2032-12-31") == ["2028-02-29", "2032-02-29"]


def test_the_31st_is_left_out_of_shorter_months() -> None:
    club = one("SUMMARY:Club\nDTSTART:20261031\nRRULE:FREQ=MONTHLY")
    assert dates(club, "2026-10-01", "2027-04-01") == ["2026-10-31", "2026-12-31", "2027-01-31", "2027-03-31"]


@pytest.mark.parametrize(
    ("times", "start"),
    [
        (f"DTSTART;TZID={NEW_YORK}:20270314T023000", "2027-03-14T03:30:00-04:00"),  # the clocks skip it
        (f"DTSTART;TZID={NEW_YORK}:20261101T013000", "2026-11-01T01:30:00-04:00"),  # the clocks show it twice
        ("DTSTART;TZID=Nowhere/Land:20261105T100000", "2026-11-05T10:00:00-05:00"),
        ("DTSTART:20261105T100000", "2026-11-05T10:00:00-05:00"),  # floating
    ],
)
def test_times_that_no_clock_shows_or_no_zone_has_are_read(times: str, start: str) -> None:
    assert one(f"SUMMARY:Talk\n{times}").start.isoformat() == start


def test_a_rule_through_a_gap_moves_only_the_one_that_falls_in_it() -> None:
    watch = one(f"SUMMARY:Watch\nDTSTART;TZID={NEW_YORK}:20270307T023000\nRRULE:FREQ=WEEKLY;COUNT=3")
    assert dates(watch, "2027-03-01", "2027-03-31") == [
        "2027-03-07T02:30:00-05:00",
        "2027-03-14T03:30:00-04:00",
        "2027-03-21T02:30:00-04:00",
    ]


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        (NEW_YORK, "2026-10-25T18:00:00-04:00", "2026-11-01T18:00:00-05:00"),
        ("Asia/Kolkata", "2026-10-25T18:00:00+05:30", "2026-11-01T18:00:00+05:30"),
        ("Australia/Lord_Howe", "2026-09-27T18:00:00+10:30", "2026-10-04T18:00:00+11:00"),
        ("America/Santiago", "2026-08-30T18:00:00-04:00", "2026-09-06T18:00:00-03:00"),
    ],
)
def test_a_weekly_event_of_a_calendar_keeps_its_hour(zone: str, before: str, after: str) -> None:
    first, last = datetime.fromisoformat(before), datetime.fromisoformat(after)
    start = first.astimezone(ZoneInfo(zone))
    weekly = one(f"SUMMARY:Call\nDTSTART;TZID={zone}:{start:%Y%m%dT%H%M%S}\nRRULE:FREQ=WEEKLY;COUNT=2")
    assert dates(weekly, str(first.date()), str(last.date())) == [before, after]


def test_damaged_characters_are_mended() -> None:
    assert one("SUMMARY:CafÃ© â€“ entrÃ©e libre\nDTSTART:20261105").title == "Café – entrée libre"


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;BYSECOND=1",
        "FREQ=HOURLY",
        "FREQ=MONTHLY;BYDAY=9MO",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=99999999",
        "FREQ=WEEKLY;UNTIL=someday",
        "FREQ=DAILY;BYSETPOS=400",
        "FREQ=",
        ";;;",
        "FREQ=YEARLY;BYWEEKNO=54",
        "FREQ=MONTHLY;BYMONTHDAY=32",
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused_and_its_neighbour_is_kept(rule: str) -> None:
    data = calendar(f"SUMMARY:Bad\nDTSTART:20261101T100000\nRRULE:{rule}", "SUMMARY:Good\nDTSTART:20261105")
    read = read_ics(data, zone=NEW_YORK, now=NOW, name="x.ics")
    assert [event.title for event in read.events] == ["Good"]
    assert [what for what, _ in read.refused] == ["Bad"]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("DTSTART:20261205T190000", "Its times name no zone; they were read as America/New_York."),
        ("DTSTART;TZID=America/New_York:20270314T023000", "There is no 02:30 on Sunday 14 March 2027"),
        ("DTSTART;TZID=America/New_York:20271107T013000", "There are two times 01:30 on Sunday 7 November 2027"),
        ("DTSTART;VALUE=DATE:20240229\r\nRRULE:FREQ=YEARLY", "Years without a 29 February are left out."),
        ("DTSTART;VALUE=DATE:20240131\r\nRRULE:FREQ=MONTHLY", "Months without a day 31 are left out."),
        ("DTSTART;VALUE=DATE:20240101\r\nRRULE:FREQ=MONTHLY;BYMONTHDAY=30", "Months without a day 30 are left out."),
        ("DTSTART;VALUE=DATE:20261205\r\nLOCATION:x", None),
        ("DTSTART;VALUE=DATE:20240131\r\nRRULE:FREQ=MONTHLY;BYDAY=2MO", None),
    ],
)
def test_what_can_be_read_in_two_ways_is_told(lines: str, sentence: str | None) -> None:
    text = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Fair\r\n{lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    (one,) = read_ics(text.encode(), zone="America/New_York", now=datetime(2026, 11, 27, tzinfo=UTC), name="x").events
    assert (" ".join(one.warnings) == "") if sentence is None else any(sentence in warning for warning in one.warnings)


def test_mended_characters_are_told_where_they_are() -> None:
    body = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}\r\nSUMMARY:{title}\r\nDTSTART;VALUE=DATE:20261205\r\nEND:VEVENT\r\n"
        for n, title in enumerate(("CafÃ© Ã¼ber", "Plain"))
    )
    text = f"BEGIN:VCALENDAR\r\n{body}END:VCALENDAR\r\n"
    found = read_ics(text.encode(), zone="UTC", now=datetime(2026, 11, 27, tzinfo=UTC), name="x").events
    assert [(one.title, bool(one.warnings)) for one in found] == [("Café über", True), ("Plain", False)]


def test_a_calendar_that_takes_too_long_is_read_so_far_and_each_of_the_rest_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    work = iter(range(1000))
    monkeypatch.setattr(Clock, "cpu", staticmethod(lambda: float(next(work))))  # a second at each look
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{number}@x\r\nSUMMARY:Event {number}\r\nDTSTART;VALUE=DATE:20261205\r\nEND:VEVENT\r\n"
        for number in range(8)
    )
    found = read_ics(f"BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n".encode(), zone="UTC", now=NOW, name="x.ics")
    assert [one.title for one in found.events] == [f"Event {number}" for number in range(5)]
    assert found.refused == tuple(
        (f"Event {number}", "The event was left out: its calendar takes too long to read.") for number in range(5, 8)
    )
