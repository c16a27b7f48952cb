"""What a person of the desk looks for again and again, under names of their own."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select

from newsletter.errors import NewsletterError
from newsletter.model.publication import PublicationId
from newsletter.model.user import UserId
from newsletter.store.engine import Tx
from newsletter.store.schema import queue_filter
from newsletter.store.upsert import upsert_into

MOST = 12
"""Filters of one person in one publication: they stand side by side."""


@dataclass(frozen=True)
class Filter:
    """A name, and the part of the desk's address that it stands for."""

    id: int
    name: str
    query: str


def listing(tx: Tx, publication: PublicationId, user: UserId) -> list[Filter]:
    """The filters of a person, in the order in which they were kept."""
    mine = queue_filter.c.publication_id == publication, queue_filter.c.user_id == user
    rows = tx.execute(select(queue_filter).where(*mine).order_by(queue_filter.c.id))
    return [Filter(row.id, row.name, row.query) for row in rows]


def keep(tx: Tx, publication: PublicationId, user: UserId, name: str, query: str) -> None:
    """Keep a filter; one of the same name is replaced. Raises NewsletterError where there are too many."""
    kept = listing(tx, publication, user)
    if len(kept) >= MOST and name not in {one.name for one in kept}:
        raise NewsletterError(f"There are {MOST} filters already; forget one of them first.", code="too-many")
    values = {"publication_id": publication, "user_id": user, "name": name, "query": query}
    statement = upsert_into(tx, queue_filter).values(values)
    tx.execute(
        statement.on_conflict_do_update(index_elements=["publication_id", "user_id", "name"], set_={"query": query})
    )


def forget(tx: Tx, publication: PublicationId, user: UserId, key: int) -> bool:
    """Remove a filter of this person; false where it is not theirs."""
    mine = queue_filter.c.publication_id == publication, queue_filter.c.user_id == user, queue_filter.c.id == key
    return tx.execute(delete(queue_filter).where(*mine)).rowcount == 1
