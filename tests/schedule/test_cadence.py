"""When a newsletter comes out: tables over five zones and ten years of clock changes, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.errors import NewsletterError
from newsletter.model.publication import Publication
from newsletter.schedule.cadence import DAYS, Occurrence, read_cadence
from newsletter.store import Store, cadences

START = datetime(2024, 12, 31, 12, tzinfo=UTC)
END = datetime(2035, 1, 1, tzinfo=UTC)
ZONES = ("America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Asia/Kolkata")


def until(rule: str, zone: str, end: datetime = END, start: datetime = START) -> Iterator[Occurrence]:
    return takewhile(lambda one: one.at < end, read_cadence(rule, zone).after(start))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", DAYS)
def test_nine_in_the_morning_is_nine_on_each_such_day_of_ten_years(zone: str, day: str) -> None:
    found = list(until(f"{day} 09:00", zone))
    assert len(found) in (521, 522)
    assert len({one.local for one in found}) == len(found)
    for before, one in pairwise(found):
        local = one.at.astimezone(ZoneInfo(zone))
        assert (local.hour, local.minute, local.weekday()) == (9, 0, DAYS.index(day))
        assert local.isoformat().startswith(one.local)
        assert abs((one.at - before.at) - timedelta(days=7)) <= timedelta(hours=1)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hour", ["00:30", "01:30", "02:00", "02:30", "03:00", "23:30"])
def test_daily_at_the_hours_of_clock_changes_comes_once_each_day(zone: str, hour: str) -> None:
    found = list(until(f"daily {hour}", zone))
    assert len(found) in (3652, 3653)
    assert len({one.local[:10] for one in found}) == len(found)
    assert all(before.at < one.at for before, one in pairwise(found))
    assert all(one.local.endswith(hour) for one in found)
    moved = [one for one in found if not one.at.astimezone(ZoneInfo(zone)).isoformat().startswith(one.local)]
    assert len(moved) <= 11
    for one in moved:  # an hour that is missing comes as much later as the clocks go forward
        real = one.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert timedelta(0) < real - datetime.fromisoformat(one.local) <= timedelta(hours=1)


@pytest.mark.parametrize(
    ("rule", "after", "at"),
    [
        ("Fri 09:00 America/New_York", "2026-03-07T00:00Z", "2026-03-13T13:00Z"),
        ("Fri 09:00 America/New_York", "2026-10-31T00:00Z", "2026-11-06T14:00Z"),
        ("Sun 02:30 America/New_York", "2026-03-07T00:00Z", "2026-03-08T07:30Z"),  # there is no 02:30: 03:30
        ("Sun 01:30 America/New_York", "2026-10-31T12:00Z", "2026-11-01T05:30Z"),  # the first of two
        ("Sun 01:30 America/New_York", "2026-11-01T05:30Z", "2026-11-08T06:30Z"),  # and not the second
        ("Sun 02:30 Europe/Berlin", "2026-03-28T12:00Z", "2026-03-29T01:30Z"),
        ("Sun 02:15 Australia/Lord_Howe", "2026-10-03T00:00Z", "2026-10-03T15:45Z"),  # half an hour forward
        ("Mon,Thu 07:30 UTC", "2026-01-05T07:30Z", "2026-01-08T07:30Z"),
        ("daily 07:00 18:00 UTC", "2026-01-05T07:00Z", "2026-01-05T18:00Z"),
        ("0 9 * * fri UTC", "2026-01-01T00:00Z", "2026-01-02T09:00Z"),
        ("30 6 1 * * UTC", "2026-01-01T07:00Z", "2026-02-01T06:30Z"),
        ("0 9 13 * fri UTC", "2026-01-09T10:00Z", "2026-01-13T09:00Z"),  # either kind of day
        ("0 9 29 feb * UTC", "2026-01-01T00:00Z", "2028-02-29T09:00Z"),
        ("*/30 8-9 * * mon-fri UTC", "2026-01-02T09:30Z", "2026-01-05T08:00Z"),
        ("FREQ=MONTHLY;BYDAY=1FR;BYHOUR=9 UTC", "2026-01-02T09:00Z", "2026-02-06T09:00Z"),
        ("RRULE:FREQ=WEEKLY;BYDAY=FR;BYHOUR=9;BYMINUTE=30 America/New_York", "2026-03-07T00:00Z", "2026-03-13T13:30Z"),
        ("DTSTART:20260102T090000 RRULE:FREQ=WEEKLY;INTERVAL=2 UTC", "2026-01-02T09:00Z", "2026-01-16T09:00Z"),
        (
            "DTSTART:20260102T090000 RRULE:FREQ=WEEKLY EXDATE:20260109T090000 UTC",
            "2026-01-02T09:00Z",
            "2026-01-16T09:00Z",
        ),
        ("Fri 09:00 UTC except 2026-12-25, 2027-01-01", "2026-12-18T09:00Z", "2027-01-08T09:00Z"),
        ("DTSTART;TZID=America/New_York:20260102T090000 RRULE:FREQ=WEEKLY", "2026-07-01T00:00Z", "2026-07-03T13:00Z"),
        ("DTSTART:20260102T090000Z RRULE:FREQ=WEEKLY", "2026-07-01T00:00Z", "2026-07-03T09:00Z"),
        (
            "DTSTART:20260102T090000 RRULE:FREQ=WEEKLY EXDATE;VALUE=DATE:20260109,20260116 UTC",
            "2026-01-02T09:00Z",
            "2026-01-23T09:00Z",
        ),
        ("FREQ=WEEKLY;BYDAY=FR;BYHOUR=9;UNTIL=20270101T000000Z UTC", "2026-12-18T09:00Z", "2026-12-25T09:00Z"),
        ("Mon-Fri 7am UTC", "2026-01-02T07:00Z", "2026-01-05T07:00Z"),
        ("Fri-Mon 12am UTC", "2026-01-05T00:00Z", "2026-01-09T00:00Z"),
        ("weekdays 6:30pm UTC", "2026-01-02T18:30Z", "2026-01-05T18:30Z"),
    ],
)
def test_the_next_time(rule: str, after: str, at: str) -> None:
    found = next(read_cadence(rule, "Asia/Kolkata").after(datetime.fromisoformat(after)))
    assert found.at == datetime.fromisoformat(at)


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "Fri",
        "09:00",
        "Frog 09:00",
        "Fri 25:00",
        "0 9 * * 5",
        "0 9 * *",
        "61 9 * * fri",
        "* * * * *",
        "0 9 30 feb *",
        "FREQ=HOURLY;BYHOUR=9",
        "FREQ=WEEKLY;INTERVAL=2;BYHOUR=9",
        "FREQ=WEEKLY",
        "FREQ=SOMETIMES;BYHOUR=9",
        "FREQ=MONTHLY;BYDAY=9MO;BYHOUR=9",
        "DTSTART;TZID=Mars/Olympus:20260102T090000 RRULE:FREQ=WEEKLY",
        "DTSTART:20260102T090000 RRULE:FREQ=WEEKLY EXDATE;VALUE=DATE:someday",
        "Fri 13pm",
        "Fri-Frog 09:00",
        "Fri 09:00 Mars/Olympus",
        "Fri 09:00 except tomorrow",
        "Fri 09:00; DROP TABLE",
    ],
)
def test_what_is_no_cadence_is_told_in_one_sentence(rule: str) -> None:
    with pytest.raises(NewsletterError) as told:
        read_cadence(rule, "UTC")
    assert told.value.where == "RULE"


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading(text: str) -> None:
    with suppress(NewsletterError):
        list(islice(read_cadence(text, "Europe/Berlin").after(START), 2))


def test_a_publication_keeps_one_rule(store: Store, publication: Publication) -> None:
    with store.writing() as tx:
        assert cadences.get(tx, publication.id) is None
        cadences.put(tx, publication.id, "Fri 09:00", zone="UTC", now=START)
        cadences.put(tx, publication.id, "Thu 09:00", zone="UTC", now=START)
        assert cadences.get(tx, publication.id) == "Thu 09:00"
        cadences.clear(tx, publication.id)
        assert cadences.get(tx, publication.id) is None
