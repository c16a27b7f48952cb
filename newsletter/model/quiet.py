"""The hours and days in which a feed asks to be left alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class Quiet:
    """`skipHours` and `skipDays` of RSS 2.0: both are GMT."""

    hours: frozenset[int] = frozenset()
    """0 to 23."""
    days: frozenset[int] = frozenset()
    """0 is Monday."""

    @classmethod
    def of(cls, hours: Iterable[int], days: Iterable[int]) -> Quiet | None:
        """What a feed named; none where it names nothing. One that names all there are is mistaken, not silent."""
        found = cls(frozenset(hours), frozenset(days))
        is_all = len(found.hours) >= 24 or len(found.days) >= 7
        return None if is_all or not (found.hours or found.days) else found

    def covers(self, at: datetime) -> bool:
        """Whether it is not to be asked at a moment (aware)."""
        there = at.astimezone(UTC)
        return there.hour in self.hours or there.weekday() in self.days

    def end(self, at: datetime) -> datetime:
        """The first moment from then on at which it may be asked, UTC."""
        moment = at.astimezone(UTC)
        while self.covers(moment):
            moment = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        return moment
