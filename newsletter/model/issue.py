"""An issue: one edition, its states, and its outline of sections and blocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from newsletter.model.item import ItemId
from newsletter.model.publication import PublicationId

IssueId = NewType("IssueId", int)
SectionId = NewType("SectionId", int)
BlockId = NewType("BlockId", int)
RenditionId = NewType("RenditionId", int)

UNSAVED_BLOCK = BlockId(0)
UNSAVED_SECTION = SectionId(0)


class IssueState(StrEnum):
    """Where an issue is on its way."""

    DRAFT = "draft"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    HELD = "held"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    CANCELLED = "cancelled"


MOVES: dict[IssueState, frozenset[IssueState]] = {
    IssueState.DRAFT: frozenset({IssueState.APPROVED, IssueState.CANCELLED}),
    IssueState.APPROVED: frozenset({IssueState.DRAFT, IssueState.SCHEDULED, IssueState.SENDING, IssueState.CANCELLED}),
    IssueState.SCHEDULED: frozenset(
        {IssueState.APPROVED, IssueState.DRAFT, IssueState.SENDING, IssueState.HELD, IssueState.CANCELLED}
    ),
    IssueState.HELD: frozenset({IssueState.SCHEDULED, IssueState.DRAFT, IssueState.SENDING, IssueState.CANCELLED}),
    IssueState.SENDING: frozenset({IssueState.PAUSED, IssueState.SENT, IssueState.CANCELLED}),
    IssueState.PAUSED: frozenset({IssueState.SENDING, IssueState.CANCELLED}),
    IssueState.SENT: frozenset({IssueState.SENDING}),
    IssueState.CANCELLED: frozenset(),
}
"""Which states may follow which; every change of state is a conditional UPDATE along one of these."""


class BlockKind(StrEnum):
    """What stands at a rank in a section."""

    ITEM = "item"
    TEXT = "text"
    CALENDAR = "calendar"
    IMAGE = "image"


@dataclass(frozen=True)
class PinnedItem:
    """An item in a block, at the version the editor saw."""

    item: ItemId
    version: int


@dataclass(frozen=True)
class Standing:
    """The block returns in each new issue whose date lies between the two, both included; open where none."""

    first: date | None = None
    last: date | None = None

    def covers(self, day: date) -> bool:
        """Whether an issue of this day carries the block."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, kw_only=True)
class Block:
    """Anything at a rank in a section. The fields that are not none lie over the original, which is kept."""

    id: BlockId = UNSAVED_BLOCK
    version: int = 1
    kind: BlockKind
    items: tuple[PinnedItem, ...] = ()
    headline: str | None = None
    teaser: str | None = None
    """What the subject says of it."""
    teaser_rank: int | None = None
    """Its place among the teasers; those without one follow in the order of the issue."""
    blurb: str | None = None
    """Markdown (HTML in it passes the one policy): over the excerpt of an item, or the text of a text block."""
    outlet: str | None = None
    url: str | None = None
    """Where it leads; of an image block, where a click on the picture does."""
    asset: str | None = None
    """The name of an image block's picture; its blurb is the caption."""
    alt: str | None = None
    """What the picture shows, for those who do not see it."""
    tags: str | None = None
    """By which the archive finds it, parted by commas (see `model.tags`)."""
    standing: Standing | None = None


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading (may be empty) with ordered blocks."""

    id: SectionId = UNSAVED_SECTION
    name: str = ""
    most: int | None = None
    """So many blocks at most, where the editors want a limit."""
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Outline:
    """What an issue consists of, in order. Edits make a new one; `store.issues.save_outline` keeps the difference."""

    sections: tuple[Section, ...] = ()

    def blocks(self) -> tuple[Block, ...]:
        """All blocks in the order of the issue."""
        return tuple(block for section in self.sections for block in section.blocks)


@dataclass(frozen=True, kw_only=True)
class Planned:
    """When an issue goes out."""

    at: datetime
    """UTC."""
    zone: str
    """The zone in which a person said it."""
    segment: str | None = None


@dataclass(frozen=True, kw_only=True)
class Approved:
    """The rendition an issue goes out with."""

    id: RenditionId
    checksum: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Issue:
    """One edition."""

    id: IssueId
    publication: PublicationId
    number: int
    title: str
    subject: str | None = None
    """Over the publication's convention."""
    preheader: str | None = None
    theme: str | None = None
    """Over the publication's."""
    state: IssueState = IssueState.DRAFT
    held_why: str | None = None
    version: int = 1
    """Grows with each change of the order or of the fields above; blocks have their own."""
    created_at: datetime
    sending_at: datetime | None = None
    """The recorded cut-off: who subscribed after it is not in this issue."""
    frozen_at: datetime | None = None
    """When the ledger was complete; sending begins then."""
    sent_at: datetime | None = None
    planned: Planned | None = None
    approved: Approved | None = None
    in_archive: bool = True
    """Whether the public pages show it, once it goes out."""
    corrected: RenditionId | None = None
    """What the public pages show instead of what was sent."""
    corrects: IssueId | None = None
    """The issue that it corrects: it goes to exactly those who have that one."""
    outline: Outline = field(default_factory=Outline)
