"""The first readers of an issue, then a look: it goes on only if few of them went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select, update

from newsletter.model.delivery import DeliveryState
from newsletter.model.issue import IssueId
from newsletter.store.engine import Tx
from newsletter.store.schema import delivery as table
from newsletter.store.schema import issue as issues

_WRONG = (
    DeliveryState.FAILED.value,
    DeliveryState.UNCERTAIN.value,
    DeliveryState.BOUNCED.value,
    DeliveryState.COMPLAINED.value,
)


@dataclass(frozen=True, kw_only=True)
class Canary:
    """Where the first ones of an issue are."""

    size: int
    """How many go first; 0: all, at once."""
    wait: timedelta
    until: datetime | None
    """When they are looked at; none while they go out."""
    tried: int
    wrong: int
    """Failed, uncertain, bounced or complained."""


def of(tx: Tx, issue: IssueId) -> Canary:
    """The canary of an issue, with its counts."""
    row = tx.execute(
        select(issues.c.canary, issues.c.canary_wait, issues.c.canary_until).where(issues.c.id == issue)
    ).one()
    tried = wrong = 0
    if row.canary:
        tried, wrong = tx.execute(
            select(
                func.count(),
                func.coalesce(func.sum(case((table.c.state.in_(_WRONG), 1), else_=0)), 0),
            ).where(table.c.issue_id == issue, table.c.attempts > 0)
        ).one()
    return Canary(
        size=row.canary,
        wait=timedelta(seconds=row.canary_wait),
        until=row.canary_until,
        tried=int(tried),
        wrong=int(wrong),
    )


def rest(tx: Tx, issue: IssueId, until: datetime) -> None:
    """The first ones are out: the others wait for the look."""
    tx.execute(update(issues).where(issues.c.id == issue).values(canary_until=until))


def passed(tx: Tx, issue: IssueId) -> None:
    """The look was taken: all others may go."""
    tx.execute(update(issues).where(issues.c.id == issue).values(canary=0, canary_until=None))
