"""What comes in: publications, sources, items and their stories, events."""

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
    text,
)

from newsletter.store.schema.columns import Json, Utc, metadata, of_publication, row_id

publication = Table(
    "publication",
    metadata,
    row_id(),
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

source = Table(
    "source",
    metadata,
    row_id(),
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
    Column("rest", Integer),  # seconds for which it said that it stays as it is
    Column("quiet", Json),  # hours (GMT) and days (0: Monday) at which it asks to be left alone
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
    row_id(),
    Column("source_id", ForeignKey("source.id", ondelete="SET NULL"), index=True),
    Column("guid", Text),
    Column("canonical_url", Text),
    Column("digest", String(64), nullable=False),  # of the latest version
    Column("latest", Integer, nullable=False),  # number of the latest version
    Column("first_seen", Utc, nullable=False),
    Column("flags", Json, nullable=False),
    # As its latest version says: the queue is put in order without reading its texts.
    Column("published", Utc),
    Column("language", String(35)),
    Index("ix_item_source_guid", "source_id", "guid"),
    Index("ix_item_source_url", "source_id", "canonical_url"),
    Index("ix_item_source_digest", "source_id", "digest"),
    sqlite_autoincrement=True,
)

# Several items about one thing. An item is in one story at most; `by_hand`: an editor put it there.
story = Table(
    "story",
    metadata,
    row_id(),
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
    row_id(),
    of_publication(),
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
    Column("reason", Text),  # why it was skipped
    Column("until", Integer),  # snoozed: the number of the issue with which it comes back
    Index("ix_triage_queue", "publication_id", "state", "item_id"),
)

# One thing that an editor did in the queue, so that it can be taken back, by whom it was done, on any day.
triage_step = Table(
    "triage_step",
    metadata,
    row_id(),
    of_publication(),
    Column("at", Utc, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", String(16), nullable=False),
    Column("issue_number", Integer),  # the draft into which the items went
    Column("stories", Json),  # how the stories were before, where they changed
    Column("undone_at", Utc),
    Index("ix_triage_step_publication_at", "publication_id", "at"),
)

# What a step changed of an item: how it was, and what it became.
triage_change = Table(
    "triage_change",
    metadata,
    Column("step_id", ForeignKey("triage_step.id", ondelete="CASCADE"), primary_key=True),
    Column("item_id", ForeignKey("item.id"), primary_key=True, index=True),
    Column("before", String(16), nullable=False),
    Column("after", String(16), nullable=False),
    Column("section", Text),
    Column("reason", Text),
    Column("until", Integer),
)

# What a person of the desk looks for again and again: a part of an address, under a name.
queue_filter = Table(
    "queue_filter",
    metadata,
    row_id(),
    of_publication(),
    Column("user_id", ForeignKey("desk_user.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),
    UniqueConstraint("publication_id", "user_id", "name"),
)

event = Table(
    "event",
    metadata,
    row_id(),
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
    Column("excepted", Json),  # days that the rule makes and that are left out
    Column("as_worded", Boolean, nullable=False, default=False, server_default=text("false")),
    Column("changes", Integer, nullable=False, default=0),  # how often it changed here: SEQUENCE grows with it
    Column("source_id", ForeignKey("source.id", ondelete="SET NULL")),
    Column("created_at", Utc, nullable=False),
    Column("changed_at", Utc, nullable=False),
    sqlite_autoincrement=True,
)

# An event that was merged into another: its UID, so that what is collected again does not bring it back.
event_alias = Table(
    "event_alias",
    metadata,
    Column("uid", Text, primary_key=True),
    Column("event_id", ForeignKey("event.id", ondelete="CASCADE"), nullable=False, index=True),
)

# One event may appear in several publications.
event_publication = Table(
    "event_publication",
    metadata,
    Column("event_id", ForeignKey("event.id", ondelete="CASCADE"), primary_key=True),
    Column("publication_id", ForeignKey("publication.id"), primary_key=True, index=True),
)
