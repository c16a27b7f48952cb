"""Suppressions: addresses that must not be mailed. They outlive the subscriber, as a hash."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import literal, select

from newsletter.model.delivery import DeliveryId
from newsletter.model.subscriber import address_hash
from newsletter.store.engine import Tx
from newsletter.store.schema import delivery, subscriber
from newsletter.store.schema import suppression as table
from newsletter.store.upsert import upsert_into


def add(tx: Tx, email_key: str, why: str, *, now: datetime) -> None:
    """Never mail this address again. An earlier reason stays."""
    tx.execute(
        upsert_into(tx, table)
        .values(email_hash=address_hash(email_key), why=why, at=now)
        .on_conflict_do_nothing(index_elements=["email_hash"])
    )


def add_readers(tx: Tx, deliveries: Sequence[DeliveryId], *, why: str, now: datetime) -> None:
    """Never mail the readers of these deliveries again. Earlier reasons stay; who was erased has one."""
    addresses = (
        select(subscriber.c.email_hash, literal(why), literal(now, table.c.at.type))
        .join(delivery, delivery.c.subscriber_id == subscriber.c.id)
        .where(delivery.c.id.in_(deliveries))
        .distinct()
    )
    tx.execute(
        upsert_into(tx, table)
        .from_select(["email_hash", "why", "at"], addresses, include_defaults=False)
        .on_conflict_do_nothing(index_elements=["email_hash"])
    )


def why(tx: Tx, email_key: str) -> str | None:
    """Why an address must not be mailed, or none."""
    return tx.execute(select(table.c.why).where(table.c.email_hash == address_hash(email_key))).scalar()


def among(tx: Tx, hashes: Collection[str]) -> set[str]:
    """Those of the hashes that are suppressed; up to some ten thousand at once."""
    return set(tx.execute(select(table.c.email_hash).where(table.c.email_hash.in_(hashes))).scalars())
