"""Issues on their way that cannot go on, because no mail server takes anything: since when, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, cast, literal, select

from newsletter.model.issue import IssueId, IssueState
from newsletter.model.publication import PublicationId
from newsletter.store import marks
from newsletter.store.engine import Tx
from newsletter.store.schema import issue, mark

_NAME = "stalled-"


@dataclass(frozen=True, kw_only=True)
class Stall:
    """One that stands still."""

    issue: IssueId
    number: int
    publication: PublicationId
    title: str
    since: datetime
    """UTC."""
    why: str


def keep(tx: Tx, stalled: IssueId, why: str, *, now: datetime) -> None:
    """It stands still; since when stays what it was."""
    known = marks.get(tx, f"{_NAME}{stalled}")
    marks.put(tx, f"{_NAME}{stalled}", now if known is None else known.at, why)


def end(tx: Tx, stalled: IssueId) -> None:
    """It goes on, or is over."""
    marks.drop(tx, f"{_NAME}{stalled}")


def listing(tx: Tx, before: datetime) -> list[Stall]:
    """Those that have stood still since before a moment, and are neither paused nor over."""
    named = literal(_NAME) + cast(issue.c.id, String)
    rows = tx.execute(
        select(issue.c.id, issue.c.number, issue.c.publication_id, issue.c.title, mark.c.at, mark.c.text)
        .join(mark, mark.c.name == named)
        .where(issue.c.state == IssueState.SENDING.value, mark.c.at <= before)
        .order_by(issue.c.id)
    )
    return [
        Stall(
            issue=IssueId(row.id),
            number=row.number,
            publication=PublicationId(row.publication_id),
            title=row.title,
            since=row.at,
            why=row.text,
        )
        for row in rows
    ]
