"""The ledger: one row for each reader of an issue. Every move of a row is one conditional UPDATE.

The same statements serve SQLite and PostgreSQL; where two senders could meet, PostgreSQL skips locked rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Select,
    exists,
    func,
    select,
    update,
)

from newsletter.errors import NotFound
from newsletter.model.delivery import Delivery, DeliveryId, DeliveryState, Tally
from newsletter.model.issue import IssueId, IssueState, RenditionId
from newsletter.model.publication import PublicationId
from newsletter.model.splice import MessageIds
from newsletter.model.subscriber import SubscriberId
from newsletter.store import suppressions
from newsletter.store.engine import Tx
from newsletter.store.moves import CLAIM, CLOSE, SKIP, when_due
from newsletter.store.schema import delivery as table
from newsletter.store.schema import issue as issues

_OPEN = (DeliveryState.QUEUED.value, DeliveryState.ATTEMPTING.value, DeliveryState.DEFERRED.value)


@dataclass(frozen=True, kw_only=True)
class Sending:
    """What a sender must know of an issue."""

    issue: IssueId
    publication: PublicationId
    number: int
    state: IssueState
    rendition: RenditionId | None
    cut_off: datetime | None
    frozen_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A row that is ours to send now."""

    id: DeliveryId
    subscriber: SubscriberId
    email: str
    name: str
    attempt: int
    message_id: str


@dataclass(frozen=True, kw_only=True)
class Closed:
    """What became of one attempt."""

    id: DeliveryId
    attempt: int
    state: DeliveryState
    """`queued` means: back to where it was, because nothing had been written."""
    code: int | None = None
    reply: str | None = None
    due_at: datetime | None = None
    """When a deferred one may be tried again."""
    gone: bool = False
    """The server says that there is no such address: it is suppressed in the same transaction."""


def sending(tx: Tx, issue: IssueId) -> Sending:
    """The issue as a sender sees it. Raises NotFound."""
    row = tx.execute(
        select(
            issues.c.id,
            issues.c.publication_id,
            issues.c.number,
            issues.c.state,
            issues.c.rendition_id,
            issues.c.sending_at,
            issues.c.frozen_at,
        ).where(issues.c.id == issue)
    ).first()
    if row is None:
        raise NotFound(f"The issue with the id {issue} is gone.")
    return Sending(
        issue=issue,
        publication=PublicationId(row.publication_id),
        number=row.number,
        state=IssueState(row.state),
        rendition=RenditionId(row.rendition_id) if row.rendition_id else None,
        cut_off=row.sending_at,
        frozen_at=row.frozen_at,
    )


# ---------------------------------------------------------------- one attempt


def due_ids(tx: Tx, issue: IssueId, *, limit: int, now: datetime) -> list[DeliveryId]:
    """Some of the rows that are due, as candidates for `claim`: queued ones first, then deferred ones."""
    found: list[DeliveryId] = []
    for state in (DeliveryState.QUEUED, DeliveryState.DEFERRED):
        if len(found) < limit:
            query = (
                select(table.c.id)
                .where(table.c.issue_id == issue, table.c.state == state.value, *when_due(state, now))
                .order_by(table.c.due_at)
                .limit(limit - len(found))
            )
            found += tx.execute(query).scalars()
    return found


_AT_ONCE = 100
"""Rows named in one statement: each count is a statement of its own."""


def claim(
    tx: Tx, issue: IssueId, candidates: Sequence[DeliveryId], *, owner: str, names: MessageIds, now: datetime
) -> list[Claimed]:
    """Take those of these rows that are still due, if the issue is still *sending*: they become *attempting*.

    Those whose readers have unsubscribed, are suppressed or erased meanwhile become *skipped*, with why. Commit before
    anything is handed over.
    """
    if not candidates:
        return []
    which = {"moment": now, "issue": issue}
    ours = which | {"worker": owner, "before": names.before, "after": names.after}
    taken = [
        Claimed(
            id=DeliveryId(id_),
            subscriber=SubscriberId(subscriber_id),
            email=email,
            name=name,
            attempt=attempts,
            message_id=message_id,
        )
        for id_, subscriber_id, email, name, attempts, message_id in CLAIM.run(tx, candidates, ours)
    ]
    if len(taken) < len(candidates):
        SKIP.run(tx, candidates, which)
    return taken


def pass_over(tx: Tx, issue: IssueId, rows: Sequence[DeliveryId], *, now: datetime) -> None:
    """Skip those of these rows whose readers may not be mailed any more, with why."""
    for start in range(0, len(rows), _AT_ONCE):
        SKIP.run(tx, rows[start : start + _AT_ONCE], {"moment": now, "issue": issue})


