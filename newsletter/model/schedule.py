"""When an issue goes out, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType

from newsletter.model.issue import IssueId, RenditionId
from newsletter.model.publication import PublicationId

ScheduleId = NewType("ScheduleId", int)


@dataclass(frozen=True, kw_only=True)
class Due:
    """An issue whose time has come."""

    schedule: ScheduleId
    local: str
    """The local occurrence: each fires once."""
    issue: IssueId
    number: int
    publication: PublicationId
    rendition: RenditionId | None
    at: datetime
    """UTC."""
    zone: str
    late_within: timedelta
    """Later than this it waits for a person."""
