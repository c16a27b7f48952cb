"""When a source is asked again, and what is remembered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newsletter.collect.patience import LONGEST_WAIT, due_again, is_due, learn, request, wait
from newsletter.model.quiet import Quiet
from newsletter.model.source import FetchMemory, Source, SourceId, SourceKind, SourceStatus
from newsletter.net.fetch import Answer, Failed, Fetched, NotModified

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
URL = "https://alderwick.example.org/feed"
SOURCE = Source(id=SourceId(1), kind=SourceKind.FEED, url=URL, name="Alderwick Times")
NEW_URL = "https://new.example.org/feed"


def after(answer: Answer, source: Source = SOURCE, unreadable: bool = False) -> Source:
    lesson = learn(source, answer, now=NOW, jitter=0.5, unreadable=unreadable)
    return replace(source, memory=lesson.memory, url=lesson.url or source.url)


def fetched(moved_to: str | None = None, **headers: str) -> Fetched:
    return Fetched(url=URL, body=b"", headers=headers, moved_to=moved_to)


def test_a_success_is_asked_again_at_once_and_conditionally() -> None:
    source = after(fetched(etag='"1"'), replace(SOURCE, memory=FetchMemory(failures=3, next_at=NOW)))
    assert is_due(source, NOW)
    assert source.memory.failures == 0
    assert request(source, force=False).etag == '"1"'
    assert request(source, force=True).etag is None


def test_failures_wait_longer_each_time_and_at_most_a_day() -> None:
    source, waits = SOURCE, []
    for _ in range(15):
        source = after(Failed(reason="x."), source)
        assert source.memory.next_at is not None
        waits.append(source.memory.next_at - NOW)
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert waits[-1] == LONGEST_WAIT
    assert not is_due(source, NOW)
    assert is_due(source, NOW + LONGEST_WAIT)


@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_jitter_spreads_by_a_tenth_to_either_side(jitter: float) -> None:
    assert abs(wait(1, jitter) / timedelta(minutes=1) - 1) <= 0.1001


def test_a_server_that_asks_for_patience_gets_it() -> None:
    source = after(Failed(reason="x.", retry_after=3600))
    assert source.memory.next_at == NOW + timedelta(hours=1)


def test_what_could_not_be_read_is_asked_for_whole_again() -> None:
    source = after(fetched(etag='"2"'), replace(SOURCE, memory=FetchMemory(etag='"1"')), unreadable=True)
    assert source.memory.etag == '"1"'
    assert source.memory.failures == 1


def test_a_gone_source_is_not_due() -> None:
    assert not is_due(replace(SOURCE, status=SourceStatus.GONE), NOW)


def test_a_move_is_believed_when_it_was_said_three_times() -> None:
    source = after(fetched(NEW_URL))
    source = after(NotModified(moved_to=NEW_URL), source)
    assert source.url == URL
    assert after(fetched(), source).memory.moved_count == 0
    assert after(fetched("https://other.example.org/"), source).url == URL
    assert after(fetched(NEW_URL), source).url == NEW_URL


@pytest.mark.parametrize(
    ("quiet", "due"),
    [
        (Quiet(hours=frozenset({8, 9})), datetime(2026, 11, 27, 10, 0, tzinfo=UTC)),
        (Quiet(hours=frozenset({7})), None),
        (Quiet(days=frozenset({4, 5})), datetime(2026, 11, 29, 0, 0, tzinfo=UTC)),
        (Quiet(hours=frozenset(range(8, 24)), days=frozenset({5})), datetime(2026, 11, 29, 0, 0, tzinfo=UTC)),
    ],
)
def test_a_feed_is_not_asked_at_hours_and_days_that_it_names(quiet: Quiet, due: datetime | None) -> None:
    source = replace(SOURCE, memory=FetchMemory(quiet=quiet))
    assert is_due(source, NOW) is (due is None)
    again = due_again(source, NOW)
    assert (again and again[0]) == due
    if due is not None:
        assert not is_due(source, due - timedelta(seconds=1))
        assert is_due(source, due)


def test_whoever_waits_into_a_quiet_hour_waits_it_out() -> None:
    memory = FetchMemory(quiet=Quiet(hours=frozenset({9})), next_at=NOW + timedelta(minutes=70), next_why="it failed")
    source = replace(SOURCE, memory=memory)
    again = due_again(source, NOW)
    assert again is not None
    assert again[0] == NOW + timedelta(hours=2)
    assert not is_due(source, NOW + timedelta(minutes=80))


@pytest.mark.parametrize(
    ("hours", "days", "found"),
    [
        ([], [], None),
        (range(24), [], None),
        ([3], range(7), None),
        ([3, 3], [6], Quiet(frozenset({3}), frozenset({6}))),
    ],
)
def test_a_feed_that_would_never_be_asked_is_not_believed(hours: list[int], days: list[int], found: Quiet) -> None:
    assert Quiet.of(hours, days) == found
