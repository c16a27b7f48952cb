"""A planned moment in words, across clock changes, in two zones."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from newsletter.web.clocks import clock_change, where_you_are

NEW_YORK, LONDON, SYDNEY = "America/New_York", "Europe/London", "Australia/Sydney"


def at(text: str, zone: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "planned", "zone", "words"),
    [
        ("2026-03-05T12:00", "2026-03-13T09:00", NEW_YORK, "New York puts its clocks forward on Sunday 8 March"),
        ("2026-10-30T12:00", "2026-11-06T09:00", NEW_YORK, "New York puts its clocks back on Sunday 1 November"),
        ("2026-03-26T12:00", "2026-03-29T09:00", LONDON, "London puts its clocks forward on Sunday 29 March"),
        ("2026-03-09T12:00", "2026-03-13T09:00", NEW_YORK, ""),
        ("2026-10-03T12:00", "2026-10-05T09:00", SYDNEY, "Sydney puts its clocks forward on Sunday 4 October"),
    ],
)
def test_a_clock_change_before_it_goes_out_is_said(now: str, planned: str, zone: str, words: str) -> None:
    said = clock_change(at(now, zone), at(planned, zone), zone)
    assert said.startswith(words)
    assert bool(said) is bool(words)


@pytest.mark.parametrize(("fold", "which"), [(0, "first"), (1, "second")])
def test_an_hour_that_comes_twice_is_said(fold: int, which: str) -> None:
    planned = at("2026-11-01T01:30", NEW_YORK, fold)
    said = clock_change(at("2026-10-31T12:00", NEW_YORK), planned, NEW_YORK)
    assert said.startswith("01:30 comes twice that night in New York")
    assert f"the {which} of the two" in said


@pytest.mark.parametrize(
    ("yours", "words"),
    [
        (None, ""),
        (NEW_YORK, ""),
        ("America/Toronto", ""),
        (LONDON, "That is 13:00 where you are (London)."),
        (SYDNEY, "That is Saturday, 00:00 where you are (Sydney)."),
    ],
)
def test_where_you_are_is_said_where_it_differs(yours: str | None, words: str) -> None:
    assert where_you_are(at("2026-03-13T09:00", NEW_YORK), NEW_YORK, yours) == words
