"""Calendars out: what we write reads back as the same events."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from newsletter.events.ics import read_ics
from newsletter.events.lines import read_line
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
