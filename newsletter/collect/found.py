"""What a source's documents held, before anything is decided or stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from newsletter.model.item import ItemData
from newsletter.model.quiet import Quiet


class Unreadable(Exception):
    """A document that cannot be read, with one sentence for a person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Refusal:
    """A file or entry that was left out, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Offer:
    """A feed that a page or a list of feeds names: its address, what it is called, and the folder it lies in."""

    url: str
    title: str = ""
    section: str | None = None


@dataclass(frozen=True)
class CalendarFile:
    """An `.ics` file as it lies in the folder; reading it is the calendar's business."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Attachment:
    """A file that came with a message; it is read as if it had been dropped into a folder."""

    name: str
    ending: str
    """In lower case."""
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What reading one source gave."""

    items: tuple[ItemData, ...] = ()
    calendars: tuple[CalendarFile, ...] = ()
    title: str | None = None
    """What the feed calls itself."""
    ttl: timedelta | None = None
    """How long a feed says that it stays as it is."""
    quiet: Quiet | None = None
    """When a feed asks to be left alone."""
    is_cut: bool = False
    """Whether the feed breaks off: more of it may come with the next answer, also where nothing seems to change."""
    event_lines: tuple[str, ...] = ()
    """Lines that tell of events; reading them is the calendar's business."""
    keys: tuple[str, ...] = ()
    """What a page or text is compared with its siblings by."""
    offers: tuple[Offer, ...] = ()
    """Feeds that a page, or a dropped list of feeds, names."""
    attachments: tuple[Attachment, ...] = ()
    refused: tuple[Refusal, ...] = ()
    waiting: tuple[str, ...] = ()
    """Files that were still being written; the next run takes them."""
    ignored: tuple[str, ...] = ()
    """Files of a kind that is not collected, messages that answered by themselves."""


_LISTS = ("items", "calendars", "event_lines", "offers", "attachments", "refused", "waiting", "ignored")


def together(parts: Iterable[Found]) -> Found:
    """What several documents held, in their order."""
    held = list(parts)
    lists: dict[str, Any] = {name: tuple(one for part in held for one in getattr(part, name)) for name in _LISTS}
    return Found(**lists)


@dataclass(frozen=True, kw_only=True)
class Document:
    """Bytes to be read, and what is known about them. `name` is the URL of a feed, or a file's path in its folder."""

    name: str
    format: str
    """`feed`; `page` for the feeds it names; a file's ending; `keys` and an ending, to compare it with its siblings."""
    body: bytes = field(repr=False)
    headers: dict[str, str] = field(default_factory=dict)
    outlets: frozenset[str] = frozenset()
    """Names of outlets that are known."""
    ours: frozenset[str] = frozenset()
    """Identifiers of our own lists (RFC 2919): their mail is no item."""
    chrome: frozenset[str] = frozenset()
    """Blocks that the sibling pages of the folder have as well."""
    zone: str = "UTC"
    """The IANA zone that a person who wrote a date without one meant; feeds name their own, or have none."""
