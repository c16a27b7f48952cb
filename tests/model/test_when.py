"""Times as people write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsletter.errors import NewsletterError
from newsletter.model.when import read_when


@pytest.mark.parametrize(
    ("text", "utc", "zone"),
    [
        ("2026-12-04T09:00", "2026-12-04T14:00", "America/New_York"),
        ("2026-12-04T09:00:30", "2026-12-04T14:00:30", "America/New_York"),
        ("2026-12-04 09:00", "2026-12-04T14:00", "America/New_York"),
        ("2026-07-04T09:00", "2026-07-04T13:00", "America/New_York"),
        ("2026-12-04T09:00Z", "2026-12-04T09:00", "America/New_York"),
        ("2026-12-04T09:00+01:00", "2026-12-04T08:00", "America/New_York"),
        ("2026-12-04T09:00 Europe/Berlin", "2026-12-04T08:00", "Europe/Berlin"),
        ("2026-12-04 09:00 Asia/Kolkata", "2026-12-04T03:30", "Asia/Kolkata"),
        ("2026-11-01T01:30", "2026-11-01T05:30", "America/New_York"),  # twice that night: the first
    ],
)
def test_a_time_is_read_in_its_zone(text: str, utc: str, zone: str) -> None:
    planned = read_when(text, "America/New_York")
    assert (planned.at, planned.zone) == (datetime.fromisoformat(utc).replace(tzinfo=UTC), zone)


@pytest.mark.parametrize(
    "text",
    ["", "tomorrow", "2026-12-04", "2026-13-04T09:00", "2026-12-04T09:00 Mars/Base", "2026-12-04T09:00Z Europe/Berlin",
     "2026-03-08T02:30", "2026-12-04T09:00 a b c"],
)  # fmt: skip
def test_what_is_no_time_or_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(NewsletterError):
        read_when(text, "America/New_York")
