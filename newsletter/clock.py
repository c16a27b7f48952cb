"""The one source of the present moment."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from newsletter.errors import SettingsError


@dataclass(frozen=True)
class Clock:
    """Tells the time in UTC. With `start` it begins there and runs on; `monotonic` is always real, for timeouts."""

    start: datetime | None = None
    _born: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        if self.start is None:
            return datetime.now(UTC)
        return self.start + timedelta(seconds=time.monotonic() - self._born)

    @staticmethod
    def monotonic() -> float:
        """Seconds that only grow, whatever `NEWSLETTER_NOW` says."""
        return time.monotonic()


def clock_from(text: str | None) -> Clock:
    """A clock for the value of `NEWSLETTER_NOW`: an ISO time (UTC where it names no offset), or none.

    Raises SettingsError for anything else.
    """
    if not text:
        return Clock()
    try:
        start = datetime.fromisoformat(text)
    except ValueError as cause:
        raise SettingsError(
            f"NEWSLETTER_NOW is “{text}”, which is not an ISO time such as 2026-12-04T09:00:00Z.",
            where="NEWSLETTER_NOW",
        ) from cause
    return Clock(start.astimezone(UTC) if start.tzinfo else start.replace(tzinfo=UTC))
