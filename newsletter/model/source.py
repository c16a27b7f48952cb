"""A source: where items come from, and what it last said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

SourceId = NewType("SourceId", int)


class SourceKind(StrEnum):
    """What is behind the URL of a source."""

    FEED = "feed"
    FOLDER = "folder"


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
    moved_to: str | None = None
    """Where 301/308 pointed, …"""
    moved_count: int = 0
    """… and how many times in a row it was the same place."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A feed or a folder. Shared by the workspace: fetched once, whichever publications take from it."""

    id: SourceId
    kind: SourceKind
    url: str
    """The feed's URL, or the folder's absolute path."""
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
    memory: FetchMemory = FetchMemory()
