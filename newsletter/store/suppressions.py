"""Suppressions: addresses that must not be mailed. They outlive the subscriber, as a hash."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from newsletter.model.subscriber import address_hash
from newsletter.store.engine import Tx
from newsletter.store.schema import suppression as table
from newsletter.store.upsert import upsert_into


def add(tx: Tx, email_key: str, why: str, *, now: datetime) -> None:
    """Never mail this address again. An earlier reason stays."""
    tx.execute(
        upsert_into(tx, table)
        .values(email_hash=address_hash(email_key), why=why, at=now)
        .on_conflict_do_nothing(index_elements=["email_hash"])
    )


def why(tx: Tx, email_key: str) -> str | None:
    """Why an address must not be mailed, or none."""
    return tx.execute(select(table.c.why).where(table.c.email_hash == address_hash(email_key))).scalar()


def among(tx: Tx, hashes: Collection[str]) -> set[str]:
    """Those of the hashes that are suppressed; up to some ten thousand at once."""
    return set(tx.execute(select(table.c.email_hash).where(table.c.email_hash.in_(hashes))).scalars())
