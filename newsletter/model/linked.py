"""What became of a link when its server was asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LinkState(StrEnum):
    """`unsure` is no reason to worry: the server wants a login, patience, or no robots."""

    FINE = "fine"
    MOVED = "moved"
    DEAD = "dead"
    UNSURE = "unsure"


@dataclass(frozen=True, kw_only=True)
class LinkAnswer:
    """The answer to one link."""

    url: str
    state: LinkState
    detail: str = ""
    """Why, in one sentence for a person."""
    moved_to: str | None = None
    """Where a permanent redirect leads."""
    size: int | None = None
    """Bytes of its body, where the whole of it was read."""
    at: datetime
    """UTC."""
