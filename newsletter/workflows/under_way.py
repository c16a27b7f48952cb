"""How fast an issue goes out, and when it will be done: reckoned once, for the terminal, the desk and the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.model.delivery import Tally
from newsletter.model.issue import Issue, IssueState
from newsletter.settings import Settings
from newsletter.store import Tx, pace
from newsletter.workflows.publish import Desk


@dataclass(frozen=True)
class UnderWay:
    """The rate over the last minute of real sending, and the end that is to be expected; none where nothing moves.

    Where the limits of the servers hold it back, both are by the limits.
    """

    rate: float | None = None
    """Deliveries a second."""
    done_at: datetime | None = None
    """UTC. Those that a server put off come later."""


def under_way(desk: Desk, issue: Issue, tally: Tally) -> UnderWay:
    """What is known of an issue that is being sent; nothing of any other."""
    now = desk.clock.now()
    with desk.store.reading() as tx:
        found = moving(tx, issue, now)
    return reckoned(issue, tally, found, desk.settings, now=now)


def moving(tx: Tx, issue: Issue, now: datetime) -> tuple[int, datetime] | None:
    """How many were settled in the latest stretch of the last minute, and since when: the question to the ledger."""
    if issue.state is not IssueState.SENDING or issue.frozen_at is None:
        return None
    return pace.moving_since(tx, issue.id, max(issue.frozen_at, now - pace.SPAN))


def reckoned(
    issue: Issue, tally: Tally, found: tuple[int, datetime] | None, settings: Settings, *, now: datetime
) -> UnderWay:
    """The rate and the end from what `moving` found. Pure."""
    if issue.state is not IssueState.SENDING or issue.frozen_at is None:
        return UnderWay()
    began = max(issue.frozen_at, now - pace.SPAN)
    allowed = _allowed(settings)
    rate = 0.0
    if found is not None:
        settled, first = found
        if first - began <= pace.REST:  # no rest before it: what the first one took counts, too
            first = began
        rate = settled / max((now - first).total_seconds(), 1.0)
    left = tally.queued + tally.attempting
    if allowed is not None and (found is None or rate >= allowed):
        rate = allowed
    return UnderWay(
        round(rate, 4 if rate < 0.1 else 2), now + timedelta(seconds=left / rate) if rate and left else None
    )


def _allowed(settings: Settings) -> float | None:
    """Messages a second that all servers together take in the long run; none where one of them has no limits."""
    each = [min((limit / span for span, limit in one.limits.items()), default=None) for one in settings.smtp]
    known = [one for one in each if one is not None]
    return sum(known) if known and len(known) == len(each) else None
