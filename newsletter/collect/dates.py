"""Dates as feeds and people write them: aware, or none. Never guessed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from newsletter.collect.months import month_number

_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})",
    re.IGNORECASE,
)
_WEEKDAY = r"(?:[^\W\d_]+(?:-[^\W\d_]+)?\.?,?\s+)?"
_CLOCK = (
    r"(?:[,\s]+(?:(?:at|um|à|às|a\s+las?)\s+)?(?P<hour>\d{1,2})[:h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"(?:\s*(?P<half>[ap]\.?m\b\.?))?(?:\s*uhr)?"
    r"(?:\s*(?P<zone>(?:(?:GMT|UTC)\s?)?(?:[+-]\d{4}|[+-]\d{2}:\d{2})|[A-Za-z]+/[A-Za-z_]+(?:/[A-Za-z_]+)?|[A-Za-z]{1,5}))?"
    r"(?:\s*\([^)]*\))?)?"
)
_YEAR = r"(?P<year>\d{4}|\d{2}(?=[,\s]+\d{1,2}:))"
_MONTH = r"(?P<month>[^\W\d_]{3,10})"
_WRITTEN = tuple(
    re.compile(_WEEKDAY + day_and_month + _CLOCK, re.IGNORECASE)
    for day_and_month in (
        rf"(?P<day>\d{{1,2}})(?:er|st|nd|rd|th|\.|º)?(?:[\s-]+(?:de\s+)?){_MONTH}\.?,?[\s-]+(?:de\s+)?{_YEAR}",
        rf"{_MONTH}\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}",
        r"(?P<first>\d{1,2})(?P<mark>[/.-])(?P<then>\d{1,2})(?P=mark)(?P<year>\d{4})",
    )
)
_YEAR_LAST = re.compile(
    r"(?:[A-Za-z]{3} )?(?P<month>[A-Za-z]{3}) +(?P<day>\d{1,2}) (?P<clock>\d\d:\d\d:\d\d) (?P<zone>\S{1,40}) "
    r"(?P<year>\d{4})"
)
"""As Unix and Java write a date: `Fri Nov 27 10:00:00 EST 2026`."""
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
    """A date of a feed (RFC 3339, RFC 822), in UTC; none where it names no zone, or cannot be read for certain.

    Months may have their names in any language of `months`. A date without a zone stays none, and its item flagged
    `date-unread`, also where other dates of the feed have a zone: feeds mix hours that a person wrote with those that
    their program did, one offset is not that of another season, and a few hours decide on which day, and so in which
    issue, a story stands. The moment at which it was first seen is known, and close; an editor may write a better one.
    """
    text = (text or "").strip()
    if match := _YEAR_LAST.fullmatch(text):
        text = "{day} {month} {year} {clock} {zone}".format(**match.groupdict())
    try:
        if match := _ISO.fullmatch(text):
            year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
            return _in_utc(_moment(year, month, day, hour, minute, second), match[7])
        read = _read(text)
        return _in_utc(read[0], read[1]) if read and read[1] else None
    except (ValueError, OverflowError):
        return None


def written_date(value: object, zone: str) -> datetime | None:
    """A date that a person wrote into a file: with its offset, else in `zone` (an IANA name); in UTC.

    Takes what YAML gives: a text, a date or a datetime. A day without a time begins at midnight; one like 06/07/2026,
    which means two days, is none.
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
        read = _read(value.strip())
        if read is None:
            return written_date(datetime.fromisoformat(value.strip()), zone)
        return None if read[1] else written_date(read[0], zone)  # a zone that nobody knows is not ours
    except (ValueError, OverflowError):
        return None


def flags(published: datetime | None, now: datetime) -> tuple[str, ...]:
    """What is odd about a date: `future-date` (more than a day ahead of `now`), `old-date`."""
    if published is None:
        return ()
    if published > now + timedelta(days=1):
        return ("future-date",)
    return ("old-date",) if published < OLDEST else ()


def _read(text: str) -> tuple[datetime, str | None] | None:
    """The moment that a text names, without a zone, and the zone's name or offset. Raises ValueError."""
    match = next(filter(None, (pattern.fullmatch(text) for pattern in _WRITTEN)), None)
    if match is None:
        return None
    held = match.groupdict()
    if "first" in held:
        found = _numbered(int(held["first"]), int(held["then"]), held["mark"])
    else:
        month = month_number(held["month"])
        found = (int(held["day"]), month) if month else None
    if found is None:
        return None
    hour, minute, second = (int(held[name] or 0) for name in ("hour", "minute", "second"))
    return _moment(_full_year(held["year"]), found[1], found[0], _hour(hour, held["half"]), minute, second), held[
        "zone"
    ]


def _numbered(first: int, then: int, mark: str) -> tuple[int, int] | None:
    """Day and month of a date in numbers; none where it means two days."""
    if mark == "." or first > 12 or first == then:  # with points the day is always first
        return first, then
    return (then, first) if then > 12 else None


def _moment(year: int, month: int, day: int, hour: int, minute: int, second: int) -> datetime:
    carry = timedelta(days=1) if (hour, minute, second) == (24, 0, 0) else timedelta()
    return datetime(year, month, day, 0 if carry else hour, minute, min(second, 59)) + carry  # noqa: DTZ001


def _in_utc(moment: datetime, zone: str) -> datetime | None:
    if "/" in zone:
        try:
            return moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        except (ZoneInfoNotFoundError, OSError):
            return None
    offset = _offset(zone)
    return None if offset is None else moment.replace(tzinfo=timezone(offset)).astimezone(UTC)


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
    if text[-1].isdigit():
        text = text[3:].strip() if text[0].isalpha() else text  # GMT+0200
    if text[0] in "+-":
        digits = text[1:].replace(":", "").ljust(4, "0")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        if offset >= timedelta(hours=24):
            return None
        return -offset if text[0] == "-" else offset
    hours = _ZONES.get(text.upper())
    return None if hours is None else timedelta(hours=hours)
