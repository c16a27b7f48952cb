"""An editor's changes to an event, from what was typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from newsletter.errors import NewsletterError
from newsletter.events.days import in_words
from newsletter.events.rule_words import in_words as rule_in_words
from newsletter.events.rules import starts
from newsletter.model.event import EventData, EventStatus


def edited(
    data: EventData,
    *,
    title: str | None = None,
    description: str | None = None,
    start: str | None = None,
    end: str | None = None,
    place: str | None = None,
    url: str | None = None,
    contact: str | None = None,
    open_: bool | None = None,
    as_worded: bool | None = None,
    except_: str | None = None,
    confirm: bool = False,
    cancel: bool = False,
    zone: str,
) -> EventData:
    """The event with the fields that were given; an empty text clears one. `zone`: the publication's.

    A new start moves the end along, unless an end is given too.
    `except_`: the days that a rule leaves out. Raises NewsletterError for what cannot be read, and for times of an
    event that a calendar with exceptions describes.
    """
    if (start or end) and data.ics is not None:
        raise NewsletterError(
            "The dates of this event come from a calendar with a rule; change them there and import it again.",
            where="--start",
        )
    if title is not None:
        if not title.strip():
            raise NewsletterError("An event needs a title.", where="--title")
        data = replace(data, title=title.strip())
    if description is not None:
        from newsletter.text.markdown import to_html

        data = replace(data, description=to_html(description))
    if url is not None:
        if url and not url.lower().startswith(("http://", "https://")):
            raise NewsletterError(f"“{url}” is no http(s) address.", where="--url")
        data = replace(data, url=url or None)
    if place is not None:
        data = replace(data, place=place.strip() or None)
    if contact is not None:
        data = replace(data, contact=contact.strip() or None)
    if open_ is not None:
        data = replace(data, open=open_)
    if as_worded is not None:
        if as_worded and not data.wording:
            raise NewsletterError(
                "This event was not pasted as a line; there is no wording to show.", where="--as-worded"
            )
        data = replace(data, as_worded=as_worded)
    if start is not None:
        data = _restarted(data, start, zone)
    if end is not None:
        data = _ended(data, end, zone)
    if except_ is not None:
        data = _without(data, except_)
    if confirm or cancel:
        data = replace(data, status=EventStatus.CANCELLED if cancel else EventStatus.CONFIRMED)
    return data


def _restarted(data: EventData, text: str, zone: str) -> EventData:
    start = _moment(text, data.zone or zone, "--start")
    end: date | datetime | None = None
    if isinstance(start, datetime):
        if isinstance(data.start, datetime) and isinstance(data.end, datetime):
            end = (start.astimezone(UTC) + (data.end - data.start)).astimezone(start.tzinfo)
        return replace(data, start=start, end=end, zone=data.zone or zone, dates=())
    end = start
    if not isinstance(data.start, datetime) and isinstance(data.end, date):
        end = start + (data.end - data.start)
    return replace(data, start=start, end=end, zone=None, dates=())


def _ended(data: EventData, text: str, zone: str) -> EventData:
    if text in ("", "none"):
        return replace(data, end=None if isinstance(data.start, datetime) else data.start)
    end = _moment(text, data.zone or zone, "--end")
    if isinstance(end, datetime) != isinstance(data.start, datetime):
        raise NewsletterError("Start and end must both be dates, or both have a time; give --start too.", where="--end")
    if end < data.start:
        raise NewsletterError(f"It would end ({text}) before it begins ({data.start.isoformat()}).", where="--end")
    return replace(data, end=end)


def _without(data: EventData, text: str) -> EventData:
    """The event without the days that a text names, parted by commas or spaces."""
    if data.rule is None or data.ics is not None:
        raise NewsletterError("Days can be left out of an event that comes by a rule of its own.", where="--except")
    out: set[date] = set()
    for part in text.replace(",", " ").split():
        try:
            day = _within_reach(date.fromisoformat(part), "--except")
        except ValueError as cause:
            raise NewsletterError(f"“{part}” is no date such as 2026-12-24.", where="--except") from cause
        if not _is_start(data, day):
            raise NewsletterError(f"The rule has no day on {in_words(day)}.", where="--except")
        out.add(day)
    days = tuple(sorted(out))
    return replace(data, excepted=days, rule_text=rule_in_words(data.rule, data.zone, excepted=days) or data.rule_text)


def _is_start(data: EventData, day: date) -> bool:
    assert data.rule is not None
    first = next(starts(data.rule, data.start, since=day), None)
    return first is not None and (first.date() if isinstance(first, datetime) else first) == day


def _moment(text: str, zone: str, where: str) -> date | datetime:
    try:
        if len(text) == 10:
            return _within_reach(date.fromisoformat(text), where)
        found = datetime.fromisoformat(text)
    except ValueError as cause:
        raise NewsletterError(
            f"“{text}” is no date such as 2026-12-05, and no time such as 2026-12-05T19:30.", where=where
        ) from cause
    _within_reach(found.date(), where)
    return found.replace(tzinfo=ZoneInfo(zone)) if found.tzinfo is None else found.astimezone(ZoneInfo(zone))


def _within_reach(day: date, where: str) -> date:
    """The day, where no zone and no length of an event leads out of the calendar from it."""
    if not 1000 <= day.year < 9000:
        raise NewsletterError(f"The year {day.year} is out of reach; choose another day.", where=where)
    return day
