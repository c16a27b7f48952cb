"""One after another, where two at once would each see the count of before: SQLite's writers take turns anyway."""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import func, select

from newsletter.store.engine import Tx


class Turn(IntEnum):
    """What is done by one at a time; the numbers are keys of PostgreSQL's advisory locks."""

    ATTEMPTS = 7_061_003
    REFUSALS = 7_061_004
    NAMES = 7_061_005


def wait_for(tx: Tx, turn: Turn) -> None:
    """Wait until nobody else does this, and keep them waiting until this transaction ends."""
    if tx.dialect.name == "postgresql":
        tx.execute(select(func.pg_advisory_xact_lock(int(turn))))
