"""Telling in time: what needs a person is seen, kept once, and told until it is heard. Never in the way of sending."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import takewhile
from threading import Event

from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.model.alert import Alert, Condition
from newsletter.model.publication import Publication
from newsletter.schedule.timetable import of_publication
from newsletter.settings import Settings
from newsletter.store import Store, alerts, cadences, digests, publications
from newsletter.workflows.told import conditions, look_ahead, look_at_starts
from newsletter.workflows.ways_out import NOBODY, tell_by

log = logging.getLogger(__name__)

AT_ONCE = 20
"""Alerts told in one look."""
TAKEN_FOR = timedelta(minutes=5)
"""Who took an alert and died is followed by the next look after this."""
FIRST_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(hours=1)
"""After a way out failed; doubled each time."""
GIVEN_UP_AFTER = timedelta(days=3)


def tell(store: Store, settings: Settings, clock: Clock, stop: Event) -> None:
    """Look ahead and at what begins, see what is so, keep what is new, and tell it by every way that is set.

    Faults are logged: nothing here stops an issue.
    """
    look_ahead(store, settings, clock)
    look_at_starts(store, settings, clock)
    see(store, settings, clock)
    with store.reading() as tx:
        due = alerts.due(tx, clock.now(), limit=AT_ONCE)
        senders: dict[int | None, str] = {one.id: one.sender for one in publications.listing(tx)}
    for one in due:
        if stop.is_set():
            return
        own = senders.get(one.publication, "")
        sender = settings.alerts.mail_from or own or next(filter(None, senders.values()), NOBODY)
        _tell(store, settings, clock, one, sender)


def see(store: Store, settings: Settings, clock: Clock) -> list[Condition]:
    """Keep what is so now; what is new of it."""
    now = clock.now()
    seen = [*conditions(store, now), *_unplanned(store, now)]
    with store.reading() as tx:
        if not alerts.differs(tx, seen):
            return []
    with store.writing() as tx:
        fresh = alerts.keep(tx, seen, to_tell=bool(settings.alerts.ways), now=now)
    for one in fresh:
        log.warning("%s", one.subject, extra={"event": one.kind, "issue": one.issue, "publication": one.publication})
    return fresh


def _tell(store: Store, settings: Settings, clock: Clock, one: Alert, sender: str) -> None:
    now = clock.now()
    with store.writing() as tx:
        if not alerts.take(tx, one, now + TAKEN_FOR):
            return
    told, errors = list(one.told), []
    for way in settings.alerts.ways:
        if way in told:
            continue
        why = tell_by(way, settings, clock, one, sender)
        if why is None:
            told.append(way)
            log.info("An alert was told by %s: %s", way, one.subject, extra={"event": "told", "kind": one.kind})
        else:
            errors.append(f"{way}: {why}")
            log.warning("An alert could not be told by %s: %s", way, why)
    tries = one.tries + 1
    rest = min(FIRST_REST * 2 ** min(one.tries, 10), LONGEST_REST)
    again = now + rest if errors and now - one.raised_at < GIVEN_UP_AFTER else None
    with store.writing() as tx:
        alerts.told(tx, one.id, told, next_at=again, error=" ".join(errors) or None, tries=tries)


def _unplanned(store: Store, now: datetime) -> Iterator[Condition]:
    """Times of a cadence, a day ahead, for which no issue is scheduled and no digest makes one."""
    with store.reading() as tx:
        for publication in publications.listing(tx):
            digest = digests.get(tx, publication.id)
            if digest is not None and digest.rule is None:
                continue
            try:
                cadence = of_publication(tx, publication)
            except NewsletterError:
                continue
            if cadence is None or cadences.began_since(tx, publication.id, now - timedelta(days=1)):
                continue
            taken = cadences.planned(tx, publication.id)
            for one in takewhile(lambda one: one.at <= now + timedelta(days=1), cadence.after(now)):
                if one.at not in taken:
                    yield _nothing_at(publication, one.local, cadence.zone)


def _nothing_at(publication: Publication, local: str, zone: str) -> Condition:
    return Condition(
        key=f"unplanned:{publication.id}:{local}",
        kind="unplanned",
        publication=publication.id,
        subject=f"{publication.name}: nothing is scheduled for {local.replace('T', ' ')}",
        text=f"{publication.name} comes out on {local.replace('T', ' at ')} ({zone}) by its cadence, and no issue is "
        "scheduled for it.\n\nSchedule one: newsletter issue schedule N --approve",
    )
