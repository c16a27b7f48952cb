"""Dates: aware, or none; never guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.collect.dates import feed_date, flags, written_date

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fri, 28 Jun 2024 10:00:00 +0200", "2024-06-28T08:00:00+00:00"),
        ("28 Jun 2024 10:00 GMT", "2024-06-28T10:00:00+00:00"),
        ("Fri, 28 Jun 24 10:00:00 EST", "2024-06-28T15:00:00+00:00"),
        ("Fri, 28 June 2024 5:00 p.m. EST", "2024-06-28T22:00:00+00:00"),
        ("2024-06-28T10:00:00Z", "2024-06-28T10:00:00+00:00"),
        ("2024-06-28T10:00:00.123+02:00", "2024-06-28T08:00:00+00:00"),
        ("2024-06-28 10:00:00 -0400", "2024-06-28T14:00:00+00:00"),
        ("2024-06-28T24:00:00Z", "2024-06-29T00:00:00+00:00"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59+00:00"),
        ("2024-06-28T10:00:00", None),
        ("2024-06-28", None),
        ("28/06/2024", None),
        ("28 de junio de 2024", None),
        ("Fri, 28 Jun 2024 10:00:00", None),
        ("Fri, 28 Jun 2024 10:00:00 XYZ", None),
        ("Sat, Dec 16 2023 02:02:33 PM", None),
        ("mer., 24 juin 2026 10:00:00 +0200", "2026-06-24T08:00:00+00:00"),
        ("Mi, 24 Juni 2026 10:00:00 +0200", "2026-06-24T08:00:00+00:00"),
        ("Mi, 24. Juni 2026 10:00:00 +0200", "2026-06-24T08:00:00+00:00"),
        ("mié, 10 dic 2025 10:00:00 +0100", "2025-12-10T09:00:00+00:00"),
        ("quarta-feira, 10 de dezembro de 2025 10:00:00 -0300", "2025-12-10T13:00:00+00:00"),
        ("Qua, 10 Dez 2025 10:00:00 -0300", "2025-12-10T13:00:00+00:00"),
        ("Mi, 11 Mär 2026 10:00:00 +0100", "2026-03-11T09:00:00+00:00"),
        ("mar., 11 AOÛT 2026 10:00:00 +0200", "2026-08-11T08:00:00+00:00"),
        ("jeu., 12 févr. 2026 10:00:00 +0100", "2026-02-12T09:00:00+00:00"),
        ("June 24, 2026 5:00 p.m. EST", "2026-06-24T22:00:00+00:00"),
        ("Wed, June 24, 2026 5:00 PM EDT", "2026-06-24T21:00:00+00:00"),
        ("24/06/2026 10:00 +0200", "2026-06-24T08:00:00+00:00"),
        ("24/06/2026", None),
        ("mercredi 24 juin 2026 10:00", None),
        ("24 Maynard 2026 10:00 GMT", None),
        ("31 Feb 2024 10:00 GMT", None),
        ("28 Jun 2024 25:00 GMT", None),
        ("2024-06-28T10:00:00+99:00", None),
        ("Fri, 27 Nov 2026 10:00:00 GMT+0200", "2026-11-27T08:00:00+00:00"),
        ("Fri Nov 27 2026 10:00:00 GMT-0500 (Eastern Standard Time)", "2026-11-27T15:00:00+00:00"),
        ("Fri, 27 Nov 2026 10:00:00 UTC+02:00", "2026-11-27T08:00:00+00:00"),
        ("Fri, 27 Nov 2026 10:00:00 America/New_York", "2026-11-27T15:00:00+00:00"),
        ("Fri, 26 Jun 2026 10:00:00 America/New_York", "2026-06-26T14:00:00+00:00"),
        ("Fri, 27 Nov 2026 10:00:00 Europe/Alderwick", None),
        ("Fri, 27 Nov 2026 10:00:00 America/Argentina", None),
        ("Fri Nov 27 10:00:00 EST 2026", "2026-11-27T15:00:00+00:00"),
        ("Fri Nov  6 10:00:00 +0100 2026", "2026-11-06T09:00:00+00:00"),
        ("Fri Nov 27 10:00:00 2026", None),
        ("Fri, 27 Nov 2026 10:00:00 GMT+99:00", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_a_feed_date_names_its_zone_or_is_none(text: str | None, expected: str | None) -> None:
    read = feed_date(text)
    assert (read.isoformat() if read else None) == expected


@given(st.text(max_size=40) | st.from_regex(r"[0-9A-Za-z :,+.-]{1,40}"))
def test_no_text_raises_and_no_date_is_naive(text: str) -> None:
    read = feed_date(text)
    assert read is None or read.tzinfo is UTC


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (date(2026, 11, 20), "2026-11-20T05:00:00+00:00"),
        (datetime(2026, 7, 1, 9, 0), "2026-07-01T13:00:00+00:00"),  # noqa: DTZ001
        ("2026-11-20 09:30", "2026-11-20T14:30:00+00:00"),
        ("2026-11-20T09:30+01:00", "2026-11-20T08:30:00+00:00"),
        ("18/06/2026", "2026-06-18T04:00:00+00:00"),
        ("06/18/2026", "2026-06-18T04:00:00+00:00"),
        ("6.7.2026", "2026-07-06T04:00:00+00:00"),
        ("06/07/2026", None),
        ("32/06/2026", None),
        ("mercredi 24 juin 2026 10:00", "2026-06-24T14:00:00+00:00"),
        ("24 de junio de 2026 a las 10:00", "2026-06-24T14:00:00+00:00"),
        ("24. Juni 2026, 10:00 Uhr", "2026-06-24T14:00:00+00:00"),
        ("June 24, 2026", "2026-06-24T04:00:00+00:00"),
        ("24 June 2026 10:00 XYZ", None),
        ("next week", None),
        (7, None),
        (None, None),
    ],
)
def test_a_date_in_a_file_is_in_the_publications_zone(value: object, expected: str | None) -> None:
    read = written_date(value, "America/New_York")
    assert (read.isoformat() if read else None) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2027-11-27T08:00Z", ("future-date",)), ("1970-01-01T00:00Z", ("old-date",)), ("2026-11-27T08:00Z", ())],
)
def test_odd_dates_are_kept_and_flagged(text: str, expected: tuple[str, ...]) -> None:
    assert flags(feed_date(text), NOW) == expected
