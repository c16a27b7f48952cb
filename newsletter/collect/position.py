"""How far a mailbox has been read, and at which message that ended."""

from __future__ import annotations

from dataclasses import dataclass, replace

TRIES = 3
"""Looks in a row that may end at one and the same message; then it is stepped over."""


@dataclass(frozen=True)
class Position:
    """What is remembered of a mailbox between two looks."""

    validity: int = 0
    """UIDVALIDITY: without it the UIDs mean nothing."""
    last: int | None = None
    """The UID after which everything is new; none before the first look."""
    stuck_at: int | None = None
    """The message at which the last look ended, …"""
    tries: int = 0
    """… and how many looks in a row."""

    @classmethod
    def of(cls, text: str | None) -> Position:
        """From how it is kept."""
        numbers = [int(part) if part.isascii() and part.isdecimal() else None for part in (text or "").split(":")]
        validity, last, stuck_at, tries = (*numbers, None, None, None, None)[:4]
        if not validity:
            return cls()
        return cls(validity, last, stuck_at, tries or 0) if stuck_at else cls(validity, last)

    def __str__(self) -> str:
        last = "" if self.last is None else str(self.last)
        stuck = "" if self.stuck_at is None else f":{self.stuck_at}:{self.tries}"
        return f"{self.validity}:{last}{stuck}"

    def stuck(self, at: int) -> Position:
        """The same after a look that ended at a message."""
        return replace(self, stuck_at=at, tries=self.tries + 1 if at == self.stuck_at else 1)
