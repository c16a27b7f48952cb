"""The holidays of a publication from a calendar: its all-day events are days on which nothing comes out."""

from __future__ import annotations

from datetime import timedelta

from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.events.ics import read_ics
from newsletter.events.occurrences import occurrences
from newsletter.model.event import Event, EventId, EventStatus
from newsletter.model.publication import Publication
from newsletter.model.when import local_day
from newsletter.settings import Settings
from newsletter.store import Store, cadences
from newsletter.workflows.calendars import content_of

AHEAD = timedelta(days=5 * 366)
LONGEST = 31
"""Days of one event; a longer one is no holiday."""


def import_holidays(
    store: Store, settings: Settings, clock: Clock, publication: Publication, where: str, *, moves: bool
) -> int:
    """Keep the days of a calendar's all-day events from today on, for five years; how many.

    `moves`: it comes out the day before instead of not at all. Raises NewsletterError where there are none.
    """
    content, name, _ = content_of(settings, clock, where)
    read = read_ics(content, zone=publication.zone, now=clock.now(), name=name)
    whole = [
        Event(id=EventId(number), data=one)
        for number, one in enumerate(read.events)
        if one.all_day and one.status is EventStatus.CONFIRMED
    ]
    today = local_day(clock.now(), publication.zone)
    days = [
        cadences.Holiday(one.first_date + timedelta(days=offset), one.title, moves)
        for one in occurrences(whole, first=today, last=today + AHEAD, zone=publication.zone)
        for offset in range(min((one.last_date - one.first_date).days + 1, LONGEST))
    ]
    if not days:
        why = f" {read.refused[0][1]}" if read.refused else ""
        raise NewsletterError(f"{name} has no all-day event from today on.{why}", where=where)
    with store.writing() as tx:
        cadences.put_holidays(tx, publication.id, days)
    return len(days)
