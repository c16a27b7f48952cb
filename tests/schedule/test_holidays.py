"""Holidays: a time that falls on one is left out, or comes on the last day before that is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.model.publication import Publication
from newsletter.schedule.cadence import read_cadence
from newsletter.schedule.timetable import of_publication
from newsletter.settings import Settings
from newsletter.store import Store, cadences
from newsletter.workflows.holidays import import_holidays

START = datetime(2026, 12, 20, tzinfo=UTC)
CHRISTMAS = date(2026, 12, 25)


@pytest.mark.parametrize(
    ("rule", "holidays", "expected"),
    [
        ("Fri 09:00", {CHRISTMAS: False}, ["2027-01-01T09:00", "2027-01-08T09:00"]),
        ("Fri 09:00", {CHRISTMAS: True}, ["2026-12-24T09:00", "2027-01-01T09:00"]),
        ("Fri 09:00", {CHRISTMAS: True, date(2026, 12, 24): False}, ["2026-12-23T09:00", "2027-01-01T09:00"]),
        ("Thu,Fri 09:00", {CHRISTMAS: True}, ["2026-12-24T09:00", "2026-12-31T09:00"]),  # two that meet are one
        ("Thu 18:00 Fri 18:00", {CHRISTMAS: True}, ["2026-12-24T18:00", "2026-12-31T18:00"]),
        (
            "0 9 * * thu,fri",
            {CHRISTMAS: False, date(2026, 12, 24): True},
            ["2026-12-23T09:00", "2026-12-31T09:00"],
        ),
        ("FREQ=WEEKLY;BYDAY=FR;BYHOUR=7", {CHRISTMAS: True}, ["2026-12-24T07:00", "2027-01-01T07:00"]),
    ],
)
def test_what_becomes_of_a_time_on_a_holiday(rule: str, holidays: dict[date, bool], expected: list[str]) -> None:
    cadence = replace(read_cadence(rule, "America/New_York"), holidays=holidays)
    assert [one.local for one in islice(cadence.after(START), len(expected))] == expected


@given(
    st.dictionaries(st.dates(date(2026, 12, 1), date(2027, 3, 1)), st.booleans(), max_size=25),
    st.sampled_from(["daily 09:00", "Mon,Thu 07:30", "Mon,Tue 06:00 18:00", "FREQ=MONTHLY;BYDAY=1FR;BYHOUR=9"]),
)
def test_times_stay_in_order_each_once_and_none_on_a_holiday(holidays: dict[date, bool], rule: str) -> None:
    cadence = replace(read_cadence(rule, "Europe/Berlin"), holidays=holidays)
    found = list(islice(cadence.after(START), 40))
    assert all(before.at < one.at and before.local < one.local for before, one in pairwise(found))
    assert all(date.fromisoformat(one.local[:10]) not in holidays for one in found)


ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Alderwick//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20200101T000000Z
DTSTART;VALUE=DATE:20201225
DTEND;VALUE=DATE:20201227
RRULE:FREQ=YEARLY
SUMMARY:Christmas
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTAMP:20200101T000000Z
DTSTART:20261204T100000Z
DTEND:20261204T110000Z
SUMMARY:A meeting
END:VEVENT
END:VCALENDAR
"""


def test_a_calendar_of_holidays(sqlite_store: Store, clock: Clock, tmp_path: Path) -> None:
    from newsletter.store import publications

    with sqlite_store.writing() as tx:
        publication: Publication = publications.add(tx, "Alderwick Letter", now=clock.now(), zone="UTC")
        cadences.put(tx, publication.id, "Fri 09:00", zone="UTC", now=clock.now())
    file = tmp_path / "holidays.ics"
    file.write_text(ICS.replace("\n", "\r\n"))
    settings = Settings(workspace=tmp_path)
    assert import_holidays(sqlite_store, settings, clock, publication, str(file), moves=True) == 10
    with sqlite_store.reading() as tx:
        cadence = of_publication(tx, publication)
        assert cadences.named_holidays(tx, publication.id)[0] == cadences.Holiday(CHRISTMAS, "Christmas", True)
    assert cadence is not None
    assert [one.local for one in islice(cadence.after(START), 2)] == ["2026-12-24T09:00", "2027-01-01T09:00"]
    file.write_text("nothing")
    with pytest.raises(NewsletterError):
        import_holidays(sqlite_store, settings, clock, publication, str(file), moves=True)
    with sqlite_store.writing() as tx:
        assert cadences.drop_holidays(tx, publication.id, [CHRISTMAS]) == 1
        assert cadences.drop_holidays(tx, publication.id) == 9
