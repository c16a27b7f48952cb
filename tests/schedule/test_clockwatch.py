"""A jump of the clock asks: what it passed over, or would pass again, is held; small corrections are not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from newsletter.clock import Clock
from newsletter.model.digest import Digest
from newsletter.model.issue import Issue, IssueState
from newsletter.model.publication import Publication
from newsletter.schedule.clockwatch import ClockWatch
from newsletter.store import Store, digests, issues, marks

DUE = datetime(2026, 11, 27, 14, 0, tzinfo=UTC)
Scheduled = Callable[..., Issue]


@dataclass(frozen=True)
class Hands(Clock):
    """A clock whose hands a test sets: the wall, and the seconds since the machine was started."""

    def at(self, moment: datetime, grown: float) -> None:
        object.__setattr__(self, "_wall", moment)
        object.__setattr__(self, "_grown", grown)

    def now(self) -> datetime:
        found: datetime = self.__dict__["_wall"]
        return found

    def boottime(self) -> float:
        found: float = self.__dict__["_grown"]
        return found


@pytest.mark.parametrize(
    ("wall", "grown", "held"),
    [
        (timedelta(minutes=10), 600, False),  # as it should be
        (timedelta(minutes=61), 3600, False),  # put right by a minute
        (timedelta(hours=9), 9 * 3600, False),  # it slept for a night
        (timedelta(hours=9), 60, True),
        (timedelta(hours=-2), 60, False),  # nothing is due in the two hours that come again
    ],
)
def test_what_a_running_desk_sees(
    store: Store, scheduled: Scheduled, wall: timedelta, grown: float, held: bool
) -> None:
    issue = scheduled(DUE)
    hands = Hands()
    hands.at(DUE - timedelta(hours=8), 1_000)
    watch = ClockWatch(store, hands)
    assert watch.look() is None
    hands.at(DUE - timedelta(hours=8) + wall, 1_000 + grown)
    told = watch.look()
    with store.reading() as tx:
        after = issues.by_id(tx, issue.id)
    assert after.state is (IssueState.HELD if held else IssueState.SCHEDULED)
    if held:
        assert told is not None
        assert after.held_why == told
        assert "went forward" in told
    assert watch.look() is None  # told once


def test_what_comes_a_second_time_after_a_jump_back_is_held(
    store: Store, scheduled: Scheduled, publication: Publication
) -> None:
    again, later = scheduled(DUE), scheduled(DUE + timedelta(days=2))
    with store.writing() as tx:
        digests.put(tx, Digest(publication=publication.id, since=DUE - timedelta(days=1)))
    hands = Hands()
    hands.at(DUE + timedelta(hours=1), 1_000)
    watch = ClockWatch(store, hands)
    watch.look()
    hands.at(DUE - timedelta(hours=3), 1_060)
    assert "went back" in (watch.look() or "")
    with store.reading() as tx:
        assert issues.by_id(tx, again.id).state is IssueState.HELD
        assert issues.by_id(tx, later.id).state is IssueState.SCHEDULED
        digest = digests.get(tx, publication.id)
    assert digest is not None
    assert digest.since > DUE  # its occurrences of these hours do not come again


@pytest.mark.parametrize(
    ("moment", "held"),
    [
        (DUE - timedelta(days=20), False),
        (DUE + timedelta(minutes=5), False),  # a morning off: what is due goes out, or is held as too late
        (DUE - timedelta(days=31), True),
        (DUE + timedelta(days=90), True),
    ],
)
def test_what_a_desk_sees_that_is_started_again(
    store: Store, scheduled: Scheduled, moment: datetime, held: bool
) -> None:
    issue = scheduled(DUE - timedelta(days=30) if moment < DUE - timedelta(days=30) else DUE)
    before = Hands()
    before.at(DUE - timedelta(days=29), 1_000)
    ClockWatch(store, before).look()
    after = Hands()
    after.at(moment, 5)
    assert (ClockWatch(store, after).look() is not None) is held
    with store.reading() as tx:
        assert (issues.by_id(tx, issue.id).state is IssueState.HELD) is held


def test_a_rehearsal_is_not_compared_with_the_real_clock(store: Store, scheduled: Scheduled) -> None:
    scheduled(DUE)
    real = Hands()
    real.at(DUE + timedelta(days=5), 1_000)
    ClockWatch(store, real).look()
    assert ClockWatch(store, Clock(DUE - timedelta(minutes=1))).look() is None
    with store.reading() as tx:
        assert marks.get(tx, "seen-in-rehearsal") is not None
