"""An item: one thing collected. Its versions are append-only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, NewType

from newsletter.model.source import SourceId

if TYPE_CHECKING:
    from newsletter.model.story import AlsoIn, Place

ItemId = NewType("ItemId", int)

LEFT_OUT = "rule"
"""The flag of an item that a rule of its source left out: it is kept, as skipped."""
LINK_ONLY = "link-only"
"""The flag of an item whose page has not been asked yet."""
SPLIT_ME = "split-me"
"""The flag of an item whose headline and excerpt stand in one line: an editor parts them."""
BREAKS_OFF = "breaks-off"
"""The flag of an item in whose text a sentence breaks off."""


def proposed_outlet(name: str) -> str:
    """The flag of an item that may come from an outlet of this name."""
    return f"proposed-outlet: {name}"


def sent_by(address: str) -> str:
    """The flag of an item that came by mail: from whom. Editors see it; readers never do."""
    return f"sender: {address}"


TOLD = "told"
"""The reason of an item that was skipped because another one of its story was picked."""


class Triage(StrEnum):
    """What an editor of one publication decided about an item."""

    NEW = "new"
    PICKED = "picked"
    SKIPPED = "skipped"
    SNOOZED = "snoozed"


@dataclass(frozen=True, kw_only=True)
class ItemData:
    """What a feed entry or a file says, before it is stored."""

    title: str
    """Plain text, one line; empty where the source gives none."""
    excerpt: str = ""
    """Clean HTML (the one nh3 policy)."""
    body: str = ""
    """Clean HTML of the whole text, where the source has it."""
    url: str | None = None
    """http(s), as the source gives it, absolute."""
    outlet: str | None = None
    author: str | None = None
    published: datetime | None = None
    """Aware, or none where the source gives no date that can be read."""
    language: str | None = None
    guid: str | None = None
    """The identity the source gives: RSS guid, Atom id, the path of a dropped file."""
    canonical_url: str | None = None
    """`url` without tracking, fragment, trailing slash; the second identity."""
    flags: tuple[str, ...] = ()
    """What a person should look at: `future-date`, `date-unread`, `no-title`, `old-date`, `rule`, `split-me`,
    `breaks-off`, `link-only`, `proposed-outlet: NAME`, `sender: ADDRESS`."""

    @cached_property
    def digest(self) -> str:
        """A checksum of what an editor would see change; the third identity, and how an edit is noticed."""
        seen = (self.title, self.excerpt, self.body, self.url, self.author, self.outlet)
        return sha256("\x1f".join(part or "" for part in seen).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class KnownItem:
    """What is needed of a stored item to see whether a found one is the same."""

    id: ItemId
    guid: str | None
    canonical_url: str | None
    digest: str
    latest: int
    """Number of its latest version."""


@dataclass(frozen=True, kw_only=True)
class ItemVersion:
    """One stored version of an item; version numbers count from 1."""

    item: ItemId
    number: int
    title: str
    excerpt: str
    body: str
    url: str | None
    outlet: str | None
    """As the version says, else the outlet or the name of its source."""
    author: str | None
    published: datetime | None
    language: str | None
    seen_at: datetime
    also_in: tuple[AlsoIn, ...] = ()
    """Where else its story stands, in the issue that shows it."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """An item in the queue of one publication, at its latest version."""

    id: ItemId
    source: SourceId | None
    latest: ItemVersion
    state: Triage
    section: str | None
    """Where it goes: what the editor said when picking, else the default of its source."""
    first_seen: datetime
    flags: tuple[str, ...] = ()
    sent_in: tuple[int, ...] = ()
    """Numbers of the issues in which it, or another item of its story, was sent."""
    place: Place | None = None
    """Its place in a story, where others tell the same."""
    edited: bool = False
    """Whether an editor's words lie over it."""
    reason: str | None = None
    """Why it was skipped, where somebody said so; `TOLD` where another item of its story was picked."""
    until: int | None = None
    """Snoozed: the number of the issue with which it comes back."""
