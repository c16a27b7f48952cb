"""What a parsed VEVENT says of itself, in our words."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from newsletter.events.links import bare, http_url
from newsletter.events.words import ONLINE
from newsletter.model.event import EventData

MOST_EXCEPTED = 500
"""Days left out that are kept as such."""


def described(component: Any) -> dict[str, Any]:
    """The title, description, place, online, url and contact of a VEVENT, as fields of `EventData`."""
    place = _line(component, "LOCATION") or None
    notes = str(component.get("DESCRIPTION", ""))
    url = http_url(_line(component, "URL"))
    online = bool(ONLINE.search(f"{place or ''} {_line(component, 'SUMMARY')}"))
    if place and (link := http_url(place)):
        place, online, url = None, True, url or link
    return {
        "title": _line(component, "SUMMARY"),
        "description": _clean(notes),
        "place": place,
        "online": online,
        "url": url,
        "contact": _line(component, "CONTACT") or None,
    }


def told_end(component: Any, start: date | datetime) -> date | datetime | None:
    """The end: of an all-day event its last day (DTEND is exclusive), of a timed one aware; none where none is told.

    Raises ValueError where it ends before it begins.
    """
    end = component["DTEND"].dt if "DTEND" in component else None
    if end is None and "DURATION" in component:
        length = component["DURATION"].dt
        end = start + length if isinstance(start, datetime) else start + timedelta(days=length.days)
    if not isinstance(start, datetime):
        last = end.date() if isinstance(end, datetime) else end
        if last is None or last == start:
            return start
        last -= timedelta(days=0 if isinstance(end, datetime) else 1)
        if last < start:
            raise ValueError("it ends before it begins")
        return date(last.year, last.month, last.day)
    if end is None:
        return None
    if not isinstance(end, datetime):
        end = datetime(end.year, end.month, end.day, tzinfo=start.tzinfo)
    elif end.tzinfo is None:
        end = end.replace(tzinfo=start.tzinfo)
    if end < start:
        raise ValueError("it ends before it begins")
    return None if end == start else end.astimezone(start.tzinfo)


def excepted_days(component: Any, data: EventData) -> tuple[date, ...] | None:
    """The days that EXDATE takes out of a rule; none where it says more than days: other hours, or very many."""
    found = _days_of(component, "EXDATE", data)
    return tuple(sorted(found)) if found is not None and len(found) <= MOST_EXCEPTED else None


def separate_days(component: Any, data: EventData) -> tuple[date, ...] | None:
    """The days of an event without a rule that RDATE repeats, its first included; none where it says more than days."""
    further, out = _days_of(component, "RDATE", data), _days_of(component, "EXDATE", data)
    if further is None or out is None:
        return None
    first = data.start.date() if isinstance(data.start, datetime) else data.start
    several_days = not isinstance(data.start, datetime) and data.end != data.start
    if several_days or first in out or min(further, default=first) < first or len(further) > MOST_EXCEPTED:
        return None
    return tuple(sorted({first, *further} - out))


def _days_of(component: Any, name: str, data: EventData) -> set[date] | None:
    """The days of a list of moments; none where one has other hours than the event."""
    values = component.get(name, [])
    moments = [one.dt for value in (values if isinstance(values, list) else [values]) for one in value.dts]
    found: set[date] = set()
    for moment in moments:
        if isinstance(moment, datetime) != isinstance(data.start, datetime):
            return None
        if isinstance(moment, datetime) and isinstance(data.start, datetime):
            zone = data.start.tzinfo
            local = (moment.replace(tzinfo=zone) if moment.tzinfo is None else moment).astimezone(zone)
            if local.time() != data.start.time():
                return None
            moment = local.date()
        if not isinstance(moment, date):
            return None  # a period has an end of its own
        found.add(moment)
    return found


def _line(component: Any, name: str) -> str:
    from newsletter.text.characters import one_line

    value = component.get(name, "")
    if isinstance(value, list):
        value = value[0]
    return one_line(str(value))[:500]


def _clean(notes: str) -> str:
    from newsletter.text.html import clean

    if re.search(r"<(?:/?[a-z]+[1-6]?\b|br/?)[^<>]*>", notes, re.I):
        return clean(notes)
    return clean(bare(notes.strip()).html().replace("\n", "<br>"))
