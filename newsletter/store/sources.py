"""Sources: feeds and folders, which publications take from them, and what they said last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, literal, select, update

from newsletter.errors import NewsletterError, NotFound
from newsletter.model.publication import PublicationId
from newsletter.model.source import FetchMemory, Source, SourceId, SourceKind, SourceStatus
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
        values |= {"etag": None, "last_modified": None, "outlet": outlet}
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
        memory=FetchMemory(
            etag=row.etag,
            last_modified=row.last_modified,
            failures=row.failures,
            next_at=row.next_at,
            moved_to=row.moved_to,
            moved_count=row.moved_count,
        ),
    )


def listing(tx: Tx, publication: PublicationId) -> list[Source]:
    """The sources a publication takes from, the first one first."""
    return [_row(row) for row in tx.execute(_select(publication).order_by(source.c.id))]


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
