"""The uncertain rows of the ledger: a person decides what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update

from newsletter.model.delivery import DeliveryId, DeliveryState
from newsletter.model.issue import IssueId
from newsletter.store.engine import Tx
from newsletter.store.schema import delivery as table

CHUNK = 500
"""Ids named in one statement; databases limit how many there may be."""


def uncertain(tx: Tx, issue: IssueId, ids: Sequence[DeliveryId]) -> set[DeliveryId]:
    """Which of these are uncertain deliveries of the issue."""
    found: set[DeliveryId] = set()
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        found |= set(tx.execute(select(table.c.id).where(*_uncertain(issue), table.c.id.in_(chunk))).scalars())
    return found


def resend(tx: Tx, issue: IssueId, ids: Sequence[DeliveryId] | None, *, now: datetime) -> int:
    """Put these uncertain deliveries, or all of the issue, back into the queue; how many."""
    return _decide(tx, issue, ids, {"state": DeliveryState.QUEUED.value, "due_at": now, "at": now})


def assume_sent(tx: Tx, issue: IssueId, ids: Sequence[DeliveryId] | None, *, now: datetime) -> int:
    """Count these uncertain deliveries, or all of the issue, as sent; how many."""
    why = "assumed"
    return _decide(tx, issue, ids, {"state": DeliveryState.SENT.value, "why": why, "at": now})


def _uncertain(issue: IssueId) -> tuple[ColumnElement[bool], ...]:
    return (table.c.issue_id == issue, table.c.state == DeliveryState.UNCERTAIN.value)


def _decide(tx: Tx, issue: IssueId, ids: Sequence[DeliveryId] | None, values: dict[str, Any]) -> int:
    if ids is None:
        return int(tx.execute(update(table).where(*_uncertain(issue)).values(values)).rowcount)
    return sum(
        int(
            tx.execute(
                update(table).where(*_uncertain(issue), table.c.id.in_(ids[start : start + CHUNK])).values(values)
            ).rowcount
        )
        for start in range(0, len(ids), CHUNK)
    )


def count(tx: Tx, issue: IssueId) -> int:
    """How many deliveries of an issue are uncertain."""
    return int(tx.execute(select(func.count()).select_from(table).where(*_uncertain(issue))).scalar() or 0)
