"""What was read from a line, told back in words before anything is kept."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from newsletter.events.occurrences import last_day
from newsletter.events.rule_words import MOST_EXCEPTED, in_words
from newsletter.events.rules import starts
from newsletter.events.words import MONTH_NAMES, WEEKDAY_NAMES
from newsletter.model.event import EventData

MOST_COUNTED = 500
"""Dates of a rule that are counted."""


def told(data: EventData, *, zone: str, today: date) -> tuple[str, ...]:
    """The reading of an event in a few pieces: when, how often, where. `zone` is the publication's."""
    pieces = [_when(data, zone)]
    if data.rule:
        pieces.append(_often(data, today))
    if data.excepted:
        pieces.append(f"not on {_listed([_day(day) for day in data.excepted[:MOST_EXCEPTED]])}")
    if data.place:
        pieces.append(data.place)
    if data.online:
        pieces.append("online")
    if data.url:
        pieces.append(data.url)
    if data.contact:
        pieces.append(data.contact)
    return tuple(piece for piece in pieces if piece)


def _when(data: EventData, zone: str) -> str:
    first = data.start.date() if isinstance(data.start, datetime) else data.start
    hours = _hours(data, zone)
    if data.rule:
        rule = in_words(re.sub(r";?(?:UNTIL|COUNT)=\w+", "", data.rule), data.zone)
        return f"{rule or data.rule_text or 'again and again'}{f' at {hours}' if hours else ', all day'}"
    if data.dates:
        return (
            f"{_listed([_day(day, year=day == data.dates[-1]) for day in data.dates])}{f', {hours}' if hours else ''}"
        )
    last = last_day(data.end, data.start) if data.end is not None else first
    days = (last - first).days + 1
    if last == first:
        return f"{_day(first)}, {hours or 'all day'}"
    span = f"{_day(first, year=first.year != last.year)} to {_day(last)}"
    return f"{span}, {hours}" if hours else f"{span}, all day, {days} days"


def _hours(data: EventData, zone: str) -> str:
    if not isinstance(data.start, datetime):
        return ""
    end = data.end if isinstance(data.end, datetime) else None
    words = f"{data.start:%H:%M}" + (f" to {end:%H:%M}" if end else "")
    if data.zone is None or data.zone == zone:
        return words
    here = data.start.astimezone(ZoneInfo(zone))
    on = "" if here.date() == data.start.date() else f" on {WEEKDAY_NAMES[here.weekday()]}"
    return f"{words} in {data.zone.rsplit('/', 1)[-1].replace('_', ' ')}, {here:%H:%M} here{on}"


def _often(data: EventData, today: date) -> str:
    assert data.rule is not None
    coming = islice(
        starts(data.rule, data.start, since=today), MOST_COUNTED if _ends(data.rule) else 2 + len(data.excepted)
    )
    days = [start.date() if isinstance(start, datetime) else start for start in coming]
    days = [day for day in days if day >= today - timedelta(days=1) and day not in data.excepted]
    if not days:
        return "no date is left"
    if not _ends(data.rule):
        return f"next {_day(days[0])}, without end"
    if len(days) == 1:
        return f"once, {_day(days[0])}"
    return f"{len(days)} times, from {_day(days[0], year=False)} to {_day(days[-1])}"


def _ends(rule: str) -> bool:
    return "UNTIL=" in rule or "COUNT=" in rule


def _day(day: date, *, year: bool = True) -> str:
    words = f"{WEEKDAY_NAMES[day.weekday()]} {day.day} {MONTH_NAMES[day.month - 1]}"
    return f"{words} {day.year}" if year else words


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