def record(tx: Tx, closed: Sequence[Closed], *, now: datetime) -> None:
    """Close attempts. A late answer still closes its row, also an uncertain one, if the attempt number matches.

    Who would be tried again, of an issue that was cancelled meanwhile, is skipped.
    """
    if closed:
        CLOSE.run_many(
            tx,
            [
                {
                    "which": one.id,
                    "attempt": one.attempt,
                    "to": None if one.state is DeliveryState.QUEUED else one.state.value,
                    "code": one.code,
                    "reply": one.reply,
                    "due": one.due_at,
                }
                for one in closed
            ],
            {"moment": now},
        )
    if gone := [one.id for one in closed if one.gone]:
        suppressions.add_readers(tx, gone, why="no such address", now=now)
    if again := [one.id for one in closed if one.state in (DeliveryState.QUEUED, DeliveryState.DEFERRED)]:
        tx.execute(
            update(table)
            .where(
                table.c.id.in_(again),
                table.c.state.in_([DeliveryState.QUEUED.value, DeliveryState.DEFERRED.value]),
                exists().where(issues.c.id == table.c.issue_id, issues.c.state == IssueState.CANCELLED.value),
            )
            .values(state=DeliveryState.SKIPPED.value, why="cancelled", at=now)
        )


# ---------------------------------------------------------------- what is left open


def owners(tx: Tx) -> list[str]:
    """The workers that hold rows in *attempting*."""
    query = (
        select(table.c.owner)
        .where(table.c.issue_id.in_(select(issues.c.id)), table.c.state == DeliveryState.ATTEMPTING.value)
        .distinct()
    )
    return [owner or "" for owner in tx.execute(query).scalars()]


def doubt(tx: Tx, owner: str, *, now: datetime, issue: IssueId | None = None) -> int:
    """Turn the *attempting* rows of a worker that is gone *uncertain*, of all issues or one; how many."""
    of_issue = table.c.issue_id.in_(select(issues.c.id)) if issue is None else table.c.issue_id == issue
    result = tx.execute(
        update(table)
        .where(
            of_issue,  # all issues are named, so that the index on issue and state finds them
            table.c.state == DeliveryState.ATTEMPTING.value,
            func.coalesce(table.c.owner, "") == owner,
        )
        .values(
            state=DeliveryState.UNCERTAIN.value,
            reply="The sender stopped before it knew the answer.",
            owner=None,
            at=now,
        )
    )
    return int(result.rowcount)


def finish(tx: Tx, issue: IssueId, *, now: datetime) -> bool:
    """Mark the issue *sent* if none is queued, attempting or deferred and the ledger is complete; whether it is so."""
    result = tx.execute(
        update(issues)
        .where(
            issues.c.id == issue,
            issues.c.state == IssueState.SENDING.value,
            issues.c.frozen_at.is_not(None),
            ~exists().where(table.c.issue_id == issue, table.c.state.in_(_OPEN)),
        )
        .values(state=IssueState.SENT.value, sent_at=now)
    )
    return bool(result.rowcount == 1)


def skip_rest(tx: Tx, issue: IssueId, *, why: str, now: datetime) -> int:
    """Skip what is queued or deferred, when an issue is cancelled; how many."""
    result = tx.execute(
        update(table)
        .where(
            table.c.issue_id == issue,
            table.c.state.in_([DeliveryState.QUEUED.value, DeliveryState.DEFERRED.value]),
        )
        .values(state=DeliveryState.SKIPPED.value, why=why, at=now)
    )
    return int(result.rowcount)


# ---------------------------------------------------------------- for people


def tally(tx: Tx, issue: IssueId) -> Tally:
    """How many deliveries are in each state; the audience is their sum."""
    counts = {
        row.state: row.n
        for row in tx.execute(
            select(table.c.state, func.count().label("n")).where(table.c.issue_id == issue).group_by(table.c.state)
        )
    }
    return Tally(audience=sum(counts.values()), **{str(state): counts.get(state.value, 0) for state in DeliveryState})


def listing(
    tx: Tx, issue: IssueId, state: DeliveryState | None = None, *, after: int = 0, limit: int | None = None
) -> list[Delivery]:
    """Rows of the ledger in the order of their ids, those behind `after`, of one state or all."""
    query: Select[Any] = (
        select(table).where(table.c.issue_id == issue, table.c.id > after).order_by(table.c.id).limit(limit)
    )
    if state is not None:
        query = query.where(table.c.state == state.value)
    return [
        Delivery(
            id=DeliveryId(row.id),
            issue=issue,
            subscriber=SubscriberId(row.subscriber_id),
            rendition=RenditionId(row.rendition_id),
            email=row.email,
            name=row.name,
            state=DeliveryState(row.state),
            attempts=row.attempts,
            owner=row.owner,
            due_at=row.due_at,
            code=row.code,
            reply=row.reply,
            message_id=row.message_id,
            at=row.at,
            why=row.why,
        )
        for row in tx.execute(query)
    ]
