"""Calendars out: what we write reads back as the same events."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.events.ics import read_ics
from newsletter.events.lines import read_line
from newsletter.events.mojibake import mended
from newsletter.events.occurrences import occurrences
from newsletter.events.write_ics import write_ics
from newsletter.model.event import Event, EventData, EventId

NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)
NEW_YORK = "America/New_York"


def _dates(data: EventData) -> list[tuple[str, str, str, str | None]]:
    rows = occurrences(
        [Event(id=EventId(1), data=data)], first=date(2026, 11, 27), last=date(2027, 12, 31), zone=NEW_YORK
    )
    return [(row.start.isoformat(), str(row.end), row.title, row.place) for row in rows]


@pytest.mark.parametrize(
    "line",
    [
        "July 6-7 Street fair, Market Square",
        "Dec 5, 7-9pm CET Talk; with questions",
        "July 7, 14 & 21 Open gardens",
        "March 3, 10 and 17, 7pm CET Language evenings",
        "every Tuesday 6pm Choir, until 30 June",
        "first and third Thursday of each month, 6:30 PM ET Council",
        "July 10, 6pm EST Summer talk",
    ],
)
def test_a_written_event_reads_back_the_same(line: str) -> None:
    data = read_line(line, today=NOW.date(), zone=NEW_YORK)
    written = write_ics([Event(id=EventId(1), data=data)], name="Alderwick", now=NOW)
    (back,) = read_ics(written, zone=NEW_YORK, now=NOW, name="x.ics").events
    assert _dates(back) == _dates(data)
    assert (back.uid, back.title, back.rule) == (data.uid, data.title, data.rule)


def test_an_imported_series_is_written_with_its_exceptions() -> None:
    source = (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:choir\r\nSUMMARY:Choir\r\n"
        b"DTSTART;TZID=America/New_York:20261201T190000\r\nRRULE:FREQ=WEEKLY;COUNT=4\r\n"
        b"EXDATE;TZID=America/New_York:20261208T190000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    (data,) = read_ics(source, zone=NEW_YORK, now=NOW, name="x.ics").events
    written = write_ics([Event(id=EventId(1), data=data)], name="Alderwick", now=NOW)
    (back,) = read_ics(written, zone=NEW_YORK, now=NOW, name="x.ics").events
    assert len(_dates(data)) == 3
    assert _dates(back) == _dates(data)


ZONES = st.sampled_from([NEW_YORK, "Asia/Kolkata", "Australia/Lord_Howe", "America/Santiago", "Europe/London", "UTC"])
RULES = st.sampled_from(
    [None, "FREQ=WEEKLY;BYDAY=TU", "FREQ=MONTHLY;BYDAY=1TH,3TH", "FREQ=DAILY;COUNT=5", "FREQ=YEARLY"]
)
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.sampled_from(' ,;:\\"'), max_size=60
).filter(
    lambda text: mended(text) == text and "\\n" not in text.lower()
)  # icalendar takes a backslash and an n for a line break


@st.composite
def _data(draw: st.DrawFn) -> EventData:
    day, zone = draw(st.dates(date(2026, 1, 1), date(2028, 12, 31))), draw(ZONES)
    start: date | datetime = day
    end: date | datetime | None = day + timedelta(days=draw(st.integers(0, 9)))
    if draw(st.booleans()):
        moment = datetime.combine(day, time(draw(st.integers(5, 23)), draw(st.integers(0, 59))), ZoneInfo(zone))
        start, end = moment, moment + timedelta(minutes=draw(st.integers(1, 900))) if draw(st.booleans()) else None
    rule = draw(RULES)
    dates: tuple[date, ...] = ()
    if rule is None and draw(st.booleans()):
        more = draw(st.lists(st.integers(1, 400), min_size=1, max_size=4, unique=True))
        dates = (day, *(day + timedelta(days=one) for one in sorted(more)))
        end = start if not isinstance(start, datetime) else end
    return EventData(
        uid=f"{draw(st.uuids())}@newsletter",
        sequence=draw(st.integers(0, 9)),
        title="Talk " + " ".join(draw(WORDS).split()),
        start=start,
        end=end,
        dates=dates,
        zone=zone if isinstance(start, datetime) else None,
        rule=rule,
        place=" ".join(draw(WORDS).split()) or None,
    )


@given(st.lists(_data(), min_size=1, max_size=4, unique_by=lambda one: one.uid))
@settings(max_examples=40, deadline=None)
def test_whatever_is_written_is_accepted_by_icalendar_and_reads_back_equal(written: list[EventData]) -> None:
    content = write_ics([Event(id=EventId(1), data=one) for one in written], name="Alderwick", now=NOW)
    parsed = icalendar.Calendar.from_ical(content)
    assert [component.errors for component in parsed.walk()] == [[]] * len(parsed.walk())
    read = read_ics(content, zone=NEW_YORK, now=NOW, name="x.ics")
    assert read.refused == ()
    back = {one.uid: one for one in read.events}
    for one in written:
        again = back[one.uid]
        assert (again.title.strip(), again.rule, again.sequence) == (one.title.strip(), one.rule, one.sequence)
        if one.zone != "UTC":
            assert _dates(again)[:20] == [(*row[:2], again.title, again.place) for row in _dates(one)[:20]]
