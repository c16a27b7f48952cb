"""Two events of a calendar that are the same become one."""

from __future__ import annotations

from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.events.duplicates import merged
from newsletter.model.event import Event, EventId
from newsletter.model.publication import Publication
from newsletter.store import Store, event_aliases, events


def merge(store: Store, clock: Clock, publication: Publication, kept: EventId, other: EventId) -> Event:
    """Keep one of two events with what only the other knew, and let the other go into it. Raises NotFound.

    Whatever is collected under the UID of the other later is the event that was kept.
    """
    if kept == other:
        raise NewsletterError("An event cannot be merged with itself.", where="ID")
    now = clock.now()
    with store.writing() as tx:
        one, two = events.get(tx, publication.id, kept), events.get(tx, publication.id, other)
        events.edit(tx, publication.id, kept, merged(one.data, two.data), now=now)
        event_aliases.absorb(tx, one, two)
        return events.get(tx, publication.id, kept)
