"""What is due, and that each local occurrence of a schedule fires once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import exists, func, or_, select, update

from newsletter.model.delivery import DeliveryState
from newsletter.model.issue import IssueId, IssueState, RenditionId
from newsletter.model.publication import PublicationId
from newsletter.model.schedule import Due, ScheduleId
from newsletter.store import audience, issues
from newsletter.store.engine import Tx
from newsletter.store.schema import countdown, delivery, issue, publication, schedule, schedule_run
from newsletter.store.upsert import upsert_into

BY_HAND = timedelta(minutes=10)
"""What a person sends now goes out within this, however strict a newsletter is about what is late."""


def due(tx: Tx, now: datetime) -> list[Due]:
    """The scheduled issues whose time has come, the longest waiting first."""
    rows = tx.execute(
        select(
            schedule.c.id,
            schedule.c.local,
            schedule.c.at,
            schedule.c.zone,
            issue.c.id.label("issue_id"),
            issue.c.number,
            issue.c.publication_id,
            issue.c.rendition_id,
            publication.c.send_late_within,
            countdown.c.until,
        )
        .join(issue, issue.c.id == schedule.c.issue_id)
        .join(publication, publication.c.id == issue.c.publication_id)
        .outerjoin(countdown, countdown.c.issue_id == issue.c.id)
        .where(issue.c.state == IssueState.SCHEDULED.value, schedule.c.at <= now)
        .order_by(schedule.c.at, schedule.c.id)
    )
    return [
        Due(
            schedule=ScheduleId(row.id),
            local=row.local or row.at.isoformat(),
            issue=IssueId(row.issue_id),
            number=row.number,
            publication=PublicationId(row.publication_id),
            rendition=None if row.rendition_id is None else RenditionId(row.rendition_id),
            at=row.at,
            zone=row.zone,
            late_within=max(timedelta(seconds=row.send_late_within), BY_HAND if row.until == row.at else timedelta()),
        )
        for row in rows
    ]


def fire(tx: Tx, one: Due, *, now: datetime, held_why: str | None) -> bool:
    """Start a scheduled issue, or hold it where there is a reason; whether it was this call that did it.

    The run and the new state are kept together or not at all. Everyone who has said yes by `now` is its audience.
    """
    outcome = "sending" if held_why is None else f"held: {held_why}"
    values = {"schedule_id": one.schedule, "local": one.local, "at": now, "outcome": outcome}
    run = upsert_into(tx, schedule_run).values(values).on_conflict_do_nothing().returning(schedule_run.c.schedule_id)
    first = tx.execute(run).first() is not None
    if first and held_why is None:
        return issues.move(
            tx,
            one.issue,
            [IssueState.SCHEDULED],
            IssueState.SENDING,
            {"sending_at": audience.cut_off(tx, one.publication, now), "held_why": None},
        )
    # A run of this occurrence beside an issue that is scheduled still: it never starts a second time by itself.
    why = held_why or "This time has been used already; schedule it again."
    return issues.move(tx, one.issue, [IssueState.SCHEDULED], IssueState.HELD, {"held_why": why})


def to_send(tx: Tx, now: datetime) -> list[IssueId]:
    """The issues in which the sender has something to do now, oldest first.

    That is: a ledger to build, a delivery that is due or was interrupted, or nothing open any more and not yet sent.
    """
    mine = delivery.c.issue_id == issue.c.id
    rows = tx.execute(
        select(issue.c.id)
        .where(
            issue.c.state == IssueState.SENDING.value,
            or_(issue.c.canary_until.is_(None), issue.c.canary_until <= now),
            or_(
                issue.c.frozen_at.is_(None),
                exists().where(mine, delivery.c.state == DeliveryState.ATTEMPTING.value),
                exists().where(mine, delivery.c.state == DeliveryState.QUEUED.value),
                exists().where(mine, delivery.c.state == DeliveryState.DEFERRED.value, delivery.c.due_at <= now),
                ~exists().where(mine, delivery.c.state == DeliveryState.DEFERRED.value),
            ),
        )
        .order_by(issue.c.sending_at, issue.c.id)
    )
    return [IssueId(row.id) for row in rows]


def next_at(tx: Tx, now: datetime) -> datetime | None:
    """The next moment after `now` at which something becomes due, or none."""
    planned = tx.execute(
        select(func.min(schedule.c.at))
        .join(issue, issue.c.id == schedule.c.issue_id)
        .where(issue.c.state == IssueState.SCHEDULED.value, schedule.c.at > now)
    ).scalar()
    deferred = tx.execute(
        select(func.min(delivery.c.due_at))
        .join(issue, issue.c.id == delivery.c.issue_id)
        .where(
            issue.c.state == IssueState.SENDING.value,
            delivery.c.state == DeliveryState.DEFERRED.value,
            delivery.c.due_at > now,
        )
    ).scalar()
    looked_at = tx.execute(
        select(func.min(issue.c.canary_until)).where(
            issue.c.state == IssueState.SENDING.value, issue.c.canary_until > now
        )
    ).scalar()
    return min((at for at in (planned, deferred, looked_at) if at is not None), default=None)


def runs(tx: Tx, wanted: IssueId) -> list[str]:
    """What became of each occurrence of an issue's schedule, in order."""
    rows = tx.execute(
        select(schedule_run.c.outcome)
        .join(schedule, schedule.c.id == schedule_run.c.schedule_id)
        .where(schedule.c.issue_id == wanted)
        .order_by(schedule_run.c.at)
    )
    return [str(row.outcome) for row in rows]


def hold_between(tx: Tx, first: datetime, last: datetime, why: str) -> int:
    """Hold the scheduled issues that are due from the one moment to the other; how many there were."""
    between = select(schedule.c.issue_id).where(schedule.c.at >= first, schedule.c.at <= last)
    held = (
        update(issue)
        .where(issue.c.state == IssueState.SCHEDULED.value, issue.c.id.in_(between))
        .values(state=IssueState.HELD.value, held_why=why)
    )
    return tx.execute(held).rowcount
