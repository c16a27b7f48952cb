"""Alerts: each condition is told once for as long as it stays so, also after a restart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update

from newsletter.model.alert import Alert, AlertId, Condition
from newsletter.model.publication import PublicationId
from newsletter.store.engine import Tx
from newsletter.store.schema import alert, look
from newsletter.store.upsert import upsert_into


def differs(tx: Tx, seen: Sequence[Condition]) -> bool:
    """Whether what is seen now is not what is open: something to raise, or to end."""
    return {one.key for one in seen} != set(open_keys(tx))


def keep(tx: Tx, seen: Sequence[Condition], *, to_tell: bool, now: datetime) -> list[Condition]:
    """Raise what is new among the conditions of this moment, and end what is so no longer; what is new.

    Without `to_tell` nobody is waiting for it: it is only kept.
    """
    open_ = open_keys(tx)
    current = {one.key: one for one in seen}
    if ended := [key for key in open_ if key not in current]:
        tx.execute(update(alert).where(alert.c.key.in_(ended), alert.c.ended_at.is_(None)).values(ended_at=now))
    fresh: list[Condition] = []
    for key, one in current.items():
        if key in open_:
            continue
        before = tx.execute(select(func.max(alert.c.round)).where(alert.c.key == key)).scalar() or 0
        row: dict[str, Any] = {
            "key": key,
            "round": before + 1,
            "kind": one.kind,
            "publication_id": one.publication,
            "issue": one.issue,
            "subject": one.subject,
            "text": one.text,
            "raised_at": now,
            "told": [],
            "tries": 0,
            "next_at": now if to_tell else None,
        }
        raised = upsert_into(tx, alert).values(row).on_conflict_do_nothing().returning(alert.c.id)
        if tx.execute(raised).first() is not None:
            fresh.append(one)
    return fresh


def open_keys(tx: Tx) -> list[str]:
    """The keys of the conditions that were so when we last looked."""
    return list(tx.execute(select(alert.c.key).where(alert.c.ended_at.is_(None))).scalars())


def due(tx: Tx, now: datetime, *, limit: int) -> list[Alert]:
    """Those that are to be told now, the oldest first."""
    wanted = select(alert).where(alert.c.next_at <= now).order_by(alert.c.id).limit(limit)
    return [_alert(row) for row in tx.execute(wanted)]


def take(tx: Tx, one: Alert, until: datetime) -> bool:
    """Take an alert to tell it; whether nobody else did. Given up half-way, it is due again at `until`."""
    mine = update(alert).where(alert.c.id == one.id, alert.c.next_at == one.next_at).values(next_at=until)
    return bool(tx.execute(mine).rowcount == 1)


def told(
    tx: Tx, wanted: AlertId, ways: Sequence[str], *, next_at: datetime | None, error: str | None = None, tries: int
) -> None:
    """Keep by which ways it was told so far, and when the others are tried again."""
    values = {"told": list(ways), "next_at": next_at, "error": error, "tries": tries}
    tx.execute(update(alert).where(alert.c.id == wanted).values(values))


def listing(tx: Tx, *, limit: int, only_open: bool = False) -> list[Alert]:
    """The latest alerts, the newest first."""
    wanted = select(alert).order_by(alert.c.id.desc()).limit(limit)
    if only_open:
        wanted = wanted.where(or_(alert.c.ended_at.is_(None), alert.c.next_at.is_not(None)))
    return [_alert(row) for row in tx.execute(wanted)]


def _alert(row: Any) -> Alert:
    return Alert(
        id=AlertId(row.id),
        kind=row.kind,
        publication=None if row.publication_id is None else PublicationId(row.publication_id),
        issue=row.issue,
        subject=row.subject,
        text=row.text,
        raised_at=row.raised_at,
        ended_at=row.ended_at,
        told=tuple(row.told),
        tries=row.tries,
        next_at=row.next_at,
        error=row.error,
    )


# ---------------------------------------------------------------- looks ahead, and at a start

START = "start"
"""The look at an issue when it has begun; `of_issue` stands in the place of its schedule, which may be gone."""


def of_issue(issue: int) -> int:
    """A number that no schedule has."""
    return -issue


def looked(tx: Tx, schedule: int, local: str, ahead: str) -> bool:
    """Whether an occurrence was looked at, a day or an hour ahead."""
    found = select(look.c.at).where(look.c.schedule_id == schedule, look.c.local == local, look.c.ahead == ahead)
    return tx.execute(found).first() is not None


def keep_look(tx: Tx, schedule: int, local: str, ahead: str, wrong: Sequence[str], now: datetime) -> None:
    """Keep what was found wrong, once."""
    row = {"schedule_id": schedule, "local": local, "ahead": ahead, "at": now, "wrong": list(wrong)}
    tx.execute(upsert_into(tx, look).values(row).on_conflict_do_nothing())


def wrong_of(tx: Tx, schedule: int, local: str) -> list[tuple[str, list[str]]]:
    """What the looks at an occurrence found: how far ahead, and what was wrong."""
    rows = tx.execute(select(look.c.ahead, look.c.wrong).where(look.c.schedule_id == schedule, look.c.local == local))
    return [(row.ahead, list(row.wrong)) for row in rows if row.wrong]
