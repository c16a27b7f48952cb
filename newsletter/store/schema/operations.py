"""What the desk does by itself and keeps watch over: digests, holidays, looks ahead, alerts, marks of the machine."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from newsletter.store.schema.columns import Json, Utc, metadata, row_id

# An issue that fills itself: by which rule, and what then becomes of it.
digest = Table(
    "digest",
    metadata,
    Column("publication_id", ForeignKey("publication.id"), primary_key=True),
    Column("rule", Text),  # its own cadence; none: the publication's
    Column("sources", Json, nullable=False),  # ids; empty: all
    Column("sections", Json, nullable=False),  # names; empty: all
    Column("most", Integer, nullable=False),
    Column("least", Integer, nullable=False),  # with fewer items it is skipped
    Column("choose", String(16), nullable=False),  # newest outlet
    Column("max_age", Integer),  # seconds
    Column("title", Text),
    Column("subject", Text),
    Column("theme", Text),
    Column("then", String(16), nullable=False),  # send wait
    Column("waits_why", Text),  # it does not run by itself before a person agrees
    Column("since", Utc, nullable=False),  # no occurrence up to this one
)

# Each local occurrence of a digest runs once, whoever sees it first.
digest_run = Table(
    "digest_run",
    metadata,
    Column("publication_id", ForeignKey("publication.id"), primary_key=True),
    Column("local", String(60), primary_key=True),
    Column("due_at", Utc, nullable=False),
    Column("began_at", Utc, nullable=False),
    Column("ended_at", Utc),  # none: it goes on, or was interrupted
    Column("outcome", String(16), nullable=False),  # running made skipped late failed
    Column("why", Text),
    Column("items", Integer, nullable=False),
    Column("issue_id", ForeignKey("issue.id", ondelete="SET NULL")),
)

# A day on which a publication does not come out by its cadence: it is left out, or comes the day before.
holiday = Table(
    "holiday",
    metadata,
    Column("publication_id", ForeignKey("publication.id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("name", Text, nullable=False),
    Column("moves", Boolean, nullable=False),
)

# What was found wrong a day and an hour before a scheduled send.
look = Table(
    "look",
    metadata,
    Column("schedule_id", Integer, primary_key=True),
    Column("local", String(40), primary_key=True),
    Column("ahead", String(8), primary_key=True),  # day hour
    Column("at", Utc, nullable=False),
    Column("wrong", Json, nullable=False),
)

# What a person must hear of, once: it stays open as long as it is so, and a later time is a new round.
alert = Table(
    "alert",
    metadata,
    row_id(),
    Column("key", String(200), nullable=False),
    Column("round", Integer, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("publication_id", Integer),
    Column("issue", Integer),  # its number
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("raised_at", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("told", Json, nullable=False),  # the ways by which it was told
    Column("tries", Integer, nullable=False),
    Column("next_at", Utc),  # none: told, or given up
    Column("error", Text),
    UniqueConstraint("key", "round"),
    Index("ix_alert_next", "next_at"),
)

# What the machine remembers of itself: when it was last seen, when it was restored.
mark = Table(
    "mark",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("at", Utc, nullable=False),
    Column("text", Text, nullable=False),
)
