"""The cadence of a publication: one rule, and which of its times are taken by issues."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select

from newsletter.model.publication import PublicationId
from newsletter.store.engine import Tx
from newsletter.store.schema import issue, schedule


def get(tx: Tx, publication: PublicationId) -> str | None:
    """The rule, as it was written."""
    rule: str | None = tx.execute(
        select(schedule.c.rule).where(schedule.c.publication_id == publication, schedule.c.rule.is_not(None))
    ).scalar()
    return rule


def put(tx: Tx, publication: PublicationId, rule: str, *, zone: str, now: datetime) -> None:
    """Remember a rule in place of the one before."""
    clear(tx, publication)
    tx.execute(insert(schedule).values(publication_id=publication, rule=rule, zone=zone, created_at=now))


def clear(tx: Tx, publication: PublicationId) -> None:
    """Forget the rule. What is scheduled stays scheduled."""
    tx.execute(delete(schedule).where(schedule.c.publication_id == publication, schedule.c.rule.is_not(None)))


def planned(tx: Tx, publication: PublicationId) -> set[datetime]:
    """The moments for which issues of the publication are scheduled, UTC."""
    rows = tx.execute(
        select(schedule.c.at)
        .join(issue, issue.c.id == schedule.c.issue_id)
        .where(issue.c.publication_id == publication)
    )
    return {row.at for row in rows if row.at is not None}
