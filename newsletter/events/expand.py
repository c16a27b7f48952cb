"""A stored VCALENDAR of one UID, expanded: rules, extra dates, exceptions, moved instances (RFC 5545 §3.8.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from newsletter.events.component import described, told_end
from newsletter.model.event import EventData, EventStatus

FURTHEST = timedelta(days=3700)
"""How long a window is looked through."""

Happening = tuple[EventData, date | datetime, date | datetime | None, date | datetime]
"""What it says of itself, its start, its end, and the start it was planned for."""


def happenings(data: EventData, first: date, last: date) -> Iterator[Happening]:
    """Those around a window, by start; a day more on each side, for zones.

    A window of more than ten years is cut there. Raises what the libraries raise: a calendar is tried out with this
    once, before it is kept.
    """
    assert data.ics is not None
    begins = data.start.date() if isinstance(data.start, datetime) else data.start
    earliest = max(first.toordinal() - 1, begins.toordinal() - 1, 2)
    latest = min(last.toordinal() + 2, earliest + FURTHEST.days, date.max.toordinal() - 400)
    if latest < earliest:
        return
    series, usual = _series(data.ics)
    found = series.between(date.fromordinal(earliest), date.fromordinal(latest))
    for component in sorted(found, key=_moment):
        if component.get("STATUS", "") == "CANCELLED" and data.status is not EventStatus.CANCELLED:
            continue
        start, planned = (_in_zone(component[name].dt, data.zone) for name in ("DTSTART", "RECURRENCE-ID"))
        told = described(component)
        own = replace(data, **{name: value for name, value in told.items() if value and value != usual[name]})
        if isinstance(start, datetime) and isinstance(start.tzinfo, ZoneInfo):
            own = replace(own, zone=start.tzinfo.key)
        yield own, start, told_end(component, start), planned


@lru_cache(maxsize=1024)
def _series(ics: str) -> tuple[Any, dict[str, Any]]:
    """The series, and what its master says of itself: an instance lies over the event only where it differs from it."""
    import icalendar
    import recurring_ical_events

    calendar = icalendar.Calendar.from_ical(ics)
    return recurring_ical_events.of(calendar), described(next(iter(calendar.walk("VEVENT"))))


def _in_zone(moment: date | datetime, zone: str | None) -> date | datetime:
    if not isinstance(moment, datetime):
        return moment
    if isinstance(moment.tzinfo, ZoneInfo) and moment.tzinfo.key != "UTC":
        return moment.astimezone(UTC).astimezone(moment.tzinfo)  # out of a clock's gap
    return moment.astimezone(ZoneInfo(zone or "UTC"))


def _moment(component: Any) -> datetime:
    start = component["DTSTART"].dt
    if not isinstance(start, datetime):
        return datetime(start.year, start.month, start.day, tzinfo=UTC)
    return start.astimezone(UTC)
