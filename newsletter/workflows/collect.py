"""Collect: ask what is due, decide what is new, keep it, and say what became of each source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Event

from newsletter.clock import Clock
from newsletter.collect.address import default_name
from newsletter.collect.ask import ask_all
from newsletter.collect.asked import Asked
from newsletter.collect.dates import flags
from newsletter.collect.decide import Changed, Known, New, Renamed, decide_all
from newsletter.collect.files import About
from newsletter.collect.mailbox import mark
from newsletter.collect.patience import due_again, is_due
from newsletter.collect.rules import is_offered
from newsletter.collect.worker import Readers
from newsletter.model.item import LEFT_OUT, ItemData, ItemId
from newsletter.model.publication import Publication
from newsletter.model.source import Source, SourceId, SourceKind, SourceStatus
from newsletter.net.fetch import Fetcher
from newsletter.settings import Settings
from newsletter.store import Store, Tx, collections, items, publications, sources
from newsletter.workflows.answers.sources import CollectedJson, CollectionJson
from newsletter.workflows.found_events import keep_events, read_events
from newsletter.workflows.linked_pages import ask_linked_pages
from newsletter.workflows.stories import group_new


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one source."""

    source: Source
    status: SourceStatus
    asked: bool = True
    """Whether it was due."""
    waits: str | None = None
    """Until when it is left alone, and why, in one sentence."""
    new: int = 0
    updated: int = 0
    seen: int = 0
    events: int = 0
    """New events."""
    error: str | None = None
    waiting: tuple[str, ...] = ()
    """Files that were still being written."""
    ignored: tuple[str, ...] = ()
    """Files of a kind that is not collected."""
    added: tuple[str, ...] = ()
    """Feeds of a dropped list that are sources from now on."""
    dead: bool = False
    """Nothing came for a week, though it was asked."""


@dataclass(frozen=True)
class Report:
    """What became of all of them, in the order of the list of sources."""

    outcomes: tuple[Outcome, ...]

    @property
    def asked(self) -> tuple[Outcome, ...]:
        """Those that were due."""
        return tuple(one for one in self.outcomes if one.asked)

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """Those that were due and gave nothing."""
        return tuple(one for one in self.asked if one.status in (SourceStatus.ERROR, SourceStatus.GONE))


def what_is_known(store: Store, settings: Settings, publication: Publication) -> About:
    """What files and messages are read with: outlets that are known, and the names of our own lists."""
    with store.reading() as tx:
        outlets = frozenset(sources.outlets(tx)) | {*publication.outlets}
        ours = frozenset(one.list_name(settings.base_url).casefold() for one in publications.listing(tx))
    return About(zone=publication.zone, outlets=outlets, ours=ours)


Progress = Callable[[Outcome, int, int], None]
"""Called after each source: its outcome, how many are done, how many there are."""


def collect(
    store: Store,
    settings: Settings,
    clock: Clock,
    publication: Publication,
    *,
    only: SourceId | None = None,
    force: bool = False,
    progress: Progress | None = None,
    stop: Event | None = None,
) -> Report:
    """Ask every source of a publication that is due, and keep what is new.

    A source that fails is an outcome with a reason. `force` asks those that would wait or are gone, too.
    The report is kept. `stop`: ends the run early; what was not asked then is as before.
    Raises NotFound where `only` names no source. Times are UTC.
    """
    now = clock.now()
    chosen = _chosen(store, publication, only)
    due = [one for one in chosen if force or is_due(one, now)]
    outcomes = {one.id: _waits(one, now) for one in chosen if one not in due}
    about = what_is_known(store, settings, publication)
    fetcher = Fetcher(settings.fetching)
    fresh: list[ItemId] = []
    with Readers() as reader:
        reader.warm_up(len(due))
        asking = ask_all(due, fetcher, reader, about=about, accounts=settings.accounts, now=now, force=force)
        for done, asked in enumerate(asking, start=1):
            outcome, kept = _keep(store, publication, asked, now)
            if asked.taken is not None and (
                trouble := mark(asked.source, asked.taken, settings.accounts, fetcher.limits)
            ):
                outcome = replace(outcome, error=" ".join(filter(None, (outcome.error, trouble))))
            fresh += kept
            outcomes[asked.source.id] = outcome
            if progress is not None:
                progress(outcome, done, len(due))
            if stop is not None and stop.is_set():
                break
        ask_linked_pages(store, publication, fetcher, reader, now=now)
    group_new(store, fresh, now=now)
    report = Report(tuple(outcomes[one.id] for one in chosen if one.id in outcomes))
    if report.asked:
        with store.writing() as tx:
            collections.keep(tx, publication.id, collections.Run(now, clock.now(), dict(document(report))))
    return report


def document(report: Report) -> CollectedJson:
    """A report as JSON."""
    outcomes = report.outcomes
    return {
        "new": sum(one.new for one in outcomes),
        "updated": sum(one.updated for one in outcomes),
        "seen": sum(one.seen for one in outcomes),
        "events": sum(one.events for one in outcomes),
        "sources": [
            {
                "id": one.source.id,
                "name": one.source.name,
                "kind": one.source.kind.value,
                "status": one.status.value,
                "new": one.new,
                "updated": one.updated,
                "error": one.error,
                "waits": one.waits,
                "dead": one.dead,
            }
            for one in outcomes
        ],
    }


