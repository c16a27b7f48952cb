"""What a person must hear of: a condition as it is seen, and the alert that tells of it once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from newsletter.model.publication import PublicationId

AlertId = NewType("AlertId", int)


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Something that is so at this moment and needs a person."""

    key: str
    """What it is about: it is told once for as long as it stays so."""
    kind: str
    """`held paused late uncertain finished look stalled unplanned digest source restored clock`."""
    publication: PublicationId | None = None
    issue: int | None = None
    """The issue's number."""
    subject: str
    text: str
    """What is so, and what to do. No address of a reader."""


@dataclass(frozen=True, kw_only=True)
class Alert:
    """A condition that was told, or is to be."""

    id: AlertId
    kind: str
    publication: PublicationId | None
    issue: int | None
    subject: str
    text: str
    raised_at: datetime
    ended_at: datetime | None = None
    told: tuple[str, ...] = ()
    """The ways by which it was told."""
    tries: int = 0
    next_at: datetime | None = None
    """When it is tried next, UTC; none where nothing is left to do."""
    error: str | None = None
    """Why the last try failed."""
