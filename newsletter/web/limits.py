"""Patience at the door: who guesses passwords has to wait."""

from __future__ import annotations

import threading
from collections import deque

from newsletter.clock import Clock

TRIES = 8
WITHIN = 600.0
"""Seconds."""
REMEMBERED = 10_000
"""Keys. When one more comes, those that say least are forgotten."""
MOST = 200
"""Failures that are counted of one key."""


class Attempts:
    """Failed sign-ins of the last minutes, by whatever key the caller counts under. In memory: a restart forgives."""

    def __init__(
        self, clock: Clock, *, tries: int = TRIES, within: float = WITHIN, remembered: int = REMEMBERED
    ) -> None:
        self._clock, self._tries, self._within, self._remembered = clock, tries, within, remembered
        self._guard = threading.Lock()
        self._failed: dict[str, deque[float]] = {}

    def wait(self, key: str, *, times: int = 1) -> int:
        """Seconds until this key may try again; 0 where it may now. `times`: so much more patience than usual.

        It remembers nothing of a key that never failed.
        """
        most = min(self._tries * times, MOST)
        with self._guard:
            since = self._clock.monotonic() - self._within
            failed = [at for at in self._failed.get(key, ()) if at > since]
            return 0 if len(failed) < most else max(1, int(failed[-most] - since) + 1)

    def failed(self, key: str) -> None:
        """Count one."""
        with self._guard:
            self._failed.setdefault(key, deque(maxlen=MOST)).append(self._clock.monotonic())
            if len(self._failed) > self._remembered:
                self._make_room()

    def forget(self, key: str) -> None:
        """The right password was given."""
        with self._guard:
            self._failed.pop(key, None)

    def _make_room(self) -> None:
        """Forget what is over; then a tenth, those that failed least and longest ago: a flood of names frees nobody."""
        since = self._clock.monotonic() - self._within
        for key in [key for key, times in self._failed.items() if times[-1] <= since]:
            del self._failed[key]
        if len(self._failed) > self._remembered:
            least = sorted(self._failed, key=lambda key: (len(self._failed[key]), self._failed[key][-1]))
            for key in least[: max(1, self._remembered // 10)]:
                del self._failed[key]
