"""Readers: who said yes to what, and who must not be mailed."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
)

from newsletter.store.schema.columns import Json, Utc, metadata, row_id

subscriber = Table(
    "subscriber",
    metadata,
    row_id(),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False, unique=True),
    Column("email_hash", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False, default=""),
    Column("tags", Json, nullable=False),
    Column("language", String(35), nullable=False, default=""),
    Column("zone", Text, nullable=False, default=""),
    Column("fields", Json, nullable=False),
    Column("created_at", Utc, nullable=False),
    sqlite_autoincrement=True,
)

# A reader's yes to one publication.
subscription = Table(
    "subscription",
    metadata,
    Column("publication_id", ForeignKey("publication.id"), primary_key=True),
    Column("subscriber_id", ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True),
    Column("status", String(16), nullable=False),
    Column("how", String(40), nullable=False),
    Column("changed_at", Utc, nullable=False),
    Column("confirmed_at", Utc),
    Index("ix_subscription_subscriber_id", "subscriber_id"),
)

# An address that must not be mailed, and why. It outlives the subscriber, as a hash.
suppression = Table(
    "suppression",
    metadata,
    Column("email_hash", String(64), primary_key=True),
    Column("why", String(40), nullable=False),
    Column("at", Utc, nullable=False),
)
