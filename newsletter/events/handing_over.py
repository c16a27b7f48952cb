"""An occurrence as an address that puts it into somebody's own calendar, and as schema.org data of its page."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from newsletter.events.schedule import schedule_of
from newsletter.model.event import EventStatus, Occurrence
from newsletter.text.plain import plain

LENGTH = timedelta(hours=1)
"""Of an event whose end nobody told: those calendars want one."""
LONGEST_TEXT = 1_000
"""Characters of a description in an address."""


def google_url(one: Occurrence, page: str) -> str:
    """The form of Google Calendar, filled in. A recurring event keeps its rule; `page` is told in the text."""
    start, end = _span(one)
    if isinstance(start, datetime):
        stamps = "/".join(f"{moment:%Y%m%dT%H%M%S}" for moment in (start, end))
    else:
        stamps = f"{start:%Y%m%d}/{end:%Y%m%d}"
    fields = {"action": "TEMPLATE", "text": one.title, "dates": stamps, "details": _text(one, page)}
    if one.place:
        fields["location"] = one.place
    if one.zone:
        fields["ctz"] = one.zone
    if one.rule:
        fields["recur"] = f"RRULE:{one.rule}"
    return f"https://calendar.google.com/calendar/render?{urlencode(fields, quote_via=quote)}"


def outlook_url(one: Occurrence, page: str) -> str:
    """The form of Outlook on the web, filled in; it takes no rule, so this one date."""
    start, end = _span(one)
    fields = {"path": "/calendar/action/compose", "rru": "addevent", "subject": one.title, "body": _text(one, page)}
    if isinstance(start, datetime) and isinstance(end, datetime):
        fields |= {"startdt": _utc(start), "enddt": _utc(end)}
    else:
        fields |= {"startdt": start.isoformat(), "enddt": end.isoformat(), "allday": "true"}
    if one.place:
        fields["location"] = one.place
    return f"https://outlook.live.com/calendar/0/deeplink/compose?{urlencode(fields, quote_via=quote)}"


def jsonld(one: Occurrence, *, page: str, organizer: str, since: date | None = None) -> dict[str, Any]:
    """A schema.org Event. Its `@id` is the address of its page; `since`: the first day of its series."""
    end = one.end if isinstance(one.end, datetime) or one.end is None else one.last_date
    place: list[dict[str, Any]] = []
    if one.place:
        place.append({"@type": "Place", "name": one.place, "address": one.place})
    if one.online:
        place.append({"@type": "VirtualLocation", "url": one.url or page})
    modes = {(True, True): "Mixed", (True, False): "Online", (False, True): "Offline", (False, False): "Offline"}
    fields: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": page,
        "name": one.title,
        "url": one.url or page,
        "startDate": one.start.isoformat(),
        "endDate": end.isoformat() if end is not None else None,
        "description": plain(one.description) or None,
        "location": (place[0] if len(place) == 1 else place) or None,
        "eventAttendanceMode": f"https://schema.org/{modes[one.online, bool(one.place)]}EventAttendanceMode",
        "eventStatus": "https://schema.org/"
        + ("EventCancelled" if one.status is EventStatus.CANCELLED else "EventScheduled"),
        "eventSchedule": schedule_of(one, since=since or one.first_date),
        "organizer": {"@type": "Organization", "name": organizer},
    }
    return {key: value for key, value in fields.items() if value is not None}


def _span(one: Occurrence) -> tuple[date | datetime, date | datetime]:
    """Start and end as those forms want them: the end of whole days is the day after the last."""
    if isinstance(one.start, datetime):
        end = one.end if isinstance(one.end, datetime) else one.start.astimezone(UTC) + LENGTH
        return one.start, end.astimezone(one.start.tzinfo)
    return one.first_date, min(one.end or one.first_date, date.max - timedelta(days=1)) + timedelta(days=1)


def _text(one: Occurrence, page: str) -> str:
    about = plain(one.description)
    if len(about) > LONGEST_TEXT:
        about = f"{about[:LONGEST_TEXT]}…"
    return "\n\n".join(dict.fromkeys(part for part in (about, one.url, page) if part))


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
