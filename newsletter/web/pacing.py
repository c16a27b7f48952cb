"""How an issue goes out, for its page: counts, rate, the end that is to be expected, and a chart by the minute."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.clock import Clock
from newsletter.model.delivery import Tally
from newsletter.model.issue import Issue, IssueId
from newsletter.settings import Settings
from newsletter.store import Store, pace
from newsletter.workflows.under_way import moving, reckoned

MINUTES = 15
"""Bars of the chart."""
SHARE = 20.0
"""Looking takes at most one part of so many of the time: a million rows are not counted each second."""
QUICK = 0.25
"""Seconds of looking that are too few to speak of."""
HEIGHT, WIDTH, STEP = 96.0, 22, 30


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One minute of the chart, in the units of its drawing."""

    at: datetime
    """In the newsletter's zone."""
    count: int
    x: int
    y: float
    height: float
    low: bool
    """Far below the others."""
    now: bool
    """It still runs."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How fast it goes, and when it is over."""

    settled: int
    left: int
    """Queued, attempting and deferred."""
    rate: float
    """A second, over the last minute of real sending; what the limits of the servers allow where they hold it back."""
    done_at: datetime | None
    """UTC; none where nothing moves."""
    bars: tuple[Bar, ...]
    top: int
    """The number at the top of the chart."""
    usual: int
    """A minute, in the middle of those that are over; 0 where there are none."""
    next_try: datetime | None


@dataclass(frozen=True, kw_only=True)
class Look:
    """What the ledger says of an issue on its way."""

    minutes: Mapping[datetime, int] = field(default_factory=dict)
    """How many were sent in each."""
    moving: tuple[int, datetime] | None = None
    """How many were settled in the latest stretch, and since when."""
    next_try: datetime | None = None
    """Of the first that a server put off."""


class Paces:
    """What was looked up of the issues on their way, kept for as long as looking took times `SHARE`."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._kept: dict[IssueId, tuple[float, Look]] = {}

    def look(self, store: Store, clock: Clock, issue: Issue) -> Look:
        """The figures of an issue as they are now, or were a moment ago."""
        with self._guard:
            kept = self._kept.get(issue.id)
        begun = clock.monotonic()
        if kept and begun < kept[0]:
            return kept[1]
        now = clock.now()
        with store.reading() as tx:
            first = now.replace(second=0, microsecond=0) - timedelta(minutes=MINUTES - 1)
            found = Look(
                minutes=pace.by_minute(tx, issue.id, since=first),
                moving=moving(tx, issue, now),
                next_try=pace.next_try(tx, issue.id),
            )
        ended = clock.monotonic()
        if ended - begun < QUICK:
            return found
        with self._guard:
            self._kept[issue.id] = (ended + (ended - begun) * SHARE, found)
            for old in list(self._kept)[:-20]:
                del self._kept[old]
        return found


def pace_of(
    issue: Issue,
    tally: Tally,
    look: Look,
    settings: Settings,
    *,
    now: datetime,
    zone: ZoneInfo,
) -> Pace:
    """The figures of an issue on its way, the rate and the end as everybody reckons them. Pure."""
    left = tally.queued + tally.attempting + tally.deferred
    found = reckoned(issue, tally, look.moving, settings, now=now)
    bars, top = _bars(look.minutes, now, zone)
    over = sorted(bar.count for bar in bars if not bar.now and bar.count)
    return Pace(
        settled=tally.audience - left,
        left=left,
        rate=found.rate or 0.0,
        done_at=found.done_at,
        bars=bars,
        top=top,
        usual=over[len(over) // 2] if over else 0,
        next_try=look.next_try,
    )


def _bars(minutes: Mapping[datetime, int], now: datetime, zone: ZoneInfo) -> tuple[tuple[Bar, ...], int]:
    if not minutes:
        return (), 0
    last = now.replace(second=0, microsecond=0)
    first = min(minutes)
    shown = [first + timedelta(minutes=number) for number in range(int((last - first).total_seconds() // 60) + 1)]
    counts = [minutes.get(one, 0) for one in shown[-MINUTES:]]
    top = _rounded(max(counts))
    middle = sorted(counts)[len(counts) // 2]
    bars = tuple(
        Bar(
            at=one.astimezone(zone),
            count=count,
            x=34 + STEP * place,
            y=round(8 + HEIGHT * (1 - count / top), 1),
            height=round(HEIGHT * count / top, 1),
            low=one != last and count < middle * 0.75,
            now=one == last,
        )
        for place, (one, count) in enumerate(zip(shown[-MINUTES:], counts, strict=True))
    )
    return bars, top


def _rounded(most: int) -> int:
    """The next of 1, 2, 5, 10, 20, 50 … that is not below it."""
    size = 1
    while True:
        for step in (1, 2, 5):
            if step * size >= most:
                return max(step * size, 2)
        size *= 10
