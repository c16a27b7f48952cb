"""Dates as feeds and people write them: aware, or none. Never guessed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})",
    re.IGNORECASE,
)
_MAIL = re.compile(
    r"(?:[^\W\d_]+\.?,?\s+)?(\d{1,2})[\s-]+([A-Za-z]{3,9})\.?,?[\s-]+(\d{4}|\d{2})[,\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?"
    r"\s*([ap]\.?m\.?)?\s*([+-]\d{4}|[+-]\d{2}:\d{2}|[A-Za-z]{1,5})(?:\s*\([^)]*\))?",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG_MONTHS = frozenset(
    [
        "january", "february", "march", "april", "june", "july", "august", "september", "sept", "october",
        "november", "december",
    ]
)  # fmt: skip
_ZONES = {
    **dict.fromkeys(("Z", "UT", "UTC", "GMT", "WET"), 0),
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,  # RFC 822 §5.1
    "CET": 1,
    "CEST": 2,
    "MEZ": 1,
    "MESZ": 2,
    "WEST": 1,
    "EET": 2,
    "EEST": 3,
}

OLDEST = datetime(1995, 1, 1, tzinfo=UTC)
"""No feed is older: a date before it is a mistake of the source."""


def feed_date(text: str | None) -> datetime | None:
    """A date of a feed (RFC 3339, RFC 822), in UTC; none where it names no zone, or cannot be read for certain."""
    text = (text or "").strip()
    try:
        if match := _ISO.fullmatch(text):
            year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
            offset = _offset(match[7])
        elif match := _MAIL.fullmatch(text):
            word = match[2].lower()
            if word[:3] not in _MONTHS or (len(word) > 3 and word not in _LONG_MONTHS):
                return None
            day, month, year = int(match[1]), _MONTHS.index(word[:3]) + 1, _full_year(match[3])
            hour, minute, second = _hour(int(match[4]), match[7]), int(match[5]), int(match[6] or 0)
            offset = _offset(match[8])
        else:
            return None
        if offset is None:
            return None
        return _moment(year, month, day, hour, minute, second, offset)
    except (ValueError, OverflowError):
        return None


def written_date(value: object, zone: str) -> datetime | None:
    """A date that a person wrote into a file: with its offset, else in `zone` (an IANA name); in UTC.

    Takes what YAML gives: a text, a date or a datetime.
    """
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(), ZoneInfo(zone)).astimezone(UTC)
    if not isinstance(value, str):
        return None
    if known := feed_date(value):
        return known
    try:
        return written_date(datetime.fromisoformat(value.strip()), zone)
    except (ValueError, OverflowError):
        return None


def flags(published: datetime | None, now: datetime) -> tuple[str, ...]:
    """What is odd about a date: `future-date` (more than a day ahead of `now`), `old-date`."""
    if published is None:
        return ()
    if published > now + timedelta(days=1):
        return ("future-date",)
    return ("old-date",) if published < OLDEST else ()


def _moment(year: int, month: int, day: int, hour: int, minute: int, second: int, offset: timedelta) -> datetime:
    carry = timedelta(days=1) if (hour, minute, second) == (24, 0, 0) else timedelta()
    hour = 0 if carry else hour
    local = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=timezone(offset))
    return (local + carry).astimezone(UTC)


def _full_year(text: str) -> int:
    year = int(text)
    if len(text) > 2:
        return year
    return year + (2000 if year < 50 else 1900)  # RFC 5322 §4.3


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half[0] in "pP" else 0)


def _offset(text: str) -> timedelta | None:
    if text[0] in "+-":
        digits = text[1:].replace(":", "").ljust(4, "0")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        if offset >= timedelta(hours=24):
            return None
        return -offset if text[0] == "-" else offset
    hours = _ZONES.get(text.upper())
    return None if hours is None else timedelta(hours=hours)
