"""Times from documents that are no calendars: ISO 8601, with an offset, or on the clocks of the publication."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from newsletter.events.zones import fixed_zone

_ISO = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}(?::?\d{2}(?::?\d{2}(?:\.\d+)?)?)?\s?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?", re.I
)


def iso_moment(text: str, zone: str) -> date | datetime | None:
    """The day, or the aware time, that an ISO 8601 text names; none where it names none.

    An offset that `zone` has at that moment is read as that zone, another one as a zone of that offset.
    """
    text = text.strip()
    if not _ISO.fullmatch(text):
        return None
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        found = datetime.fromisoformat(text.replace(" ", "T", 1).replace("z", "Z").replace(" ", ""))
    except ValueError:
        return None
    if not 1900 <= found.year <= 2200:
        return None
    here = ZoneInfo(zone)
    if found.tzinfo is None:
        return found.replace(tzinfo=here)
    local = found.astimezone(UTC).astimezone(here)
    offset = found.utcoffset()
    if offset is None or local.utcoffset() == offset or not offset:
        return local
    other = fixed_zone(offset.total_seconds() / 3600)
    return found.astimezone(ZoneInfo(other)) if other else local


def zone_of(moment: date | datetime) -> str | None:
    """The IANA zone of an aware time; none of a day."""
    tzinfo = moment.tzinfo if isinstance(moment, datetime) else None
    return tzinfo.key if isinstance(tzinfo, ZoneInfo) else None
