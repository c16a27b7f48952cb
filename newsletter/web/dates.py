"""Days and numbers in the language of the request."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal

from newsletter.web.languages import language, ngettext

_LONG = {"en": "EEEE d MMMM y", "de": "EEEE, d. MMMM y"}
_FORMATS = {
    "long": _LONG,
    "no-year": {"en": "EEEE d MMMM", "de": "EEEE, d. MMMM"},
    "short": {"en": "EEE d MMMM y", "de": "EEE, d. MMMM y"},
    "day": {"en": "d MMMM y", "de": "d. MMMM y"},
    "day-month": {"en": "d MMMM", "de": "d. MMMM"},
    "weekday": {"en": "EEEE", "de": "EEEE"},
}


def told(day: date, how: str = "long") -> str:
    """A day in words: `long` (Friday 27 November 2026), `no-year`, `short` (Fri …), `day`, `day-month`, `weekday`."""
    spoken = language()
    formats = _FORMATS[how]
    return format_date(day, formats.get(spoken, formats["en"]), locale=spoken)


_MOMENT = re.compile(r"\b(\d{4}-\d\d-\d\d \d\d:\d\d) UTC\b")


def moments_here(text: str, zone: ZoneInfo) -> str:
    """A sentence of the rooms below, which know no zone: its `2026-11-22 12:45 UTC` on the clocks of this one."""

    def here(found: re.Match[str]) -> str:
        try:
            at = datetime.strptime(found[1], "%Y-%m-%d %H:%M").replace(tzinfo=UTC).astimezone(zone)
        except (ValueError, OverflowError):
            return found[0]
        return f"{told(at, 'short')}, {at:%H:%M}"

    return _MOMENT.sub(here, text)


def number(count: float) -> str:
    """A number with its thousands parted."""
    return format_decimal(count, locale=language())


def span_in_words(span: timedelta) -> str:
    """`2 hours`, `90 minutes`: in the largest unit that needs no fraction."""
    seconds = int(span.total_seconds())
    if seconds and seconds % 86_400 == 0:
        return ngettext("%(n)s day", "%(n)s days", seconds // 86_400)
    if seconds and seconds % 3_600 == 0:
        return ngettext("%(n)s hour", "%(n)s hours", seconds // 3_600)
    if seconds and seconds % 60 == 0:
        return ngettext("%(n)s minute", "%(n)s minutes", seconds // 60)
    return ngettext("%(n)s second", "%(n)s seconds", seconds)
