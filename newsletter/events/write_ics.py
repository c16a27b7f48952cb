"""Calendars out: events as one VCALENDAR with its VTIMEZONEs (RFC 5545), that reads back as the same events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from newsletter.events.component import described
from newsletter.events.openness import hidden, is_join_link, public
from newsletter.model.event import Event, EventData, EventStatus

REFRESH = timedelta(hours=6)
"""How often programs that subscribed are asked to look again."""


def write_ics(
    events: Sequence[Event], *, name: str, now: datetime, base_url: str | None = None, zone: str | None = None
) -> bytes:
    """The events as an `.ics` file, UTF-8. `now` (UTC) stands for the time of change of what was never stored.

    With a `base_url` it is for everybody: contacts and join links are left out unless an event is open, an event
    without an address gets that of its page, and programs are told to look again. `zone` is the publication's.
    """
    import icalendar

    calendar = icalendar.Calendar()
    calendar.add("PRODID", "-//newsletter//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("X-WR-CALNAME", name)
    if base_url is not None:
        calendar.add("NAME", name)
        calendar.add("METHOD", "PUBLISH")
        calendar.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("X-PUBLISHED-TTL", "PT6H")
    if zone is not None:
        calendar.add("X-WR-TIMEZONE", zone)
    for event in events:
        changed = (event.changed_at or now).astimezone(UTC).replace(microsecond=0)
        seen = event if base_url is None else public(event)
        for component in _components(seen.data):
            # DTSTAMP does not move by itself: the same events are the same bytes (RFC 5545 §3.8.7.2).
            component.add("DTSTAMP", changed)
            component.add("LAST-MODIFIED", changed)
            _count_changes(component, event)
            if base_url is not None:
                _open(component, event, base_url)
            calendar.add_component(component)
    starts = [event.data.start.year for event in events]
    # From the first event on: a zone's whole history is long, and programs read it each time.
    calendar.add_missing_timezones(first_date=date(max(min(starts, default=now.year), 1970), 1, 1))
    return bytes(calendar.to_ical())


def _count_changes(component: Any, event: Event) -> None:
    """SEQUENCE grows with each change, also of a calendar that counts none of its own (RFC 5545 §3.8.7.4)."""
    own = int(component.pop("SEQUENCE", 0))
    component.add("SEQUENCE", own + event.changes)


def _open(component: Any, event: Event, base_url: str) -> None:
    if not event.data.open:
        component.pop("CONTACT", None)
        for name in ("SUMMARY", "DESCRIPTION", "LOCATION"):
            if name in component:
                text = hidden(str(component.pop(name)))
                component.add(name, text)
        if "URL" in component and is_join_link(str(component["URL"])):
            component.pop("URL")
    if "URL" not in component and base_url:
        component.add("URL", f"{base_url}/events/{event.id}")


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
        last = min(data.end or data.start, date.max - timedelta(days=1))
        component.add("DTEND", last + timedelta(days=1))  # exclusive
    if data.rule:
        component.add("RRULE", vRecur.from_ical(data.rule))
    for day in data.excepted:
        if isinstance(data.start, datetime):
            component.add("EXDATE", [datetime.combine(day, data.start.timetz())])
        else:
            component.add("EXDATE", [day], parameters={"VALUE": "DATE"})
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
    component.add("STATUS", "TENTATIVE" if data.status is EventStatus.PROPOSED else data.status.value.upper())
    for field, name in (("title", "SUMMARY"), ("place", "LOCATION"), ("url", "URL"), ("contact", "CONTACT")):
        if field in fields and (value := getattr(data, field)):
            component.add(name, value)
    if "description" in fields and data.description:
        component.add("DESCRIPTION", plain(data.description))
