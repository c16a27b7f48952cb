"""Sending: the ledger, what is due when, and what the servers took."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from newsletter.store.schema.columns import Utc, metadata, of_publication, row_id

# The ledger: one rendition to one reader. No foreign key to the subscriber: a row outlives the reader's erasure.
delivery = Table(
    "delivery",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("issue_id", ForeignKey("issue.id"), nullable=False),
    Column("subscriber_id", Integer, nullable=False),
    Column("rendition_id", ForeignKey("rendition.id"), nullable=False),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False, default=""),
    Column("state", String(16), nullable=False),
    Column("was", String(16)),  # while attempting: queued or deferred, to go back to
    Column("attempts", Integer, nullable=False, default=0),
    Column("owner", String(40)),
    Column("due_at", Utc, nullable=False),
    Column("code", Integer),
    Column("reply", Text),
    Column("message_id", Text),
    Column("why", String(40)),
    Column("at", Utc, nullable=False),
    UniqueConstraint("issue_id", "subscriber_id"),
    Index("ix_delivery_due", "issue_id", "state", "due_at"),
    CheckConstraint(
        "state in ('queued','attempting','sent','deferred','failed','uncertain','skipped','bounced','complained')",
        name="state",
    ),
)

# When an issue goes out: once (issue_id), or a cadence (rule).
schedule = Table(
    "schedule",
    metadata,
    row_id(),
    of_publication(index=True),
    Column("issue_id", ForeignKey("issue.id", ondelete="CASCADE"), unique=True),
    Column("rule", Text),
    Column("at", Utc),
    Column("local", String(40)),
    Column("zone", Text, nullable=False),
    Column("segment", Text),
    Column("created_at", Utc, nullable=False),
    sqlite_autoincrement=True,
)

# Each local occurrence of a schedule fires once, whoever sees it first.
schedule_run = Table(
    "schedule_run",
    metadata,
    Column("schedule_id", Integer, primary_key=True),
    Column("local", String(40), primary_key=True),
    Column("at", Utc, nullable=False),
    Column("outcome", Text, nullable=False),
)

# How much an SMTP server took in this span of time and in the one before: its limits survive a restart.
server_use = Table(
    "server_use",
    metadata,
    Column("server", String(200), primary_key=True),
    Column("span", Integer, primary_key=True),  # seconds
    Column("began", Utc, nullable=False),
    Column("used", Integer, nullable=False),
    Column("before", Integer, nullable=False),
)
