"""From events to their dates: windows, what an issue shows, zones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.events.lines import read_line
from newsletter.events.occurrences import for_issue, occurrences, rows_of
from newsletter.model.event import Event, EventData, EventId, EventStatus

NEW_YORK = "America/New_York"
TODAY = date(2026, 11, 27)


def event(line: str, number: int = 1, *, today: date = TODAY, status: EventStatus = EventStatus.CONFIRMED) -> Event:
    data = replace(read_line(line, today=today, zone=NEW_YORK), status=status)
    return Event(id=EventId(number), data=data)


def shown(*lines: str, on: date = TODAY, days: int = 60) -> list[tuple[str, str]]:
    events = [event(line, number) for number, line in enumerate(lines, 1)]
    return [(str(row.first_date), row.title) for row in for_issue(events, on=on, days=days, zone=NEW_YORK)]


def test_an_issue_shows_the_coming_days_in_order_and_nothing_that_has_passed() -> None:
    assert shown("Dec 6 Talk", "Dec 5 Walk", "Nov 26 Past", "Nov 27 Today", "Mar 5 Too far") == [
        ("2026-11-27", "Today"),
        ("2026-12-05", "Walk"),
        ("2026-12-06", "Talk"),
    ]


@pytest.mark.parametrize(
    ("on", "there"), [("2026-12-04", True), ("2026-12-05", True), ("2026-12-06", True), ("2026-12-07", False)]
)
def test_an_ongoing_range_stays_until_its_last_day(on: str, there: bool) -> None:
    assert bool(shown("Dec 5-6 Fair", on=date.fromisoformat(on))) is there


def test_a_recurring_event_comes_once_with_its_next_date() -> None:
    assert shown("every Tuesday 6pm Choir", on=date(2026, 12, 2)) == [("2026-12-08", "Choir")]


def test_a_window_lists_each_date_of_a_recurring_event() -> None:
    rows = occurrences(
        [event("every Tuesday 6pm Choir")], first=date(2026, 12, 2), last=date(2026, 12, 15), zone=NEW_YORK
    )
    assert [str(row.first_date) for row in rows] == ["2026-12-08", "2026-12-15"]
    assert len({row.id for row in rows}) == 2


def test_an_event_with_several_dates_comes_once_with_those_that_remain() -> None:
    several = event("Dec 2, 9 & 16, 6pm: Mend your bicycle")
    (row,) = for_issue([several], on=date(2026, 12, 3), days=60, zone=NEW_YORK)
    assert [str(day) for day in row.dates] == ["2026-12-09", "2026-12-16"]
    assert row.start == datetime(2026, 12, 9, 18, tzinfo=ZoneInfo(NEW_YORK))
    assert row.last_date == date(2026, 12, 16)
    assert for_issue([several], on=date(2026, 12, 17), days=60, zone=NEW_YORK) == []


def test_proposed_and_cancelled_events_enter_no_issue_and_are_listed() -> None:
    events = [event("Dec 5 Walk", status=status) for status in (EventStatus.PROPOSED, EventStatus.CANCELLED)]
    assert for_issue(events, on=TODAY, days=60, zone=NEW_YORK) == []
    assert len(occurrences(events, first=TODAY, last=date(2026, 12, 31), zone=NEW_YORK)) == 2


def test_a_rule_ends_after_its_last_day() -> None:
    rows = occurrences(
        [event("every Tuesday 11:30pm Choir until Dec 8")], first=TODAY, last=date(2027, 1, 31), zone=NEW_YORK
    )
    assert [str(row.first_date) for row in rows] == ["2026-12-01", "2026-12-08"]


def test_what_ends_at_midnight_ends_on_its_day() -> None:
    (row,) = rows_of(event("Dec 5, 8pm-midnight Dance"), today=TODAY)
    assert (str(row.first_date), str(row.last_date)) == ("2026-12-05", "2026-12-05")


def test_an_event_elsewhere_counts_for_the_day_it_has_here() -> None:
    late = event("Nov 26, 11pm PT Talk")  # 27 November, 2 am in New York
    assert [str(row.first_date) for row in for_issue([late], on=TODAY, days=5, zone=NEW_YORK)] == ["2026-11-26"]


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        (NEW_YORK, "2027-03-08T18:00:00-05:00", "2027-03-15T18:00:00-04:00"),
        ("Asia/Kolkata", "2027-03-08T18:00:00+05:30", "2027-03-15T18:00:00+05:30"),
        ("Australia/Lord_Howe", "2027-03-29T18:00:00+11:00", "2027-04-05T18:00:00+10:30"),
        ("America/Santiago", "2027-03-29T18:00:00-03:00", "2027-04-05T18:00:00-04:00"),
    ],
)
def test_a_rule_keeps_the_hour_of_its_zone_across_clock_changes(zone: str, before: str, after: str) -> None:
    data = read_line("every Monday 6pm Choir", today=date(2027, 1, 1), zone=zone)
    first, last = (datetime.fromisoformat(moment).date() for moment in (before, after))
    rows = occurrences([Event(id=EventId(1), data=data)], first=first, last=last, zone=zone)
    assert [row.start.isoformat() for row in rows] == [before, after]


def test_passed_dates_are_told_when_a_line_is_added() -> None:
    assert [str(row.first_date) for row in rows_of(event("2020-01-01 Walk"), today=TODAY)] == ["2020-01-01"]
    ended = event("every Tuesday until Dec 8: Choir")
    assert [str(row.first_date) for row in rows_of(ended, today=date(2027, 5, 1))] == ["2026-12-01"]


ZONES = st.sampled_from([NEW_YORK, "Asia/Kolkata", "Australia/Lord_Howe", "America/Santiago", "Europe/London", "UTC"])
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@st.composite
def _events(draw: st.DrawFn) -> Event:
    day, zone = draw(DAYS), draw(ZONES)
    start: date | datetime = day
    end: date | datetime | None = day + timedelta(days=draw(st.integers(0, 9)))
    if draw(st.booleans()):
        start = datetime.combine(day, time(draw(st.integers(0, 23)), draw(st.sampled_from([0, 30]))), ZoneInfo(zone))
        end = start + timedelta(minutes=draw(st.integers(1, 3000))) if draw(st.booleans()) else None
    rule = draw(st.sampled_from([None, None, "FREQ=WEEKLY", "FREQ=MONTHLY;BYDAY=2MO", "FREQ=DAILY;COUNT=9"]))
    dates: tuple[date, ...] = ()
    if rule is None and isinstance(start, datetime) is False and draw(st.booleans()):
        dates = tuple(sorted({day, *draw(st.lists(DAYS, max_size=4))}))
        start, end = dates[0], dates[0]
    data = EventData(
        uid="x",
        title=draw(st.sampled_from("abc")),
        start=start,
        end=end,
        dates=dates,
        rule=rule,
        zone=zone if isinstance(start, datetime) else None,
    )
    return Event(id=EventId(draw(st.integers(1, 99))), data=data)


@given(st.lists(_events(), max_size=5), DAYS, st.integers(0, 90), ZONES)
def test_occurrences_lie_in_the_window_sorted_and_in_their_zone(
    events: list[Event], first: date, length: int, zone: str
) -> None:
    last = first + timedelta(days=length)
    here = ZoneInfo(zone)

    def day(row_start: date | datetime) -> date:
        return row_start.astimezone(here).date() if isinstance(row_start, datetime) else row_start

    rows = occurrences(events, first=first, last=last, zone=zone)
    for row in rows:
        assert day(row.start) <= last
        assert max(day(row.start), day(row.end or row.start)) >= first
        assert row.first_date <= row.last_date
        assert row.all_day is not isinstance(row.start, datetime)
        if isinstance(row.start, datetime):
            assert str(row.start.tzinfo) == row.zone
    assert [day(row.start) for row in rows] == sorted(day(row.start) for row in rows)
    shown_now = for_issue(events, on=first, days=length, zone=zone)
    assert len(shown_now) <= len(events)
    assert {row.event for row in shown_now} == {row.event for row in rows}
