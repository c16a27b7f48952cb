"""Tries at the doors in the last minutes, so that a restart forgives nobody.

A try is counted before it is looked at, and forgiven when it was right: many at once cannot all pass before the first
of them is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select

from newsletter.store.engine import Tx
from newsletter.store.schema import failed_attempt as table
from newsletter.store.turns import Turn, wait_for


def take_turn(tx: Tx) -> None:
    """What is looked at and counted after this in the same transaction, nobody else counts meanwhile."""
    wait_for(tx, Turn.ATTEMPTS)


def add(tx: Tx, keys: Sequence[str], now: datetime, *, forget_before: datetime) -> list[int]:
    """Count one under each key, and the numbers of these; what is older than anybody asks for goes."""
    tx.execute(delete(table).where(table.c.at < forget_before))
    return list(tx.execute(insert(table).returning(table.c.id), [{"key": key, "at": now} for key in keys]).scalars())


def nth_latest(tx: Tx, key: str, since: datetime, nth: int) -> datetime | None:
    """When the `nth` failure before now happened (1: the latest), of those after `since`."""
    query = select(table.c.at).where(table.c.key == key, table.c.at > since)
    at: datetime | None = tx.execute(query.order_by(table.c.at.desc()).offset(nth - 1).limit(1)).scalar()
    return at


def forgive(tx: Tx, rows: Sequence[int]) -> None:
    """These were right."""
    tx.execute(delete(table).where(table.c.id.in_(rows)))


def forget(tx: Tx, keys: Sequence[str]) -> None:
    """The right password was given."""
    tx.execute(delete(table).where(table.c.key.in_(keys)))
