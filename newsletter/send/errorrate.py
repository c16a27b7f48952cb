"""How many of the last messages went wrong: above a limit, the run is better paused."""

from __future__ import annotations

from collections import deque

WINDOW = 200
"""Outcomes that are looked at."""
AT_LEAST = 100
"""Fewer than so many say nothing."""


class ErrorRate:
    """The share of failed and uncertain ones among the last outcomes. Not for several threads at once."""

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._last: deque[bool] = deque()
        self._wrong = 0

    def add(self, went_wrong: bool) -> bool:
        """Take one outcome in; whether there are too many wrong ones now."""
        self._last.append(went_wrong)
        self._wrong += went_wrong
        if len(self._last) > WINDOW:
            self._wrong -= self._last.popleft()
        return len(self._last) >= AT_LEAST and self.share > self._limit

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self._wrong / len(self._last) if self._last else 0.0
