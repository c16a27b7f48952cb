"""A digest: an issue that fills itself by a rule, daily or weekly, and is sent or waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from newsletter.model.issue import IssueId
from newsletter.model.publication import PublicationId
from newsletter.model.source import SourceId


class Choice(StrEnum):
    """Which items it takes, where there are more than it may."""

    NEWEST = "newest"
    OUTLET = "outlet"
    """The newest of each outlet."""


class Then(StrEnum):
    """What becomes of it when it is filled."""

    SEND = "send"
    WAIT = "wait"
    """It stays a draft until a person approves it."""


class RunOutcome(StrEnum):
    """What became of one occurrence of a digest."""

    RUNNING = "running"
    """It goes on, or was interrupted and goes on with the next look."""
    MADE = "made"
    SKIPPED = "skipped"
    """Too few items: nothing is sent, and they stay for the next one."""
    LATE = "late"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Digest:
    """The rule by which a publication's digest is made."""

    publication: PublicationId
    rule: str | None = None
    """Its own cadence; none: the publication's."""
    sources: tuple[SourceId, ...] = ()
    """Only from these; empty: from all."""
    sections: tuple[str, ...] = ()
    """Only what goes to these, in this order; empty: to any."""
    most: int = 10
    least: int = 1
    """With fewer items it is skipped."""
    choose: Choice = Choice.NEWEST
    max_age: timedelta | None = None
    """Older items are left alone."""
    title: str | None = None
    subject: str | None = None
    theme: str | None = None
    """Over the publication's."""
    then: Then = Then.WAIT
    waits_why: str | None = None
    """Why it does not run by itself before a person agrees; none where it does."""
    since: datetime
    """Its occurrences up to this moment (UTC) are over."""


@dataclass(frozen=True, kw_only=True)
class DigestRun:
    """One occurrence of a digest, and what became of it."""

    publication: PublicationId
    local: str
    """Its local time: each of them runs once."""
    due_at: datetime
    began_at: datetime
    ended_at: datetime | None = None
    outcome: RunOutcome = RunOutcome.RUNNING
    why: str | None = None
    items: int = 0
    issue: IssueId | None = None
    number: int | None = None
    """The number of that issue."""
