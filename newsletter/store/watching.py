"""Figures of the whole workspace, for those who watch over it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from newsletter.model.issue import IssueId, IssueState
from newsletter.model.publication import PublicationId
from newsletter.store.engine import Tx
from newsletter.store.schema import alert, delivery, issue, schedule, schedule_run, source, subscription, triage

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


@dataclass(frozen=True, kw_only=True)
class Seen:
    """An issue and what is noteworthy about it."""

    issue: IssueId
    number: int
    publication: PublicationId
    title: str = ""
    state: str = ""
    why: str | None = None
    count: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    local: str = ""
    late: str = ""


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """A scheduled issue and its time (UTC)."""

    schedule: int
    local: str
    issue: IssueId
    number: int
    publication: PublicationId
    at: datetime
    zone: str


def stopped(tx: Tx) -> list[Seen]:
    """The issues that are held, and those that paused by themselves: why is known of each."""
    by_itself = or_(
        issue.c.state == IssueState.HELD.value,
        and_(issue.c.state == IssueState.PAUSED.value, issue.c.held_why.is_not(None)),
    )
    rows = tx.execute(select(issue).where(by_itself).order_by(issue.c.id))
    return [_seen(row, title=row.title, state=row.state, why=row.held_why) for row in rows]


def uncertain(tx: Tx, since: datetime) -> list[Seen]:
    """The issues on their way, or sent since then, in which deliveries are uncertain, with how many."""
    counted = (
        select(delivery.c.issue_id, func.count().label("many"))
        .where(
            delivery.c.state == "uncertain",
            delivery.c.issue_id.in_(
                select(issue.c.id).where(or_(issue.c.state.in_(_UNSETTLED), issue.c.sent_at >= since))
            ),
        )
        .group_by(delivery.c.issue_id)
        .subquery()
    )
    rows = tx.execute(select(issue, counted.c.many).join(counted, counted.c.issue_id == issue.c.id))
    return [_seen(row, count=int(row.many)) for row in rows]


def late(tx: Tx, since: datetime, than: timedelta) -> list[Seen]:
    """The issues that began since then, later than they were due by more than this."""
    rows = tx.execute(
        select(issue, schedule.c.at.label("due"), schedule.c.local, schedule_run.c.at.label("began"))
        .join(schedule, schedule.c.issue_id == issue.c.id)
        .join(
            schedule_run,
            and_(schedule_run.c.schedule_id == schedule.c.id, schedule_run.c.local == schedule.c.local),
        )
        .where(schedule_run.c.outcome == "sending", schedule_run.c.at >= since)
        .order_by(issue.c.id)
    )
    return [
        _seen(row, local=row.local, late=f"{(row.began - row.due).total_seconds() / 60:.0f} minutes")
        for row in rows
        if row.began - row.due > than
    ]


def finished(tx: Tx, since: datetime, *, counted: Collection[IssueId] = ()) -> list[Seen]:
    """The issues that were sent since then, with the counts of their ledgers; without them where `counted` before.

    A ledger of a million rows is counted once.
    """
    found = []
    for row in tx.execute(select(issue).where(issue.c.sent_at >= since, issue.c.state == IssueState.SENT.value)).all():
        if row.id in counted:
            found.append(_seen(row, title=row.title))
            continue
        counts = tx.execute(
            select(delivery.c.state, func.count()).where(delivery.c.issue_id == row.id).group_by(delivery.c.state)
        )
        found.append(_seen(row, title=row.title, counts={state: int(count) for state, count in counts}))
    return found


def scheduled(tx: Tx) -> list[Ahead]:
    """The issues that are scheduled, the next one first."""
    rows = tx.execute(
        select(
            schedule.c.id,
            schedule.c.local,
            schedule.c.at,
            schedule.c.zone,
            issue.c.id.label("issue_id"),
            issue.c.number,
            issue.c.publication_id,
        )
        .join(issue, issue.c.id == schedule.c.issue_id)
        .where(issue.c.state == IssueState.SCHEDULED.value, schedule.c.at.is_not(None))
        .order_by(schedule.c.at)
    )
    return [
        Ahead(
            schedule=row.id,
            local=row.local or row.at.isoformat(),
            issue=IssueId(row.issue_id),
            number=row.number,
            publication=PublicationId(row.publication_id),
            at=row.at,
            zone=row.zone,
        )
        for row in rows
    ]


@dataclass(frozen=True, kw_only=True)
class Begun:
    """An issue that began to go out, and under what its schedule was looked at; none where a person sent it."""

    issue: IssueId
    number: int
    publication: PublicationId
    at: datetime
    schedule: int | None
    local: str | None


def begun(tx: Tx, since: datetime) -> list[Begun]:
    """The issues that began to go out since then, the first one first."""
    out = (*_UNSETTLED, IssueState.SENT.value)
    rows = tx.execute(
        select(issue, schedule.c.id.label("schedule"), schedule.c.local)
        .outerjoin(schedule, schedule.c.issue_id == issue.c.id)
        .where(issue.c.state.in_(out), issue.c.sending_at >= since)
        .order_by(issue.c.sending_at, issue.c.id)
    )
    return [
        Begun(
            issue=IssueId(row.id),
            number=row.number,
            publication=PublicationId(row.publication_id),
            at=row.sending_at,
            schedule=row.schedule,
            local=row.local,
        )
        for row in rows
    ]


def _seen(row: Any, **more: Any) -> Seen:
    return Seen(issue=IssueId(row.id), number=row.number, publication=PublicationId(row.publication_id), **more)


# ---------------------------------------------------------------- figures


def open_alerts(tx: Tx) -> dict[str, int]:
    """How many conditions of each kind need a person now."""
    return _grouped(tx, select(alert.c.kind, func.count()).where(alert.c.ended_at.is_(None)).group_by(alert.c.kind))


def untold(tx: Tx) -> int:
    """How many alerts wait for a way out."""
    return int(tx.execute(select(func.count()).select_from(alert).where(alert.c.next_at.is_not(None))).scalar_one())


def sources(tx: Tx) -> dict[str, int]:
    """How many sources had which status when they were last asked."""
    asked = select(source.c.status, func.count()).where(source.c.active.is_(True)).group_by(source.c.status)
    return _grouped(tx, asked)


def readers(tx: Tx) -> dict[str, int]:
    """How many subscriptions there are of each consent, in all publications."""
    return _grouped(tx, select(subscription.c.status, func.count()).group_by(subscription.c.status))


def queue(tx: Tx) -> int:
    """How many items nobody has decided about, in all publications."""
    return int(tx.execute(select(func.count()).select_from(triage).where(triage.c.state == "new")).scalar_one())


def _grouped(tx: Tx, query: Select[Any]) -> dict[str, int]:
    return {str(name): int(count) for name, count in sorted(tuple(row) for row in tx.execute(query))}
