"""Collect: ask what is due, decide what is new, keep it, and say what became of each source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from newsletter.clock import Clock
from newsletter.collect.address import default_name
from newsletter.collect.ask import Asked, ask_all
from newsletter.collect.dates import flags
from newsletter.collect.decide import Changed, Known, New, Renamed, decide_all
from newsletter.collect.found import CalendarFile
from newsletter.collect.patience import is_due
from newsletter.collect.worker import Reader
from newsletter.model.event import EventData
from newsletter.model.item import ItemData
from newsletter.model.publication import Publication
from newsletter.model.source import Source, SourceId, SourceKind, SourceStatus
from newsletter.net.fetch import Fetcher
from newsletter.settings import Settings
from newsletter.store import Store, Tx, events, items, sources


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one source."""

    source: Source
    status: SourceStatus
    asked: bool = True
    """Whether it was due."""
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
) -> Report:
    """Ask every source of a publication that is due, and keep what is new.

    A source that fails is an outcome with a reason. `force` asks those that would wait or are gone, too.
    Raises NotFound where `only` names no source. Times are UTC.
    """
    now = clock.now()
    chosen = _chosen(store, publication, only)
    due = [one for one in chosen if force or is_due(one, now)]
    outcomes = {one.id: _waits(one) for one in chosen if one not in due}
    with Reader() as reader:
        asking = ask_all(due, Fetcher(settings.fetching), reader, zone=publication.zone, now=now, force=force)
        for done, asked in enumerate(asking, start=1):
            outcome = _keep(store, publication, asked, now)
            outcomes[asked.source.id] = outcome
            if progress is not None:
                progress(outcome, done, len(due))
    return Report(tuple(outcomes[one.id] for one in chosen))


def _chosen(store: Store, publication: Publication, only: SourceId | None) -> list[Source]:
    with store.reading() as tx:
        return sources.listing(tx, publication.id) if only is None else [sources.get(tx, publication.id, only)]


def _waits(source: Source) -> Outcome:
    """Not asked: gone for good, or its server, or its failures, ask for patience."""
    at = source.memory.next_at
    if source.status is SourceStatus.GONE or at is None:
        return Outcome(source=source, status=source.status, asked=False, error=source.error)
    again = f"It is asked again after {at:%Y-%m-%d %H:%M} UTC; --force asks it now."
    error = " ".join(filter(None, (source.error, again)))
    return Outcome(source=source, status=SourceStatus.WAITING, asked=False, error=error)


def _keep(store: Store, publication: Publication, asked: Asked, now: datetime) -> Outcome:
    """One transaction: what the source showed, and what is remembered of it."""
    read, refused = _calendars(asked.found.calendars, publication.zone, now)
    error = " ".join(part for part in (asked.error, refused) if part) or None
    name = _better_name(asked)
    with store.writing() as tx:
        sources.lock(tx, asked.source.id)
        new, updated = _keep_items(tx, asked, now)
        kept = _keep_events(tx, asked.source, read, now)
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
    return Outcome(
        source=replace(asked.source, name=name or asked.source.name),
        status=asked.status,
        new=new,
        updated=updated,
        seen=len(asked.found.items),
        events=kept,
        error=error,
        waiting=asked.found.waiting,
        ignored=asked.found.ignored,
    )


def _keep_items(tx: Tx, asked: Asked, now: datetime) -> tuple[int, int]:
    """How many were new, and how many had changed."""
    if not asked.found.items:
        return 0, 0
    found = [_flagged(one, now) for one in asked.found.items]
    decisions = decide_all(found, Known(items.known(tx, asked.source.id)))
    new = [one.found for one in decisions if isinstance(one, New)]
    changed = [(one.item, one.found) for one in decisions if isinstance(one, Changed)]
    items.keep(tx, asked.source.id, new, now=now)
    items.revise(tx, changed, now=now)
    items.rename(tx, [(one.item, one.found) for one in decisions if isinstance(one, Renamed)])
    return len(new), len(changed)


def _flagged(one: ItemData, now: datetime) -> ItemData:
    return replace(one, flags=(*one.flags, *flags(one.published, now)))


def _calendars(files: tuple[CalendarFile, ...], zone: str, now: datetime) -> tuple[list[EventData], str | None]:
    """The events of dropped calendars: deliberate material, so they are confirmed; and what was left out."""
    if not files:
        return [], None
    from newsletter.events.ics import read_ics

    read: list[EventData] = []
    refused: list[str] = []
    for file in files:
        calendar = read_ics(file.content, zone=zone, now=now, name=file.name)
        read += calendar.events
        refused += [f"{wording}: {reason.rstrip('.')}" for wording, reason in calendar.refused]
    return read, f"Events left out: {'; '.join(refused[:3])}." if refused else None


def _keep_events(tx: Tx, source: Source, read: list[EventData], now: datetime) -> int:
    if not read:
        return 0
    counts = [
        events.keep(tx, one, read, source=source.id, now=now).new for one in sources.publications_of(tx, source.id)
    ]
    return max(counts, default=0)


def _better_name(asked: Asked) -> str | None:
    """The feed's own title, where nobody gave the source a name."""
    source = asked.source
    if source.kind is SourceKind.FEED and source.name == default_name(source.kind, source.url):
        return asked.found.title
    return None
