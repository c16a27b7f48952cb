"""The cadence of a publication: one rule, and which of its times are taken by issues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select

from newsletter.model.publication import PublicationId
from newsletter.store.engine import Tx
from newsletter.store.schema import holiday, issue, schedule


@dataclass(frozen=True)
class Holiday:
    """A day on which a publication does not come out by its cadence."""

    day: date
    name: str = ""
    moves: bool = False
    """Whether it comes on the day before; else it is left out."""


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


def began_since(tx: Tx, publication: PublicationId, moment: datetime) -> bool:
    """Whether an issue of the publication began to go out since then, by hand or by schedule."""
    began = select(issue.c.id).where(issue.c.publication_id == publication, issue.c.sending_at >= moment)
    return tx.execute(began.limit(1)).first() is not None


def holidays(tx: Tx, publication: PublicationId) -> dict[date, bool]:
    """The days on which it does not come out; true: it comes the day before."""
    rows = tx.execute(select(holiday.c.day, holiday.c.moves).where(holiday.c.publication_id == publication))
    return {row.day: row.moves for row in rows}


def named_holidays(tx: Tx, publication: PublicationId) -> list[Holiday]:
    """The same with their names, by date."""
    rows = tx.execute(select(holiday).where(holiday.c.publication_id == publication).order_by(holiday.c.day))
    return [Holiday(row.day, row.name, row.moves) for row in rows]


def put_holidays(tx: Tx, publication: PublicationId, days: Sequence[Holiday]) -> None:
    """Keep these days, in place of what was said of them before."""
    drop_holidays(tx, publication, [one.day for one in days])
    if days:
        rows = {one.day: {"day": one.day, "name": one.name, "moves": one.moves} for one in days}
        tx.execute(insert(holiday), [{"publication_id": publication, **row} for row in rows.values()])


def drop_holidays(tx: Tx, publication: PublicationId, days: Sequence[date] | None = None) -> int:
    """Forget these days, or all; how many were known."""
    found = delete(holiday).where(holiday.c.publication_id == publication)
    return tx.execute(found if days is None else found.where(holiday.c.day.in_(days))).rowcount
