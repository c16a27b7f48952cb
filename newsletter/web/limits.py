"""Patience at the door: who guesses passwords has to wait."""

from __future__ import annotations

import threading
from collections import deque

from newsletter.clock import Clock

TRIES = 8
WITHIN = 600.0
"""Seconds."""
REMEMBERED = 10_000


class Attempts:
    """Failed sign-ins of the last minutes, by whatever key the caller counts under. In memory: a restart forgives."""

    def __init__(self, clock: Clock, *, tries: int = TRIES, within: float = WITHIN) -> None:
        self._clock, self._tries, self._within = clock, tries, within
        self._guard = threading.Lock()
        self._failed: dict[str, deque[float]] = {}

    def wait(self, key: str, *, times: int = 1) -> int:
        """Seconds until this key may try again; 0 where it may now. `times`: so much more patience than usual."""
        most = self._tries * times
        with self._guard:
            failed = self._recent(key)
            if len(failed) < most:
                return 0
            return max(1, int(failed[-most] + self._within - self._clock.monotonic()) + 1)

    def failed(self, key: str) -> None:
        """Count one."""
        with self._guard:
            self._recent(key).append(self._clock.monotonic())
            while len(self._failed) > REMEMBERED:
                del self._failed[next(iter(self._failed))]

    def forget(self, key: str) -> None:
        """The right password was given."""
        with self._guard:
            self._failed.pop(key, None)

    def _recent(self, key: str) -> deque[float]:
        times = self._failed.setdefault(key, deque())
        while times and times[0] <= self._clock.monotonic() - self._within:
            times.popleft()
        return times
