"""Times and dates as people say them to the command line."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from newsletter.errors import NewsletterError
from newsletter.model.issue import Planned


def read_when(text: str, zone: str, *, where: str = "--at") -> Planned:
    """A moment: `2026-12-04T09:00` in the zone given, with an offset, or with a zone name after a space.

    Raises NewsletterError for anything else, and for an hour that a clock change leaves out.
    """
    words = text.strip().split()
    if len(words) == 3 and "T" not in words[0]:  # “2026-12-04 09:00 Europe/Berlin”
        words = [f"{words[0]}T{words[1]}", words[2]]
    elif len(words) == 2 and words[1][:2].isdecimal():  # “2026-12-04 09:00”
        words = [f"{words[0]}T{words[1]}"]
    try:
        local = datetime.fromisoformat(words[0])
        if "T" not in words[0] or len(words) > 2:
            raise ValueError(text)
        named = ZoneInfo(words[1]) if len(words) == 2 else None
    except (ZoneInfoNotFoundError, OSError) as cause:
        raise NewsletterError(f"There is no time zone “{words[-1]}”.", where=where) from cause
    except (ValueError, IndexError) as cause:
        raise NewsletterError(
            f"“{text[:60]}” is not a time; write 2026-12-04T09:00, with an offset, or with a zone name after a space.",
            where=where,
        ) from cause
    if not 1 < local.year < 9999:  # no zone can lead out of the calendar
        raise NewsletterError(f"The year {local.year} is out of reach; choose another day.", where=where)
    if local.tzinfo is not None:
        if named is not None:
            raise NewsletterError(f"“{text}” has both an offset and a zone; write one of them.", where=where)
        return Planned(at=local.astimezone(UTC), zone=zone)
    said = named or ZoneInfo(zone)
    at = local.replace(tzinfo=said).astimezone(UTC)
    if at.astimezone(said).replace(tzinfo=None) != local:
        raise NewsletterError(
            f"There is no {local:%H:%M} on {local:%Y-%m-%d} in {said.key}: the clocks go forward. Choose another time.",
            where=where,
        )
    return Planned(at=at, zone=said.key)


def read_date(text: str, *, where: str) -> date:
    """A date: `2026-12-04`. Raises NewsletterError for anything else."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as cause:
        raise NewsletterError(f"“{text}” is not a date; write 2026-12-04.", where=where) from cause


def local_day(moment: datetime, zone: str) -> date:
    """The day that a moment has in a zone."""
    return moment.astimezone(ZoneInfo(zone)).date()
