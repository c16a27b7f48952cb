"""Events that are probably the same: by their day and the words of their titles. Pure; an editor decides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from difflib import SequenceMatcher

from newsletter.events.occurrences import last_day
from newsletter.model.event import Event, EventData, EventStatus

LIKE = 0.75
"""How alike two titles are, from 0 to 1, from which on they are told."""
MOST = 50
"""Pairs that are told."""


def duplicates(events: Sequence[Event]) -> list[tuple[Event, Event]]:
    """Pairs on the same day (of rules: with the same rule) whose titles are nearly alike; the older one first."""
    by_day: dict[object, list[Event]] = {}
    for event in events:
        if event.data.status in (EventStatus.CONFIRMED, EventStatus.PROPOSED):
            by_day.setdefault(event.data.rule or _day(event.data), []).append(event)
    found: list[tuple[Event, Event]] = []
    for same_day in by_day.values():
        ordered = sorted(same_day, key=lambda event: event.id)[:100]
        for index, first in enumerate(ordered):
            found += [(first, other) for other in ordered[index + 1 :] if _alike(first.data, other.data)]
            if len(found) >= MOST:
                return found[:MOST]
    return found


def merged(kept: EventData, other: EventData) -> EventData:
    """The event that stays, with what only the other one knew; its own dates stay, hours of the same day are taken."""
    filled = {
        name: getattr(kept, name) or getattr(other, name)
        for name in ("description", "place", "url", "contact", "online", "wording")
    }
    timed_only_there = not isinstance(kept.start, datetime) and isinstance(other.start, datetime)
    if timed_only_there and kept.ics is None and _same_days(kept, other):
        filled |= {"start": other.start, "end": other.end, "zone": other.zone, "dates": other.dates}
    elif isinstance(kept.start, datetime) and kept.end is None and kept.start == other.start:
        filled["end"] = other.end
    return replace(kept, **filled)


def _same_days(kept: EventData, other: EventData) -> bool:
    last = last_day(other.end or other.start, other.start)
    return (_day(kept), kept.end or kept.start, kept.dates, kept.rule) == (_day(other), last, other.dates, other.rule)


def _day(data: EventData) -> object:
    return data.start.date() if isinstance(data.start, datetime) else data.start


def _alike(first: EventData, other: EventData) -> bool:
    if isinstance(first.start, datetime) and isinstance(other.start, datetime) and first.start != other.start:
        return False
    one, two = _words(first.title), _words(other.title)
    if re.findall(r"\d+", one) != re.findall(r"\d+", two):
        return False  # “Part 1” and “Part 2” are not the same
    if not one or not two:
        return False
    return one in two or two in one or SequenceMatcher(None, one, two, autojunk=False).ratio() >= LIKE


def _words(title: str) -> str:
    return " ".join(re.findall(r"\w+", title.casefold()))
