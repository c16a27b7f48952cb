"""Who is next: rows of the ledger that are due, read ahead of their claim with all that their message needs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, null, select, update

from newsletter.model.delivery import DeliveryId, DeliveryState
from newsletter.model.issue import IssueId
from newsletter.model.personal import Facts
from newsletter.model.subscriber import SubscriberId
from newsletter.store import subscribers
from newsletter.store.deliveries import pass_over
from newsletter.store.engine import Tx
from newsletter.store.moves import SAID_YES, SUPPRESSED, when_due
from newsletter.store.schema import delivery as table


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A row that is due, and not ours before `deliveries.claim` says so."""

    id: DeliveryId
    subscriber: SubscriberId
    email: str
    name: str
    facts: Facts | None = None
    """What is known of the reader, where it was asked for."""


def candidates(
    tx: Tx, issue: IssueId, *, limit: int, now: datetime, but: Collection[DeliveryId] = (), with_facts: bool = False
) -> tuple[list[Candidate], int]:
    """Up to so many rows that are due, queued ones before deferred ones, without those named by `but`.

    Those whose readers have unsubscribed, are suppressed or erased meanwhile become *skipped*: how many.
    """
    found: list[Candidate] = []
    skipped: list[DeliveryId] = []
    for state in (DeliveryState.QUEUED, DeliveryState.DEFERRED):
        if len(found) + len(skipped) >= limit:
            break
        query = (
            select(
                table.c.id,
                table.c.subscriber_id,
                table.c.email,
                table.c.name,
                and_(SAID_YES, ~SUPPRESSED).label("may"),
            )
            .where(table.c.issue_id == issue, table.c.state == state.value, *when_due(state, now))
            .order_by(table.c.due_at)
            .limit(limit - len(found) - len(skipped) + len(but))
        )
        for row in tx.execute(query, {"issue": issue}):
            if row.id in but:
                continue
            if row.may:
                found.append(
                    Candidate(
                        id=DeliveryId(row.id),
                        subscriber=SubscriberId(row.subscriber_id),
                        email=row.email,
                        name=row.name,
                    )
                )
            else:
                skipped.append(DeliveryId(row.id))
    pass_over(tx, issue, skipped, now=now)
    if with_facts and found:
        known = subscribers.facts(tx, [one.subscriber for one in found])
        found = [
            Candidate(
                id=one.id, subscriber=one.subscriber, email=one.email, name=one.name, facts=known.get(one.subscriber)
            )
            for one in found
        ]
    return found, len(skipped)


def give_back(tx: Tx, rows: Sequence[DeliveryId], owner: str) -> None:
    """Undo a claim of this worker whose commit was not heard of: nothing was handed over for these rows.

    PostgreSQL may still be at that commit: it is waited for, else its claim would be seen by nobody and stand for good.
    """
    if not rows:
        return
    tx.execute(select(table.c.id).where(table.c.id.in_(rows)).order_by(table.c.id).with_for_update()).all()
    tx.execute(
        update(table)
        .where(table.c.id.in_(rows), table.c.state == DeliveryState.ATTEMPTING.value, table.c.owner == owner)
        .values(state=func.coalesce(table.c.was, DeliveryState.QUEUED.value), owner=null())
    )
