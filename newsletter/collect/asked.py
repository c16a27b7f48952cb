"""What became of asking one source: a value, also where nothing came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from newsletter.collect.found import Found, Refusal
from newsletter.collect.patience import Lesson
from newsletter.model.source import Source, SourceStatus


@dataclass(frozen=True)
class Taken:
    """Messages that were read and are not marked yet: that is done after the commit."""

    validity: int
    """UIDVALIDITY of the folder they lie in."""
    kept: tuple[int, ...]
    """UIDs of those that gave something, or never will."""
    refused: tuple[int, ...] = ()
    """UIDs of those that could not be read: a person finds them where they were."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What became of asking one source."""

    source: Source
    status: SourceStatus
    """`ok`, `not-modified`, `error` or `gone`."""
    lesson: Lesson
    found: Found = field(default_factory=Found)
    error: str | None = None
    """One sentence for a person."""
    taken: Taken | None = None
    """For a mailbox: what is to be marked."""

    @property
    def succeeded(self) -> bool:
        """Whether the source answered."""
        return self.status in (SourceStatus.OK, SourceStatus.NOT_MODIFIED)


def told(refused: Sequence[Refusal]) -> str | None:
    """Some refusals in one sentence."""
    if not refused:
        return None
    named = "; ".join(f"{one.name}: {one.reason.rstrip('.')}" for one in refused[:3])
    more = f"; and {len(refused) - 3} more" if len(refused) > 3 else ""
    return f"Left out: {named}{more}."
