"""A clock that jumped: what it passed over, or would pass a second time, waits for a person."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from newsletter.clock import Clock
from newsletter.store import Store, digests, marks, schedules

log = logging.getLogger(__name__)

SEEN, JUMPED = "seen", "clock-jumped"
TOLERANCE = timedelta(minutes=2)
"""A clock that is put right by less than this has not jumped."""
ABSENCE = timedelta(days=60)
"""A desk that was switched off for longer may as well have a wrong clock."""
REMEMBERED_EVERY = 60.0
"""Seconds between two marks of when we were last here."""


class ClockWatch:
    """Compares the wall clock with one that only grows, and with when the workspace was last seen.

    Between two runs a clock may be set, too. A rehearsal (`NEWSLETTER_NOW`) is compared with rehearsals.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._mark = SEEN if clock.start is None else f"{SEEN}-in-rehearsal"
        self._wall: datetime | None = None
        self._grown = 0.0
        self._remembered = 0.0

    def look(self) -> str | None:
        """Hold what a jump since the last look concerns; what is told of it, or none where there was no jump."""
        now, grown = self._clock.now(), self._clock.boottime()
        expected = self._expected(grown, now)
        self._wall, self._grown = now, grown
        told = None
        if expected is not None and _is_jump(expected, now, TOLERANCE):
            told = self._jumped(expected, now)
        if told or not self._remembered or grown - self._remembered >= REMEMBERED_EVERY:
            with self._store.writing() as tx:
                marks.put(tx, self._mark, now)
            self._remembered = grown
        return told

    def _expected(self, grown: float, now: datetime) -> datetime | None:
        if self._wall is not None:
            return self._wall + timedelta(seconds=grown - self._grown)
        with self._store.reading() as tx:
            seen = marks.get(tx, self._mark)
        if seen is None or seen.at - TOLERANCE <= now <= seen.at + ABSENCE:
            return None
        return seen.at

    def _jumped(self, expected: datetime, now: datetime) -> str:
        way = "forward" if now > expected else "back"
        told = (
            f"The clock of this machine went {way} from {expected:%Y-%m-%d %H:%M} to {now:%Y-%m-%d %H:%M} UTC. "
            "What was due between the two waits for you: look at the clock, then schedule it again."
        )
        log.warning("%s", told, extra={"event": "clock"})
        with self._store.writing() as tx:
            schedules.hold_between(tx, min(expected, now), max(expected, now), told)
            digests.pass_over_all(tx, max(expected, now))
            marks.put(tx, JUMPED, now, told)
        return told


def _is_jump(expected: datetime, now: datetime, tolerance: timedelta) -> bool:
    return abs(now - expected) > tolerance
