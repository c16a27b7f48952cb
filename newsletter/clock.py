"""The one source of the present moment."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


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

    def boottime(self) -> float:
        """Seconds that only grow, and go on while the machine sleeps: what the wall clock is compared with."""
        try:
            return time.clock_gettime(time.CLOCK_BOOTTIME)
        except (AttributeError, OSError):  # not on every system
            return time.monotonic()

    @staticmethod
    def cpu() -> float:
        """Seconds that this thread has worked: what else the machine does counts for nobody's limit."""
        return time.thread_time()

    @staticmethod
    def monotonic() -> float:
        """Seconds that only grow, whatever `NEWSLETTER_NOW` says."""
        return time.monotonic()
