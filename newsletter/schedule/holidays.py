"""Times that fall on a holiday: left out, or moved to the last day before that is none. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from heapq import heappop, heappush

_DAY = timedelta(days=1)


def around(times: Iterator[datetime], holidays: Mapping[date, bool]) -> Iterator[datetime]:
    """Local times in their order, none on a holiday (`True`: moved, `False`: left out), each of them once.

    Where a moved one meets another, there is one. Times stay in order though some come earlier.
    """
    furthest = _DAY * (_longest(holidays) + 1)
    waiting: list[datetime] = []
    last: datetime | None = None
    for local in times:
        if (moved := _off(local, holidays)) is not None:
            heappush(waiting, moved)
        # a later time may be moved before this one, by `furthest` at most
        while waiting and waiting[0] + furthest < local:
            if (one := heappop(waiting)) != last:
                last = one
                yield one
    while waiting:
        if (one := heappop(waiting)) != last:
            last = one
            yield one


def _off(local: datetime, holidays: Mapping[date, bool]) -> datetime | None:
    if not holidays.get(local.date(), True):
        return None
    while local.date() in holidays:
        local -= _DAY
    return local


def _longest(holidays: Mapping[date, bool]) -> int:
    """How many holidays follow one another, at most."""
    longest = run = 0
    before: date | None = None
    for day in sorted(holidays):
        run = run + 1 if before is not None and day - before == _DAY else 1
        longest, before = max(longest, run), day
    return longest
