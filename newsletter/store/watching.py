"""Figures of the whole workspace, for those who watch over it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from newsletter.model.issue import IssueState
from newsletter.store.engine import Tx
from newsletter.store.schema import delivery, issue, schedule

_UNSETTLED = (IssueState.SENDING.value, IssueState.PAUSED.value)


def issues(tx: Tx) -> dict[str, int]:
    """How many issues are in each state; every state is named."""
    found = {
        state: int(count) for state, count in tx.execute(select(issue.c.state, func.count()).group_by(issue.c.state))
    }
    return {state.value: found.get(state.value, 0) for state in IssueState}


def deliveries(tx: Tx) -> dict[tuple[int, str], int]:
    """How many deliveries of each issue that is going out or paused are in each state."""
    rows = tx.execute(
        select(delivery.c.issue_id, delivery.c.state, func.count())
        .where(delivery.c.issue_id.in_(select(issue.c.id).where(issue.c.state.in_(_UNSETTLED))))
        .group_by(delivery.c.issue_id, delivery.c.state)
    )
    return {(number, state): int(count) for number, state, count in rows}


def overdue(tx: Tx, now: datetime) -> float:
    """Seconds since the earliest scheduled issue that has not begun was due; 0 where none is late."""
    first = tx.execute(
        select(func.min(schedule.c.at))
        .join(issue, issue.c.id == schedule.c.issue_id)
        .where(issue.c.state == IssueState.SCHEDULED.value, schedule.c.at < now)
    ).scalar()
    return 0.0 if first is None else max(0.0, (now - first).total_seconds())
