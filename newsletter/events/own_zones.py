"""Zones that only a file knows: its VTIMEZONE tells the moments of single events (RFC 5545 §3.6.5)."""

from __future__ import annotations

import re
import warnings as python_warnings
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

MOST_LINES = 60
"""Lines of a VTIMEZONE that is followed."""
_RULE = re.compile(
    r"FREQ=YEARLY(?:;(?:BYMONTH=\d{1,2}|BYDAY=[+-]?\d?[A-Z]{2}|BYMONTHDAY=[\d,]+|UNTIL=\d{8}T\d{6}Z|WKST=\w\w))*"
)


def in_utc(lines: tuple[str, ...], local: str) -> str | None:
    """A local time such as `20260708T190000` in UTC by the lines inside a VTIMEZONE; none where these cannot tell it.

    Only yearly rules are followed: others may be without end.
    """
    if not re.fullmatch(r"(?:19|20|21)\d{6}T\d{6}", local) or (zone := _zone(lines)) is None:
        return None
    try:
        moment = datetime.strptime(local, "%Y%m%dT%H%M%S").replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return f"{moment:%Y%m%dT%H%M%SZ}"


def is_constant(lines: tuple[str, ...]) -> bool:
    """Whether the clocks of a VTIMEZONE always show the same."""
    offsets = {line.split(":", 1)[-1].strip() for line in lines if line.upper().startswith("TZOFFSETTO")}
    return len(offsets) == 1


@lru_cache(maxsize=32)
def _zone(lines: tuple[str, ...]) -> tzinfo | None:
    from icalendar import Timezone

    rules = [line.split(":", 1)[-1].strip().upper() for line in lines if line.upper().startswith("RRULE")]
    if len(lines) > MOST_LINES or not all(_RULE.fullmatch(rule) for rule in rules):
        return None
    text = "\r\n".join(("BEGIN:VTIMEZONE", *lines, "END:VTIMEZONE", ""))
    try:
        with python_warnings.catch_warnings():
            python_warnings.simplefilter("ignore")
            parsed = Timezone.from_ical(text)
            return parsed.to_tz(lookup_tzid=False) if isinstance(parsed, Timezone) else None
    except (ValueError, ArithmeticError, LookupError, AttributeError, TypeError):
        return None  # the libraries raise all of these for one bad property
