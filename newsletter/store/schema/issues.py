"""An issue: its outline, its history, and the rendition that is frozen."""

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

from newsletter.store.schema.columns import Json, Utc, metadata, of_publication, row_id

issue = Table(
    "issue",
    metadata,
    row_id(),
    of_publication(),
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
    Column("corrected_id", Integer),  # the rendition that the archive shows instead
    Column("corrects_id", Integer),  # the issue that this one corrects: it goes to who has that one
    UniqueConstraint("publication_id", "number"),
    Index("ix_issue_state", "state"),
    sqlite_autoincrement=True,
)

section = Table(
    "section",
    metadata,
    row_id(),
    Column("issue_id", ForeignKey("issue.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("rank", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("most", Integer),  # so many blocks, if the editors want a limit
)

block = Table(
    "block",
    metadata,
    row_id(),
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
    Column("asset", String(64)),  # the name of an image block's picture
    Column("alt", Text),
    Column("tags", Text),  # parted by a comma and a space
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
    row_id(),
    Column("issue_id", ForeignKey("issue.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Utc, nullable=False),
    Column("who", Text, nullable=False),
    Column("change", Text, nullable=False),
    Column("before", Json, nullable=False),
    Column("letter", Json),  # title, subject, preheader and theme before it
    Column("after", Json),  # what undoing it took away: letter and outline
    Column("state", String(8), nullable=False, server_default="done"),  # done, undone, or gone: undone for good
)

# An outline that somebody gave a name, to come back to.
named_version = Table(
    "named_version",
    metadata,
    row_id(),
    Column("issue_id", ForeignKey("issue.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("at", Utc, nullable=False),
    Column("who", Text, nullable=False),
    Column("letter", Json, nullable=False),
    Column("outline", Json, nullable=False),
)

# The numbers of blocks that are gone: none is given twice, or an old page would write into another block.
gone_block = Table("gone_block", metadata, Column("id", Integer, primary_key=True, autoincrement=False))

# The version of a source's item that an editor has seen, and kept the earlier one.
kept_version = Table(
    "kept_version",
    metadata,
    Column("block_id", ForeignKey("block.id", ondelete="CASCADE"), primary_key=True),
    Column("item_id", ForeignKey("item.id"), primary_key=True),
    Column("version", Integer, nullable=False),
)

# Who is at an issue, or in one of its blocks (0: in none), and when their page last said so.
presence = Table(
    "presence",
    metadata,
    Column("issue_id", ForeignKey("issue.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", ForeignKey("desk_user.id", ondelete="CASCADE"), primary_key=True),
    Column("block_id", Integer, primary_key=True, autoincrement=False),
    Column("since", Utc, nullable=False),
    Column("at", Utc, nullable=False, index=True),
)

# An issue that goes out in a few seconds, and what it was before: who takes it back finds it so.
countdown = Table(
    "countdown",
    metadata,
    Column("issue_id", ForeignKey("issue.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("until", Utc, nullable=False),
    Column("who", Text, nullable=False),
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
    row_id(),
    Column("issue_id", ForeignKey("issue.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("code", String(40), nullable=False),
    Column("block_id", ForeignKey("block.id", ondelete="CASCADE"), index=True),
    Column("who", Text, nullable=False),
    Column("at", Utc, nullable=False),
)

# The waivers of blocks that are gone: they come back with their block, by an undo.
gone_waiver = Table(
    "gone_waiver",
    metadata,
    row_id(),
    Column("issue_id", ForeignKey("issue.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("block_id", Integer, nullable=False, index=True),
    Column("code", String(40), nullable=False),
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
    row_id(),
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
