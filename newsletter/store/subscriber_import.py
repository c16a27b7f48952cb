"""Many readers at once: a temporary table filled in one go (COPY on PostgreSQL), then two INSERT … SELECT."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    MetaData,
    String,
    Table,
    Text,
    case,
    func,
    insert,
    literal,
    null,
    select,
    text,
    type_coerce,
)

from newsletter.model.publication import PublicationId
from newsletter.model.subscriber import Consent, KnownReader, SubscriberData, address_hash
from newsletter.store.engine import Tx
from newsletter.store.schema import Json, Utc, subscriber, subscription
from newsletter.store.subscribers import skip_waiting
from newsletter.store.upsert import upsert_into

_incoming = Table(
    "incoming_subscriber",
    MetaData(),  # not one of the workspace's tables
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False),  # no index: SQLite would walk all subscribers and look up here
    Column("email_hash", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("tags", Text, nullable=False),
    Column("language", String(35), nullable=False),
    Column("zone", Text, nullable=False),
    Column("fields", Text, nullable=False),
    Column("status", String(16), nullable=False),
    prefixes=["TEMPORARY"],
)
_ONE_IMPORT = 7_061_002
"""The PostgreSQL advisory lock under which chunks of imports take turns; SQLite's writers do anyway."""
_OVERWRITTEN = ("name", "tags", "language", "zone", "fields")


def known(tx: Tx, publication: PublicationId, email_keys: Collection[str]) -> dict[str, KnownReader]:
    """What is stored of addresses, by key, in whichever publication; some ten thousand at once."""
    rows = tx.execute(
        select(
            subscriber.c.email_key,
            subscriber.c.name,
            subscriber.c.tags,
            subscriber.c.language,
            subscriber.c.zone,
            subscriber.c.fields,
            subscription.c.status,
        )
        .outerjoin(
            subscription,
            (subscription.c.subscriber_id == subscriber.c.id) & (subscription.c.publication_id == publication),
        )
        .where(subscriber.c.email_key.in_(email_keys))
    )
    return {
        row.email_key: KnownReader(
            name=row.name,
            tags=tuple(row.tags),
            language=row.language,
            zone=row.zone,
            fields=row.fields,
            consent=None if row.status is None else Consent(row.status),
        )
        for row in rows
    }


def keep(tx: Tx, publication: PublicationId, readers: Sequence[SubscriberData], *, how: str, now: datetime) -> None:
    """Add readers to a publication, or bring them to what is said now; some ten thousand at once, each address once.

    The typed form of a known address stays. Who has unsubscribed stays so, whatever is said here; who unsubscribes
    here loses their waiting copies in the same transaction.
    """
    if not readers:
        return
    if tx.dialect.name == "postgresql":
        tx.execute(select(func.pg_advisory_xact_lock(_ONE_IMPORT)))  # two lists in different orders would deadlock
    else:
        tx.execute(text("PRAGMA cache_size = -65536"))  # KB; in the usual 2 MB a big list's indexes thrash: 2.4 times
    _incoming.create(tx, checkfirst=False)
    _fill(tx, readers)
    _keep_subscribers(tx, now)
    _keep_subscriptions(tx, publication, how, now)
    if any(reader.consent is Consent.UNSUBSCRIBED for reader in readers):
        gone = (
            select(subscriber.c.id)
            .join(_incoming, _incoming.c.email_key == subscriber.c.email_key)
            .where(_incoming.c.status == Consent.UNSUBSCRIBED)
        )
        skip_waiting(tx, publication, gone, now=now)
    _incoming.drop(tx, checkfirst=False)
    if tx.dialect.name == "sqlite":
        tx.execute(text("PRAGMA cache_size = -2000"))


def _fill(tx: Tx, readers: Sequence[SubscriberData]) -> None:
    names = [column.name for column in _incoming.columns]
    rows = (_values(reader) for reader in readers)
    if tx.dialect.name == "sqlite":
        tx.execute(insert(_incoming), [dict(zip(names, row, strict=True)) for row in rows])
        return
    driver: Any = tx.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {_incoming.name} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _values(reader: SubscriberData) -> tuple[str, ...]:
    return (
        reader.email,
        reader.email_key,
        address_hash(reader.email_key),
        reader.name,
        _json(reader.tags) if reader.tags else "[]",
        reader.language,
        reader.zone,
        _json(reader.fields) if reader.fields else "{}",
        reader.consent.value,
    )


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # as the type `Json` writes it


def _keep_subscribers(tx: Tx, now: datetime) -> None:
    kept = select(
        _incoming.c.email,
        _incoming.c.email_key,
        _incoming.c.email_hash,
        _incoming.c.name,
        type_coerce(_incoming.c.tags, Json),
        _incoming.c.language,
        _incoming.c.zone,
        type_coerce(_incoming.c.fields, Json),
        literal(now, Utc),
    ).where(_incoming.c.email_key != "")  # without a WHERE, SQLite takes ON CONFLICT for the ON of a join
    columns = ["email", "email_key", "email_hash", *_OVERWRITTEN, "created_at"]
    statement = upsert_into(tx, subscriber).from_select(columns, kept)
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=["email_key"], set_={name: statement.excluded[name] for name in _OVERWRITTEN}
        )
    )


def _keep_subscriptions(tx: Tx, publication: PublicationId, how: str, now: datetime) -> None:
    said = (
        select(
            literal(publication),
            subscriber.c.id,
            _incoming.c.status,
            literal(how),
            literal(now, Utc),
            case((_incoming.c.status == Consent.CONFIRMED, literal(now, Utc)), else_=null()),
        )
        .join(subscriber, subscriber.c.email_key == _incoming.c.email_key)
        .where(_incoming.c.email_key != "")
    )
    columns = ["publication_id", "subscriber_id", "status", "how", "changed_at", "confirmed_at"]
    statement = upsert_into(tx, subscription).from_select(columns, said)
    new = statement.excluded
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=["publication_id", "subscriber_id"],
            set_={
                "status": new.status,
                "how": new.how,
                "changed_at": new.changed_at,
                "confirmed_at": case(
                    (new.status == Consent.CONFIRMED, new.changed_at), else_=subscription.c.confirmed_at
                ),
            },
            where=(subscription.c.status != new.status) & (subscription.c.status != Consent.UNSUBSCRIBED),
        )
    )
