"""How fast an issue goes out, and when it will be done, for who asks on the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.model.delivery import Tally
from newsletter.model.issue import Issue, IssueState
from newsletter.store import pace
from newsletter.workflows.publish import Desk


@dataclass(frozen=True)
class UnderWay:
    """The rate over the last minute, and the end that is to be expected; none where nothing moves."""

    rate: float | None = None
    """Deliveries a second."""
    done_at: datetime | None = None
    """UTC. Those that a server put off come later."""


def under_way(desk: Desk, issue: Issue, tally: Tally) -> UnderWay:
    """What is known of an issue that is being sent; nothing of any other."""
    if issue.state is not IssueState.SENDING or issue.frozen_at is None:
        return UnderWay()
    now = desk.clock.now()
    span = min(max((now - issue.frozen_at).total_seconds(), 1.0), pace.SPAN.total_seconds())
    with desk.store.reading() as tx:
        rate = pace.settled_since(tx, issue.id, now - timedelta(seconds=span)) / span
    left = tally.queued + tally.attempting
    return UnderWay(round(rate, 2), now + timedelta(seconds=left / rate) if rate and left else None)
