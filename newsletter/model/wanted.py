"""What of the queue a person asks for, and what a row of it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from newsletter.model.issue import BlockId, IssueState
from newsletter.model.item import Item, ItemId, Triage
from newsletter.model.source import SourceId


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A question to the queue; what is none, or empty, does not matter."""

    state: Triage | None = Triage.NEW
    words: str = ""
    source: SourceId | None = None
    section: str = ""
    """Where an item goes: what an editor said, else the default of its source."""
    language: str = ""
    since: datetime | None = None
    """Items of this moment and later."""
    at: datetime | None = None
    """The list as it stood at this moment: what was decided since is still in it."""
    upto: int | None = None
    """Without items of a higher number: they have come since."""


@dataclass(frozen=True)
class Used:
    """Where an item stands, or stood: the issue, its block, and whether the item has changed since it was put there."""

    item: ItemId
    number: int
    state: IssueState
    sent_at: datetime | None
    block: BlockId
    changed: bool


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the queue: an item, or a story with the item that leads it."""

    item: Item
    members: tuple[ItemId, ...]
    """The items of the story that the question found; the item alone where it is in none."""
    shown_at: datetime
    used: tuple[Used, ...] = ()
    """Where it, or another item of its story, stands."""


class Spot(NamedTuple):
    """Where a row stands in the queue, the newest first: by its moment, then by the number of its item."""

    moment: datetime
    item: ItemId


@dataclass(frozen=True)
class Listed:
    """A row of a list of items, and where it stands: the list goes on behind it."""

    item: Item
    spot: Spot
