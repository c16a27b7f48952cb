"""Calendars out: events as one VCALENDAR with its VTIMEZONEs (RFC 5545), that reads back as the same events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from newsletter.events.component import described
from newsletter.model.event import Event, EventData


def write_ics(events: Sequence[Event], *, name: str, now: datetime) -> bytes:
    """The events as an `.ics` file, UTF-8. `now` (UTC) is its DTSTAMP."""
    import icalendar

    calendar = icalendar.Calendar()
    calendar.add("PRODID", "-//newsletter//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("X-WR-CALNAME", name)
    for event in events:
        for component in _components(event.data):
            component.add("DTSTAMP", now.astimezone(UTC))
            calendar.add_component(component)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _components(data: EventData) -> list[Any]:
    if data.ics is None:
        return [_component(data)]
    import icalendar

    master, *moved = icalendar.Calendar.from_ical(data.ics).walk("VEVENT")
    usual = described(master)
    changed = [key for key, value in usual.items() if getattr(data, key) != value]
    for key, name in (("title", "SUMMARY"), ("description", "DESCRIPTION"), ("place", "LOCATION"), ("url", "URL")):
        if key in changed:
            master.pop(name, None)
    _say(master, data, frozenset(changed))
    return [master, *moved]


def _component(data: EventData) -> Any:
    from icalendar import Event as VEvent
    from icalendar import vRecur

    component = VEvent()
    component.add("UID", data.uid)
    component.add("DTSTART", data.start)
    if isinstance(data.start, datetime):
        if data.end is not None:
            component.add("DTEND", data.end)
    else:
        component.add("DTEND", (data.end or data.start) + timedelta(days=1))  # exclusive
    if data.rule:
        component.add("RRULE", vRecur.from_ical(data.rule))
    for day in data.dates[1:]:
        if isinstance(data.start, datetime):
            component.add("RDATE", [datetime.combine(day, data.start.timetz())])
        else:
            component.add("RDATE", [day], parameters={"VALUE": "DATE"})
    _say(component, data, frozenset(("title", "description", "place", "url", "contact")))
    return component


def _say(component: Any, data: EventData, fields: frozenset[str]) -> None:
    from newsletter.text.plain import plain

    for name in ("SEQUENCE", "STATUS"):
        component.pop(name, None)
    component.add("SEQUENCE", data.sequence)
    component.add("STATUS", data.status.value.upper() if data.status.value != "proposed" else "TENTATIVE")
    for field, name in (("title", "SUMMARY"), ("place", "LOCATION"), ("url", "URL"), ("contact", "CONTACT")):
        if field in fields and (value := getattr(data, field)):
            component.add(name, value)
    if "description" in fields and data.description:
        component.add("DESCRIPTION", plain(data.description))
