"""A source: where items come from, and what it last said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from newsletter.model.quiet import Quiet

SourceId = NewType("SourceId", int)


DEAD_AFTER = timedelta(days=7)


class SourceKind(StrEnum):
    """What is behind the URL of a source."""

    FEED = "feed"
    FOLDER = "folder"
    FORM = "form"
    """What editors add by hand; it is never asked."""
    CALENDAR = "calendar"
    """An iCalendar file at a URL."""
    MAILBOX = "mailbox"
    """A folder of an IMAP account; its password is in the machine's settings."""


class SourceStatus(StrEnum):
    """What became of the last collection."""

    NEW = "new"
    """Never collected."""
    OK = "ok"
    NOT_MODIFIED = "not-modified"
    ERROR = "error"
    GONE = "gone"
    """The server said 410: it is asked no more."""
    WAITING = "waiting"
    """Not due yet: its server asked for patience, or it failed lately."""


@dataclass(frozen=True, kw_only=True)
class FetchMemory:
    """What a source remembers between two collections, for conditional requests and patience."""

    etag: str | None = None
    last_modified: str | None = None
    failures: int = 0
    """Failures in a row."""
    next_at: datetime | None = None
    """Not to be asked before, UTC."""
    next_why: str | None = None
    """Why not, in words that follow “because”."""
    rest: timedelta | None = None
    """How long its server or the feed itself said that it stays as it is; a 304 stands for that again."""
    quiet: Quiet | None = None
    """When it asks to be left alone, as it said last."""
    moved_to: str | None = None
    """Where 301/308 pointed, …"""
    moved_count: int = 0
    """… and how many times in a row it was the same place."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What an editor wants of a source."""

    keep: tuple[str, ...] = ()
    """Only what has one of these is offered: words of title and excerpt, or `url:` and a part of the address."""
    skip: tuple[str, ...] = ()
    """What has one of these is not offered."""
    newest: int | None = None
    """Only so many of the newest of each answer are taken."""
    interval: timedelta | None = None
    """How long it is left alone after it answered."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A feed, a folder or a mailbox. Shared by the workspace: fetched once, whichever publications take from it."""

    id: SourceId
    kind: SourceKind
    url: str
    """The feed's URL, `imaps://user@host:port/FOLDER`, or the folder's absolute path."""
    name: str
    outlet: str | None = None
    section: str | None = None
    """The section its items go to by themselves, in the publication that asked."""
    active: bool = True
    status: SourceStatus = SourceStatus.NEW
    error: str | None = None
    """One sentence for a person."""
    last_checked: datetime | None = None
    last_success: datetime | None = None
    created_at: datetime | None = None
    rules: Rules = Rules()
    memory: FetchMemory = FetchMemory()

    def is_dead(self, now: datetime) -> bool:
        """Whether it has given nothing for a week, though it was asked."""
        since = self.last_success or self.created_at
        failing = self.status in (SourceStatus.ERROR, SourceStatus.GONE)
        return failing and since is not None and now - since >= DEAD_AFTER
