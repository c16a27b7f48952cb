"""The issues that anybody may read: those that went out, or are going out, and were not kept out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select, update

from newsletter.model.issue import IssueId, IssueState, RenditionId
from newsletter.model.publication import PublicationId
from newsletter.store import archive_search
from newsletter.store.engine import Tx
from newsletter.store.schema import issue as table

_OUT = tuple(state.value for state in (IssueState.SENDING, IssueState.PAUSED, IssueState.SENT))
_SHOWN = func.coalesce(table.c.corrected_id, table.c.rendition_id)
"""The rendition that anybody may read: what was sent, or its correction."""


@dataclass(frozen=True, kw_only=True)
class Archived:
    """A public issue."""

    number: int
    rendition: RenditionId
    at: datetime
    """When it began to go out (UTC)."""


def is_public(publication: PublicationId) -> tuple[ColumnElement[bool], ...]:
    """What a query over `issue` must meet, so that its issues may be read by anybody."""
    return (
        table.c.publication_id == publication,
        table.c.state.in_(_OUT),
        table.c.in_archive.is_(True),
        table.c.rendition_id.is_not(None),
    )


def _found(tx: Tx, publication: PublicationId, search: str) -> tuple[ColumnElement[bool], ...]:
    held = archive_search.holds(tx, _SHOWN, search)
    return is_public(publication) if held is None else (*is_public(publication), held)


def count(tx: Tx, publication: PublicationId, search: str = "") -> int:
    """How many there are, in whose subject and text each word of `search` begins a word."""
    wanted = _found(tx, publication, search)
    return int(tx.execute(select(func.count()).select_from(table).where(*wanted)).scalar() or 0)


def listing(tx: Tx, publication: PublicationId, *, limit: int, offset: int = 0, search: str = "") -> list[Archived]:
    """Some of them, newest first; of a search those before all others whose subject speaks of it."""
    wanted = _found(tx, publication, search)
    about = archive_search.is_about(tx, _SHOWN, search)
    rank = [] if about is None else [case((about, 0), else_=1)]
    query = select(table).where(*wanted).order_by(*rank, table.c.number.desc()).limit(limit).offset(offset)
    return [
        Archived(
            number=row.number,
            rendition=RenditionId(row.corrected_id or row.rendition_id),
            at=row.sending_at or row.created_at,
        )
        for row in tx.execute(query)
    ]


def find(tx: Tx, publication: PublicationId, number: int) -> Archived | None:
    """One of them by its number."""
    row = tx.execute(select(table).where(*is_public(publication), table.c.number == number)).first()
    if row is None:
        return None
    return Archived(
        number=row.number,
        rendition=RenditionId(row.corrected_id or row.rendition_id),
        at=row.sending_at or row.created_at,
    )


def beside(tx: Tx, publication: PublicationId, number: int) -> tuple[int | None, int | None]:
    """The numbers of the one before and the one after."""
    older = select(func.max(table.c.number)).where(*is_public(publication), table.c.number < number)
    newer = select(func.min(table.c.number)).where(*is_public(publication), table.c.number > number)
    return tx.execute(older).scalar(), tx.execute(newer).scalar()


def show(tx: Tx, issue: IssueId, wanted: bool) -> None:
    """Let an issue into the archive, or keep it out; in whatever state it is."""
    tx.execute(update(table).where(table.c.id == issue).values(in_archive=wanted))
