"""Sources: feeds and folders, which publications take from them, and what they said last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, literal, select, update

from newsletter.errors import NewsletterError, NotFound
from newsletter.model.publication import PublicationId
from newsletter.model.quiet import Quiet
from newsletter.model.source import FetchMemory, Rules, Source, SourceId, SourceKind, SourceStatus
from newsletter.store.engine import Tx
from newsletter.store.schema import item, source, source_publication, triage


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """What one collection leaves behind about its source."""

    source: SourceId
    status: SourceStatus
    error: str | None
    checked_at: datetime
    succeeded: bool
    memory: FetchMemory
    name: str | None = None
    """A better name, where the feed told its own."""
    url: str | None = None
    """A new address, where the feed has moved for good."""


def add(
    tx: Tx,
    publication: PublicationId,
    *,
    kind: SourceKind,
    url: str,
    name: str,
    outlet: str | None = None,
    section: str | None = None,
    now: datetime,
) -> Source:
    """Let a publication take from a source, which is made where the workspace has none of this URL.

    A source that was there before brings the items it has shown. Raises NewsletterError where the publication takes
    from it already.
    """
    found = tx.execute(select(source.c.id).where(source.c.url == url)).first()
    if found is None:
        values = {"kind": kind, "url": url, "name": name, "outlet": outlet, "status": SourceStatus.NEW}
        key = tx.execute(insert(source).values(**values, active=True, created_at=now)).inserted_primary_key
        assert key is not None
        number = SourceId(key[0])
    else:
        number = SourceId(found.id)
        _rejoin(tx, publication, number, url, name, outlet)
    tx.execute(insert(source_publication).values(source_id=number, publication_id=publication, section=section))
    known = select(triage.c.item_id).where(triage.c.publication_id == publication)
    tx.execute(
        insert(triage).from_select(
            ["publication_id", "item_id", "state"],
            select(literal(publication), item.c.id, literal("new")).where(
                item.c.source_id == number, item.c.id.not_in(known)
            ),
        )
    )
    return get(tx, publication, number)


def _rejoin(tx: Tx, publication: PublicationId, number: SourceId, url: str, name: str, outlet: str | None) -> None:
    taken = and_(source_publication.c.source_id == number, source_publication.c.publication_id == publication)
    if tx.execute(select(source_publication.c.source_id).where(taken)).first():
        raise NewsletterError(f"{url} is a source already: number {number}.", code="exists", where=url)
    others = tx.execute(select(func.count()).where(source_publication.c.source_id == number)).scalar_one()
    values: dict[str, Any] = {"active": True}
    if not others:  # nobody took from it any more: it begins anew, with what it showed
        values |= {"status": SourceStatus.NEW, "error": None, "failures": 0, "next_at": None, "name": name}
        values |= {"etag": None, "last_modified": None, "quiet": None, "outlet": outlet}
    tx.execute(update(source).where(source.c.id == number).values(values))


def _select(publication: PublicationId) -> Any:
    return select(source, source_publication.c.section).join(
        source_publication,
        and_(source_publication.c.source_id == source.c.id, source_publication.c.publication_id == publication),
    )


def _row(row: Any) -> Source:
    return Source(
        id=SourceId(row.id),
        kind=SourceKind(row.kind),
        url=row.url,
        name=row.name,
        outlet=row.outlet,
        section=row.section,
        active=row.active,
        status=SourceStatus(row.status),
        error=row.error,
        last_checked=row.last_checked,
        last_success=row.last_success,
        created_at=row.created_at,
        rules=Rules(
            keep=tuple(row.keep or ()),
            skip=tuple(row.skip or ()),
            newest=row.newest,
            interval=timedelta(seconds=row.interval) if row.interval else None,
        ),
        memory=FetchMemory(
            etag=row.etag,
            last_modified=row.last_modified,
            failures=row.failures,
            next_at=row.next_at,
            next_why=row.next_why,
            rest=timedelta(seconds=row.rest) if row.rest else None,
            quiet=Quiet.of(*row.quiet) if row.quiet else None,
            moved_to=row.moved_to,
            moved_count=row.moved_count,
        ),
    )


def listing(tx: Tx, publication: PublicationId) -> list[Source]:
    """The sources a publication takes from, the first one first; not what editors add by hand."""
    asked = source.c.kind != SourceKind.FORM.value
    return [_row(row) for row in tx.execute(_select(publication).where(asked).order_by(source.c.id))]


def get(tx: Tx, publication: PublicationId, number: SourceId) -> Source:
    """One source of a publication. Raises NotFound."""
    row = tx.execute(_select(publication).where(source.c.id == number)).first()
    if row is None:
        raise NotFound(f"There is no source {number}; see: newsletter sources list", where=str(number))
    return _row(row)


def lock(tx: Tx, number: SourceId) -> None:
    """Hold a source until the transaction ends, so that two collections of it decide one after the other."""
    tx.execute(select(source.c.id).where(source.c.id == number).with_for_update())


def publications_of(tx: Tx, number: SourceId) -> list[PublicationId]:
    """Who takes from a source."""
    taken = select(source_publication.c.publication_id).where(source_publication.c.source_id == number)
    return [PublicationId(row[0]) for row in tx.execute(taken.order_by(source_publication.c.publication_id))]


def remove(tx: Tx, publication: PublicationId, number: SourceId) -> Source:
    """Let a publication take no longer from a source. What was collected stays, and knows its outlet.

    Raises NotFound. Added again it continues, and shows nothing twice.
    """
    found = get(tx, publication, number)
    taken: ColumnElement[bool] = source_publication.c.source_id == number
    tx.execute(delete(source_publication).where(taken, source_publication.c.publication_id == publication))
    if not publications_of(tx, number):
        tx.execute(update(source).where(source.c.id == number).values(active=False))
    return found


def by_url(tx: Tx, publication: PublicationId, url: str) -> SourceId | None:
    """The source with this address, where the publication takes from it."""
    row = tx.execute(_select(publication).where(source.c.url == url)).first()
    return None if row is None else SourceId(row.id)


_COLUMNS = ("name", "outlet", "keep", "skip", "newest", "interval", "active", "url")


def change(tx: Tx, publication: PublicationId, number: SourceId, fields: Mapping[str, Any]) -> Source:
    """Set fields of a source; `section` is the publication's, the others are shared. Raises NotFound.

    A new address is asked anew, without what the old one remembered. Raises NewsletterError where another has it.
    """
    found = get(tx, publication, number)
    values = {name: fields[name] for name in _COLUMNS if name in fields}
    if "url" in values and values["url"] != found.url:
        if other := tx.execute(select(source.c.id).where(source.c.url == values["url"])).scalar():
            raise NewsletterError(f"{values['url']} is a source already: number {other}.", code="exists", where="url")
        values |= {"status": SourceStatus.NEW, "error": None, "failures": 0, "etag": None, "last_modified": None}
        values |= {"moved_to": None, "moved_count": 0, "quiet": None}
    if not values.keys().isdisjoint(("url", "interval", "active")):
        values |= {"next_at": None, "next_why": None}
    if values:
        tx.execute(update(source).where(source.c.id == number).values(values))
    if "section" in fields:
        taken = and_(source_publication.c.source_id == number, source_publication.c.publication_id == publication)
        tx.execute(update(source_publication).where(taken).values(section=fields["section"]))
    return get(tx, publication, number)


def known_urls(tx: Tx) -> set[str]:
    """The addresses of all sources of the workspace, also of those that nobody takes from any more."""
    return set(tx.execute(select(source.c.url)).scalars())


def outlets(tx: Tx) -> set[str]:
    """The names of outlets that the workspace knows: those of its sources, and what its feeds are called."""
    rows = tx.execute(select(source.c.outlet, source.c.name, source.c.kind)).all()
    named = {row.outlet for row in rows if row.outlet}
    return named | {row.name for row in rows if row.kind == SourceKind.FEED.value}


def remember(tx: Tx, what: Remembered) -> None:
    """Keep what a collection learned about its source."""
    values: dict[str, Any] = {
        "status": what.status,
        "error": what.error,
        "last_checked": what.checked_at,
        "etag": what.memory.etag,
        "last_modified": what.memory.last_modified,
        "failures": what.memory.failures,
        "next_at": what.memory.next_at,
        "next_why": what.memory.next_why,
        "rest": int(what.memory.rest.total_seconds()) if what.memory.rest else None,
        "quiet": [sorted(quiet.hours), sorted(quiet.days)] if (quiet := what.memory.quiet) else None,
        "moved_to": what.memory.moved_to,
        "moved_count": what.memory.moved_count,
    }
    if what.succeeded:
        values["last_success"] = what.checked_at
    if what.name:
        values["name"] = what.name
    taken = select(source.c.id).where(source.c.url == what.url)
    if what.url and not tx.execute(taken).first():
        values |= {"url": what.url, "moved_to": None, "moved_count": 0}
    tx.execute(update(source).where(source.c.id == what.source).values(values))