def run_json(run: collections.Run) -> CollectionJson:
    """The report of an earlier run as JSON."""
    report: CollectedJson = run.report  # type: ignore[assignment]  # it was one when it was kept
    return {
        "started": run.started_at.isoformat(),
        "finished": run.finished_at.isoformat(),
        "new": report["new"],
        "updated": report["updated"],
        "seen": report["seen"],
        "events": report["events"],
        "sources": report["sources"],
    }


def _chosen(store: Store, publication: Publication, only: SourceId | None) -> list[Source]:
    with store.reading() as tx:
        chosen = sources.listing(tx, publication.id)
        if only is None:
            return chosen
        sources.get(tx, publication.id, only)
        return [one for one in chosen if one.id == only]


def _waits(source: Source, now: datetime) -> Outcome:
    """Not asked: switched off, gone for good, or its server, the feed, or its failures ask for patience."""
    waits, dead = waits_because(source, now), source.is_dead(now)
    if not source.active or source.status is SourceStatus.GONE or waits is None:
        return Outcome(source=source, status=source.status, asked=False, error=source.error, dead=dead)
    error = " ".join((source.error, waits)) if source.memory.failures and source.error else None
    error = waits if error is None and source.memory.failures else error
    return Outcome(source=source, status=SourceStatus.WAITING, asked=False, error=error, waits=waits, dead=dead)


def waits_because(source: Source, now: datetime) -> str | None:
    """Until when a source is left alone, and why, in one sentence; none where it may be asked at any time."""
    again = due_again(source, now)
    if not source.active:
        return "It is switched off."
    if source.status is SourceStatus.GONE or again is None:
        return None
    at, why = again
    because = f", because {why}" if why else ""
    return f"It is asked again after {at:%Y-%m-%d %H:%M} UTC{because}; --force asks it now."


def _keep(store: Store, publication: Publication, asked: Asked, now: datetime) -> tuple[Outcome, list[ItemId]]:
    """One transaction: what the source showed, and what is remembered of it. Its new items are the second part."""
    read, refused = read_events(asked.found, publication, now, meant=asked.source.kind is not SourceKind.MAILBOX)
    error = " ".join(part for part in (asked.error, refused) if part) or None
    name = _better_name(asked)
    with store.writing() as tx:
        sources.lock(tx, asked.source.id)
        fresh, updated = _keep_items(tx, asked, now)
        kept = keep_events(tx, sources.publications_of(tx, asked.source.id), asked.source.id, read, now)
        added = _keep_offers(tx, publication, asked, now)
        sources.remember(
            tx,
            sources.Remembered(
                source=asked.source.id,
                status=asked.status,
                error=error,
                checked_at=now,
                succeeded=asked.succeeded,
                memory=asked.lesson.memory,
                name=name,
                url=asked.lesson.url,
            ),
        )
    outcome = Outcome(
        source=replace(asked.source, name=name or asked.source.name),
        status=asked.status,
        new=len(fresh),
        updated=updated,
        seen=len(asked.found.items),
        events=kept,
        error=error,
        waiting=asked.found.waiting,
        ignored=asked.found.ignored,
        added=added,
        dead=replace(asked.source, status=asked.status).is_dead(now) and not asked.succeeded,
    )
    return outcome, fresh


def _keep_offers(tx: Tx, publication: Publication, asked: Asked, now: datetime) -> tuple[str, ...]:
    """The feeds of dropped lists become sources, unless they ever were one: who removed it wants it no more."""
    known = sources.known_urls(tx) if asked.found.offers else set()
    added: list[str] = []
    for offer in asked.found.offers:
        if offer.url not in known and offer.url not in added:
            name = offer.title or default_name(SourceKind.FEED, offer.url)
            feed, url, section = SourceKind.FEED, offer.url, offer.section
            sources.add(tx, publication.id, kind=feed, url=url, name=name, section=section, now=now)
            added.append(offer.url)
    return tuple(added)


def _keep_items(tx: Tx, asked: Asked, now: datetime) -> tuple[list[ItemId], int]:
    """The new ones, and how many had changed."""
    if not asked.found.items:
        return [], 0
    found = [_flagged(one, asked.source, now) for one in asked.found.items]
    decisions = decide_all(found, Known(items.known(tx, asked.source.id)))
    new = [one.found for one in decisions if isinstance(one, New)]
    changed = [(one.item, one.found) for one in decisions if isinstance(one, Changed)]
    fresh = items.keep(tx, asked.source.id, new, now=now)
    items.revise(tx, changed, now=now)
    items.rename(tx, [(one.item, one.found) for one in decisions if isinstance(one, Renamed)])
    return fresh, len(changed)


def _flagged(one: ItemData, source: Source, now: datetime) -> ItemData:
    ruled = () if is_offered(one, source.rules) else (LEFT_OUT,)
    return replace(one, flags=(*one.flags, *flags(one.published, now), *ruled))


def _better_name(asked: Asked) -> str | None:
    """The feed's own title, where nobody gave the source a name."""
    source = asked.source
    if source.kind is SourceKind.FEED and source.name == default_name(source.kind, source.url):
        return asked.found.title
    return None
