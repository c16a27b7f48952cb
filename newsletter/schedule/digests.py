"""Digests whose time has come: each local occurrence is made once, whoever sees it first."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from itertools import takewhile
from threading import Event

from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.model.digest import Digest, DigestRun, RunOutcome
from newsletter.model.publication import Publication
from newsletter.schedule.cadence import Occurrence
from newsletter.schedule.decide import in_words
from newsletter.schedule.timetable import of_digest
from newsletter.settings import Settings
from newsletter.store import Store, digests, publications

log = logging.getLogger(__name__)

LOOKED_BACK = 400
"""Occurrences that a desk that was switched off looks back at; each is told as too late."""


def make_due(store: Store, settings: Settings, clock: Clock, stop: Event) -> list[DigestRun]:
    """Go on with digests that were interrupted, and make those whose time has come; what became of each.

    One digest that fails stops no other. To be called by the holder of the sender role only.
    """
    made: list[DigestRun] = []
    for digest, publication, local, at in _due(store, clock):
        if stop.is_set():
            break
        try:
            made.append(_make(store, settings, clock, digest, publication, local, at, stop))
        except NewsletterError as error:  # the database is busy: it goes on with the next look
            log.warning("%s: the digest of %s has to wait: %s", publication.name, local, error.message)
        except Exception as fault:
            log.exception("%s: the digest of %s stopped on a fault of the program", publication.name, local)
            why = f"A fault of the program stopped it ({type(fault).__name__}); the log says which."
            with store.writing() as tx:
                digests.finish(tx, publication.id, local, RunOutcome.FAILED, why=why, now=clock.now())
    return made


def _due(store: Store, clock: Clock) -> Iterator[tuple[Digest, Publication, str, datetime]]:
    """Interrupted ones first; then the latest occurrence of each digest, those before it told as too late."""
    now = clock.now()
    with store.reading() as tx:
        by_publication = {one.publication: one for one in digests.listing(tx) if one.waits_why is None}
        known = {one.id: one for one in publications.listing(tx)}
        begun = [one for one in digests.unfinished(tx) if one.publication in by_publication]
    for run in begun:
        yield by_publication[run.publication], known[run.publication], run.local, run.due_at
    for digest in by_publication.values():
        publication = known[digest.publication]
        try:
            passed = _passed(store, publication, digest, now)
        except NewsletterError as error:
            log.warning("%s: its digest has no usable cadence: %s", publication.name, error.message)
            continue
        for early in passed[:-1]:
            _too_late(store, digest, early, now, clock)
        if not passed:
            continue
        if now - passed[-1].at > publication.send_late_within:
            _too_late(store, digest, passed[-1], now, clock)
        else:
            yield digest, publication, passed[-1].local, passed[-1].at


def _passed(store: Store, publication: Publication, digest: Digest, now: datetime) -> list[Occurrence]:
    with store.reading() as tx:
        cadence = of_digest(tx, publication, digest)
    if cadence is None:
        return []
    passed = list(takewhile(lambda one: one.at <= now, cadence.after(digest.since)))
    return passed[-LOOKED_BACK:]


def _make(
    store: Store,
    settings: Settings,
    clock: Clock,
    digest: Digest,
    publication: Publication,
    local: str,
    at: datetime,
    stop: Event,
) -> DigestRun:
    from newsletter.workflows.digest import run_digest
    from newsletter.workflows.publish import Desk

    run = run_digest(Desk(store, settings, clock, publication), digest, local, at, stop=stop)
    if run.ended_at is not None:
        with store.writing() as tx:
            digests.pass_over(tx, publication.id, max(at, digest.since))
        level = logging.INFO if run.outcome in (RunOutcome.MADE, RunOutcome.SKIPPED) else logging.WARNING
        told = {"event": "digest", "outcome": run.outcome.value, "items": run.items, "issue": run.number}
        why = f" ({run.why})" if run.why else ""
        log.log(level, "%s: the digest of %s: %s%s", publication.name, local, run.outcome, why, extra=told)
    return run


def _too_late(store: Store, digest: Digest, one: Occurrence, now: datetime, clock: Clock) -> None:
    why = f"It was {in_words(now - one.at)} late when the desk could look; its items stay for the next one."
    with store.writing() as tx:
        if digests.claim(tx, digest.publication, one.local, due_at=one.at, now=clock.now()):
            digests.finish(tx, digest.publication, one.local, RunOutcome.LATE, why=why, now=clock.now())
        digests.pass_over(tx, digest.publication, one.at)
