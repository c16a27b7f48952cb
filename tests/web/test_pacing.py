"""The figures and the chart of an issue on its way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from newsletter.clock import Clock
from newsletter.model.delivery import Tally
from newsletter.model.issue import Issue, IssueId, IssueState
from newsletter.model.publication import Publication, PublicationId
from newsletter.queue.outline import first_outline
from newsletter.settings import Settings, Smtp
from newsletter.store import Store, issues, pace
from newsletter.web.pacing import MINUTES, Look, pace_of
from newsletter.workflows.under_way import reckoned

NOW = datetime(2026, 3, 13, 13, 14, 32, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
SETTINGS = Settings(workspace=Path("nowhere"))


def sending(**more: object) -> Issue:
    values = {"state": IssueState.SENDING, "frozen_at": NOW - timedelta(minutes=14), **more}
    return Issue(id=IssueId(1), publication=PublicationId(1), number=1, title="Issue 1", created_at=NOW, **values)  # type: ignore[arg-type]


def minute(number: int) -> datetime:
    return NOW.replace(second=0) - timedelta(minutes=number)


def test_the_end_is_told_from_the_last_minute() -> None:
    tally = Tally(audience=10_000, sent=4_000, queued=5_990, attempting=10)
    look = Look(minutes={minute(1): 600, minute(0): 300}, moving=(600, NOW - timedelta(seconds=58)))
    found = pace_of(sending(), tally, look, SETTINGS, now=NOW, zone=ZONE)
    assert (found.settled, found.left, found.rate) == (4_000, 6_000, 10.0)
    assert found.done_at == NOW + timedelta(minutes=10)
    assert [bar.count for bar in found.bars] == [600, 300]
    assert (found.bars[0].at.hour, found.top, found.bars[0].low, found.bars[1].now) == (9, 1_000, False, True)


@pytest.mark.parametrize(
    ("issue", "tally", "last"),
    [
        (sending(state=IssueState.PAUSED), Tally(audience=10, queued=10), 5),
        (sending(), Tally(audience=10, queued=10), 0),
        (sending(), Tally(audience=10, sent=9, deferred=1), 5),
    ],
)
def test_where_nothing_moves_no_end_is_told(issue: Issue, tally: Tally, last: int) -> None:
    look = Look(moving=(last, NOW - timedelta(seconds=30)) if last else None)
    assert pace_of(issue, tally, look, SETTINGS, now=NOW, zone=ZONE).done_at is None


def test_the_chart_shows_the_last_minutes_also_those_in_which_nothing_went() -> None:
    minutes = {minute(40): 900, minute(3): 200, minute(0): 10}
    found = pace_of(sending(), Tally(audience=1, sent=1), Look(minutes=minutes), SETTINGS, now=NOW, zone=ZONE)
    assert [bar.count for bar in found.bars] == [0] * (MINUTES - 4) + [200, 0, 0, 10]
    assert all(0 <= bar.height <= 96 and 8 <= bar.y <= 104 for bar in found.bars)


def test_just_begun_the_rate_is_over_the_time_there_was() -> None:
    issue = sending(frozen_at=NOW - timedelta(seconds=4))
    look = Look(moving=(4, NOW - timedelta(seconds=3)))
    assert pace_of(issue, Tally(audience=9, queued=5, sent=4), look, SETTINGS, now=NOW, zone=ZONE).rate == 1.0


@pytest.mark.parametrize("moving", [None, (40, NOW - timedelta(seconds=50)), (40, NOW - timedelta(seconds=5))])
def test_the_desk_and_the_terminal_tell_the_same_end(moving: tuple[int, datetime] | None) -> None:
    """Also where the limits of the servers hold it back, and after a pause."""
    issue, tally = sending(), Tally(audience=100, queued=60, sent=40)
    for limit in (0, 3_600):
        server = replace(Smtp(folder=Path("outbox")), per_hour=limit) if limit else Smtp(folder=Path("outbox"))
        settings = replace(SETTINGS, smtp=(server,))
        told = reckoned(issue, tally, moving, settings, now=NOW)
        found = pace_of(issue, tally, Look(moving=moving), settings, now=NOW, zone=ZONE)
        assert (found.rate, found.done_at) == (told.rate or 0.0, told.done_at)


def test_minutes_are_counted_alike_on_both_databases(store: Store, clock: Clock, publication: Publication) -> None:
    from sqlalchemy import insert

    from newsletter.store.schema import delivery, rendition

    with store.writing() as tx:
        issue = issues.create(tx, publication.id, first_outline(), title=None, theme=None, now=clock.now())
        values = dict.fromkeys(("subject", "sender", "reply_to", "list_id", "html", "text", "base_url", "nonce"), "")
        key = tx.execute(
            insert(rendition).values(
                issue_id=issue.id, variant="", personal=[], checksum="", created_at=clock.now(), **values
            )
        ).inserted_primary_key
        assert key is not None
        rows = [("sent", 130), ("sent", 70), ("sent", 65), ("failed", 30), ("deferred", 5), ("queued", 1)]
        tx.execute(
            insert(delivery),
            [
                {
                    "issue_id": issue.id,
                    "subscriber_id": number,
                    "rendition_id": key[0],
                    "email": "",
                    "state": state,
                    "due_at": NOW + timedelta(minutes=9),
                    "at": NOW.replace(second=0) - timedelta(seconds=ago),
                }
                for number, (state, ago) in enumerate(rows)
            ],
        )
        assert pace.by_minute(tx, issue.id, since=NOW - timedelta(hours=1)) == {minute(3): 1, minute(2): 2}
        found = pace.moving_since(tx, issue.id, NOW.replace(second=0) - pace.SPAN)
        assert found is not None
        assert found[0] == 1, "the other came before a rest"
        assert pace.next_try(tx, issue.id) == NOW + timedelta(minutes=9)
