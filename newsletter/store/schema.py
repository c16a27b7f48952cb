"""The tables, to be read from top to bottom. Times are UTC; a zone name stands beside every local time."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class Utc(TypeDecorator[datetime]):
    """An aware time, kept in UTC. SQLite stores it without an offset; it comes back aware on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: a local time without its zone is a mistake."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive time reached the database: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give UTC back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """A small JSON value as text: the same on both databases, and never queried into."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Compact and readable."""
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Back to lists, dicts and strings."""
        return None if value is None else json.loads(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    """Where ids stand in links, tokens or Message-IDs, the table says `sqlite_autoincrement`: none is given twice."""
    return Column("id", Integer, primary_key=True)


def _publication(**options: Any) -> Column[int]:
    return Column("publication_id", ForeignKey("publication.id"), nullable=False, **options)


publication = Table(
    "publication",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("slug", String(80), nullable=False, unique=True),
    Column("sender", Text, nullable=False, default=""),
    Column("reply_to", Text, nullable=False, default=""),
    Column("address", Text, nullable=False, default=""),
    Column("tagline", Text, nullable=False, default=""),
    Column("zone", Text, nullable=False),
    Column("language", String(35), nullable=False),
    Column("theme", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("date_format", Text, nullable=False),
    Column("event_days", Integer, nullable=False),
    Column("event_grouping", String(8), nullable=False, default=""),  # day week city
    Column("event_zones", Json, nullable=False, default=list),
    Column("send_late_within", Integer, nullable=False),  # seconds
    Column("outlets", Json, nullable=False, default=list),  # the order in which they lead a story
    Column("created_at", Utc, nullable=False),
    sqlite_autoincrement=True,
)

# ---------------------------------------------------------------- what comes in

source = Table(
    "source",
    metadata,
    _id(),
    Column("kind", String(16), nullable=False),
    Column("url", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("outlet", Text),
    Column("active", Boolean, nullable=False, default=True),
    Column("status", String(16), nullable=False),
    Column("error", Text),
    Column("last_checked", Utc),
    Column("last_success", Utc),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("failures", Integer, nullable=False, default=0),
    Column("next_at", Utc),
    Column("moved_to", Text),
    Column("moved_count", Integer, nullable=False, default=0),
    Column("next_why", Text),  # why it is not asked before next_at
    Column("keep", Json),  # words: only what has one of them is offered
    Column("skip", Json),  # words: what has one of them is not offered
    Column("newest", Integer),  # only so many of the newest of each answer
    Column("interval", Integer),  # seconds between two looks
    Column("created_at", Utc, nullable=False),
    sqlite_autoincrement=True,
)

# Which publications take from a source, and where its items go there.
source_publication = Table(
    "source_publication",
    metadata,
    Column("source_id", ForeignKey("source.id", ondelete="CASCADE"), primary_key=True),
    Column("publication_id", ForeignKey("publication.id"), primary_key=True),
    Column("section", Text),
)

# Nothing that was collected goes away with its source.
item = Table(
    "item",
    metadata,
    _id(),
    Column("source_id", ForeignKey("source.id", ondelete="SET NULL"), index=True),
    Column("guid", Text),
    Column("canonical_url", Text),
    Column("digest", String(64), nullable=False),  # of the latest version
    Column("latest", Integer, nullable=False),  # number of the latest version
    Column("first_seen", Utc, nullable=False),
    Column("flags", Json, nullable=False),
    Index("ix_item_source_guid", "source_id", "guid"),
    Index("ix_item_source_url", "source_id", "canonical_url"),
    Index("ix_item_source_digest", "source_id", "digest"),
    sqlite_autoincrement=True,
)

# Several items about one thing. An item is in one story at most; `by_hand`: an editor put it there.
story = Table(
    "story",
    metadata,
    _id(),
    Column("lead_id", ForeignKey("item.id")),  # as an editor said; else the order of outlets says it
    Column("created_at", Utc, nullable=False),
)

story_item = Table(
    "story_item",
    metadata,
    Column("item_id", ForeignKey("item.id"), primary_key=True),
    Column("story_id", ForeignKey("story.id"), nullable=False, index=True),
    Column("by_hand", Boolean, nullable=False, default=False),
)

# Two items that an editor said are not one story; the smaller id first.
story_apart = Table(
    "story_apart",
    metadata,
    Column("item_id", ForeignKey("item.id"), primary_key=True),
    Column("other_id", ForeignKey("item.id"), primary_key=True, index=True),
)

# What the editors of a publication wrote over an item; none: as it was collected.
item_edit = Table(
    "item_edit",
    metadata,
    Column("publication_id", ForeignKey("publication.id"), primary_key=True),
    Column("item_id", ForeignKey("item.id"), primary_key=True, index=True),
    Column("title", Text),
    Column("excerpt", Text),
    Column("url", Text),
    Column("outlet", Text),
    Column("published", Utc),
    Column("changed_at", Utc, nullable=False),
)

# The whole text of an item, fetched from its page when somebody asked for it.
full_text = Table(
    "full_text",
    metadata,
    Column("item_id", ForeignKey("item.id"), primary_key=True),
    Column("url", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("fetched_at", Utc, nullable=False),
)

# The report of each run of collecting.
collection = Table(
    "collection",
    metadata,
    _id(),
    _publication(),
    Column("started_at", Utc, nullable=False),
    Column("finished_at", Utc, nullable=False),
    Column("report", Json, nullable=False),
    Index("ix_collection_publication_started", "publication_id", "started_at"),
)

# Append-only.
item_version = Table(
    "item_version",
    metadata,
    Column("item_id", ForeignKey("item.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("excerpt", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("url", Text),
    Column("outlet", Text),
    Column("author", Text),
    Column("published", Utc),
    Column("language", String(35)),
    Column("digest", String(64), nullable=False),
    Column("seen_at", Utc, nullable=False),
)

# What the editors of one publication decided about an item. A row for each publication that takes from its source.
triage = Table(
    "triage",
    metadata,
    Column("publication_id", ForeignKey("publication.id"), primary_key=True),
    Column("item_id", ForeignKey("item.id"), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("section", Text),
    Column("changed_at", Utc),
    Index("ix_triage_queue", "publication_id", "state", "item_id"),
)

event = Table(
    "event",
    metadata,
    _id(),
    Column("uid", Text, nullable=False, unique=True),
    Column("sequence", Integer, nullable=False, default=0),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("all_day", Boolean, nullable=False),
    Column("start_date", Date, nullable=False),  # all-day: the first day; timed: the local day
    Column("start_at", Utc),
    Column("end_date", Date),  # all-day: the last day, included
    Column("end_at", Utc),
    Column("dates", Json, nullable=False),
    Column("zone", Text),
    Column("rule", Text),
    Column("rule_text", Text),
    Column("place", Text),
    Column("online", Boolean, nullable=False, default=False),
    Column("url", Text),
    Column("contact", Text),
    Column("open", Boolean, nullable=False, default=False),  # contact and join link may stand on public pages
    Column("wording", Text),
    Column("warnings", Json, nullable=False),
    Column("status", String(16), nullable=False),
    Column("ics", Text),
    Column("changes", Integer, nullable=False, default=0),  # how often it changed here: SEQUENCE grows with it
    Column("source_id", ForeignKey("source.id", ondelete="SET NULL")),
    Column("created_at", Utc, nullable=False),
    Column("changed_at", Utc, nullable=False),
    sqlite_autoincrement=True,
)

# One event may appear in several publications.
event_publication = Table(
    "event_publication",
    metadata,
    Column("event_id", ForeignKey("event.id", ondelete="CASCADE"), primary_key=True),
    Column("publication_id", ForeignKey("publication.id"), primary_key=True, index=True),
)

# ---------------------------------------------------------------- the issue

issue = Table(
    "issue",
    metadata,
    _id(),
    _publication(),
    Column("number", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("subject", Text),
    Column("preheader", Text),
    Column("theme", Text),
    Column("state", String(16), nullable=False),
    Column("held_why", Text),
    Column("version", Integer, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("sending_at", Utc),  # the cut-off of the audience
    Column("frozen_at", Utc),  # when the ledger was complete
    Column("frozen_to", Integer, nullable=False, default=0),  # the last subscriber in the ledger, while it grows
    Column("sent_at", Utc),
    Column("rendition_id", Integer),  # the approved one
    Column("in_archive", Boolean, nullable=False, default=True),  # on the public pages, once it goes out
    Column("approved_at", Utc),
    Column("canary", Integer, nullable=False, default=0),  # so many first, then a look
    Column("canary_wait", Integer, nullable=False, default=0),  # seconds
    Column("canary_until", Utc),  # when the look is
    UniqueConstraint("publication_id", "number"),
    Index("ix_issue_state", "state"),
    sqlite_autoincrement=True,
)

section = Table(
    "section",
    metadata,
    _id(),
    Column("issue_id", ForeignKey("issue.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("rank", Integer, nullable=False),
    Column("name", Text, nullable=False),
)

block = Table(
    "block",
    metadata,
    _id(),
    Column("issue_id", ForeignKey("issue.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("section_id", ForeignKey("section.id"), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("headline", Text),
    Column("teaser", Text),
    Column("teaser_rank", Integer),
    Column("blurb", Text),
    Column("outlet", Text),
    Column("url", Text),
    Column("standing", Boolean, nullable=False, default=False),
    Column("standing_first", Date),
    Column("standing_last", Date),
)

# The items of a block, each pinned to the version the editor saw.
block_item = Table(
    "block_item",
    metadata,
    Column("block_id", ForeignKey("block.id", ondelete="CASCADE"), primary_key=True),
    Column("rank", Integer, primary_key=True),
    Column("item_id", ForeignKey("item.id"), nullable=False, index=True),
    Column("item_version", Integer, nullable=False),
)

# One change of an outline and the outline before it: undo and history.
revision = Table(
    "revision",
    metadata,
    _id(),
    Column("issue_id", ForeignKey("issue.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Utc, nullable=False),
    Column("who", Text, nullable=False),
    Column("change", Text, nullable=False),
    Column("before", Json, nullable=False),
)

# What the editor of one issue said about an occurrence.
issue_event = Table(
    "issue_event",
    metadata,
    Column("issue_id", ForeignKey("issue.id", ondelete="CASCADE"), primary_key=True),
    Column("occurrence", String(80), primary_key=True),
    Column("pinned", Boolean, nullable=False, default=False),
    Column("hidden", Boolean, nullable=False, default=False),
    Column("rank", Integer),
)

# A warning that the editors let pass: of one block, or of the whole issue.
waiver = Table(
    "waiver",
    metadata,
    _id(),
    Column("issue_id", ForeignKey("issue.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("code", String(40), nullable=False),
    Column("block_id", ForeignKey("block.id", ondelete="CASCADE"), index=True),
    Column("who", Text, nullable=False),
    Column("at", Utc, nullable=False),
)

# What a server said of a link, so that it is not asked again too soon.
link_answer = Table(
    "link_answer",
    metadata,
    Column("url_hash", String(64), primary_key=True),
    Column("url", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("detail", Text, nullable=False),
    Column("moved_to", Text),
    Column("size", Integer),
    Column("at", Utc, nullable=False),
)

# Never changed once written.
rendition = Table(
    "rendition",
    metadata,
    _id(),
    Column("issue_id", ForeignKey("issue.id"), nullable=False, index=True),
    Column("variant", String(40), nullable=False),
    Column("subject", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("reply_to", Text, nullable=False),
    Column("list_id", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("base_url", Text, nullable=False),
    Column("nonce", String(40), nullable=False),
    Column("personal", Json, nullable=False),  # kind, expression and unless of each place
    Column("day", Date),  # the local day it bears
    Column("note", Text),
    Column("checksum", String(64), nullable=False),
    Column("created_at", Utc, nullable=False),
)

link = Table(
    "link",
    metadata,
    Column("rendition_id", ForeignKey("rendition.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("target", Text, nullable=False),
)

# ---------------------------------------------------------------- readers

subscriber = Table(
    "subscriber",
    metadata,
    _id(),
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

# ---------------------------------------------------------------- sending

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
    _id(),
    _publication(index=True),
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

# ---------------------------------------------------------------- people at the desk

user = Table(
    "desk_user",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("password", Text, nullable=False),  # argon2
    Column("role", String(16), nullable=False),
    Column("created_at", Utc, nullable=False),
)

session = Table(
    "desk_session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("user_id", ForeignKey("desk_user.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False, index=True),
)

# The one-time link of the first start, and what else opens one door once.
invitation = Table(
    "invitation",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
)
