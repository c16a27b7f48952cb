"""Failed sign-ins of the last minutes, so that a restart forgives nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select

from newsletter.store.engine import Tx
from newsletter.store.schema import failed_attempt as table


def add(tx: Tx, keys: Sequence[str], now: datetime, *, forget_before: datetime) -> None:
    """Count one under each key; what is older than anybody asks for goes."""
    tx.execute(delete(table).where(table.c.at < forget_before))
    tx.execute(insert(table), [{"key": key, "at": now} for key in keys])


def nth_latest(tx: Tx, key: str, since: datetime, nth: int) -> datetime | None:
    """When the `nth` failure before now happened (1: the latest), of those after `since`."""
    query = select(table.c.at).where(table.c.key == key, table.c.at > since)
    at: datetime | None = tx.execute(query.order_by(table.c.at.desc()).offset(nth - 1).limit(1)).scalar()
    return at


def forget(tx: Tx, keys: Sequence[str]) -> None:
    """The right password was given."""
    tx.execute(delete(table).where(table.c.key.in_(keys)))
