"""Who is at an issue now, or in one of its blocks. A page says so every few seconds while it is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select

from newsletter.model.issue import BlockId, IssueId
from newsletter.model.publication import PublicationId
from newsletter.model.user import UserId
from newsletter.store.engine import Tx
from newsletter.store.schema import issue, user
from newsletter.store.schema import presence as table
from newsletter.store.upsert import upsert_into

LASTS = timedelta(seconds=45)
"""After which nobody is there any more who has not said so again."""
NO_BLOCK = BlockId(0)


@dataclass(frozen=True, kw_only=True)
class Present:
    """Somebody, where, and since when."""

    issue: int
    """Its number."""
    user: UserId
    who: str
    block: BlockId
    """0: at the issue, in no block."""
    since: datetime


def say(tx: Tx, at: IssueId, who: UserId, block: BlockId, *, now: datetime) -> None:
    """Somebody is here now. Who was gone and comes back is here since now."""
    tx.execute(delete(table).where(table.c.at < now - LASTS))
    row = {"issue_id": at, "user_id": who, "block_id": block, "since": now, "at": now}
    statement = upsert_into(tx, table)
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=["issue_id", "user_id", "block_id"], set_={"at": statement.excluded.at}
        ),
        row,
    )


def leave(tx: Tx, at: IssueId, who: UserId, block: BlockId) -> None:
    """Somebody went."""
    tx.execute(delete(table).where(table.c.issue_id == at, table.c.user_id == who, table.c.block_id == block))


def listing(tx: Tx, publication: PublicationId, now: datetime) -> list[Present]:
    """Who is at the issues of a publication, by issue and block, who came first before the others."""
    return _found(tx, publication, table.c.at >= now - LASTS)


def everybody(tx: Tx, publication: PublicationId) -> list[Present]:
    """The same with those who have not been cleared away yet: for who asks every second, and says so every few."""
    return _found(tx, publication)


def _found(tx: Tx, publication: PublicationId, *which: ColumnElement[bool]) -> list[Present]:
    rows = tx.execute(
        select(issue.c.number, table.c.user_id, user.c.name, table.c.block_id, table.c.since)
        .join(issue, issue.c.id == table.c.issue_id)
        .join(user, user.c.id == table.c.user_id)
        .where(issue.c.publication_id == publication, *which)
        .order_by(issue.c.number, table.c.block_id, table.c.since, table.c.user_id)
    )
    return [
        Present(issue=row.number, user=UserId(row.user_id), who=row.name, block=BlockId(row.block_id), since=row.since)
        for row in rows
    ]
