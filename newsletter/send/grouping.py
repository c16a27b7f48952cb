"""How long a commit waits for more turns: as long as a commit takes, where that many more come meanwhile."""

from __future__ import annotations

_WEIGHT = 0.1
"""Of the newest measurement in a running mean."""


class Grouping:
    """Measures commits and what comes between them. Times are monotonic seconds.

    A disk that takes milliseconds is the wall, and one commit for eight costs what one for two does; where answers
    come slowly, over a long line, or the disk is fast, waiting would only hold them up.
    """

    def __init__(self) -> None:
        self._takes = 0.0
        self._gap = 1.0
        self._last = 0.0
        self._first = 0.0

    def came(self, now: float, *, is_first: bool) -> None:
        """A turn came."""
        if is_first:
            self._first = now
        self._gap += _WEIGHT * (min(now - self._last, 1.0) - self._gap)
        self._last = now

    def took(self, seconds: float) -> None:
        """A commit took so long."""
        self._takes += _WEIGHT * (seconds - self._takes)

    def wait(self, count: int, most: int, now: float) -> float:
        """Seconds to wait for more than these, of so many that there can be; 0: commit now."""
        if count >= most or self._gap * 2 > self._takes:
            return 0.0
        return max(0.0, self._first + self._takes - now)
