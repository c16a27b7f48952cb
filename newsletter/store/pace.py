"""How fast an issue goes out: deliveries that were settled, by the minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from newsletter.model.delivery import DeliveryState
from newsletter.model.issue import IssueId
from newsletter.store.engine import Tx
from newsletter.store.schema import delivery as table

_SETTLED = tuple(
    state.value
    for state in DeliveryState
    if state not in (DeliveryState.QUEUED, DeliveryState.ATTEMPTING, DeliveryState.SKIPPED)
)


def by_minute(tx: Tx, issue: IssueId, *, since: datetime) -> dict[datetime, int]:
    """How many were sent in each minute since then, which is in the past or the minute that runs."""
    if tx.dialect.name == "sqlite":
        minute = func.strftime("%Y-%m-%d %H:%M", table.c.at)
    else:
        minute = func.to_char(func.timezone("UTC", table.c.at), "YYYY-MM-DD HH24:MI")
    rows = tx.execute(
        select(minute.label("minute"), func.count().label("n"))
        .where(table.c.issue_id == issue, table.c.state == DeliveryState.SENT.value, table.c.at >= since)
        .group_by(minute)
    )
    return {datetime.strptime(row.minute, "%Y-%m-%d %H:%M").replace(tzinfo=UTC): row.n for row in rows}


def moving_since(tx: Tx, issue: IssueId, since: datetime) -> tuple[int, datetime] | None:
    """How many were settled in the latest stretch without a rest longer than `REST`, and when the first of them was.

    None where nothing was settled since then.
    """
    if tx.dialect.name == "sqlite":
        second = func.strftime("%Y-%m-%d %H:%M:%S", table.c.at)
    else:
        second = func.to_char(func.timezone("UTC", table.c.at), "YYYY-MM-DD HH24:MI:SS")
    rows = tx.execute(
        select(second.label("second"), func.count().label("n"))
        .where(table.c.issue_id == issue, table.c.state.in_(_SETTLED), table.c.at >= since)
        .group_by(second)
        .order_by(second.desc())
    )
    count, first = 0, None
    for row in rows:
        at = datetime.strptime(row.second, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        if first is not None and first - at > REST:
            break
        count, first = count + row.n, at
    return (count, max(first, since)) if first is not None else None


def next_try(tx: Tx, issue: IssueId) -> datetime | None:
    """When the first of those that a server put off is tried again."""
    query = select(func.min(table.c.due_at)).where(
        table.c.issue_id == issue, table.c.state == DeliveryState.DEFERRED.value
    )
    found: datetime | None = tx.execute(query).scalar()
    return found


SPAN = timedelta(minutes=1)
"""Over which the rate is taken."""

REST = timedelta(seconds=20)
"""Nothing for longer than this: it was paused, or a limit held it back."""
