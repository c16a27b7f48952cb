"""Send now, with ten seconds to take it back: nothing of it is left behind, and what is not taken back goes out."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from newsletter.audience import readers
from newsletter.clock import Clock
from newsletter.errors import NewsletterError, Refused
from newsletter.model.issue import Issue, IssueState, Planned
from newsletter.model.publication import Publication
from newsletter.queue.editing import Editor
from newsletter.schedule.tick import tick
from newsletter.settings import Settings, Smtp
from newsletter.store import Store, countdowns, issues, publications
from newsletter.workflows.countdown import SECONDS, counting, send_soon, take_back
from newsletter.workflows.drafting import new_issue
from newsletter.workflows.publish import Desk


@pytest.fixture
def desk(store: Store, clock: Clock, publication: Publication, tmp_path: Path) -> Desk:
    settings = Settings(
        workspace=tmp_path,
        base_url="http://127.0.0.1:8000",
        secret_keys=("a key for the tests of the countdown",),
        smtp=(Smtp(folder=tmp_path / "outbox"),),
    )
    editor = Editor(store, clock, publication, "ada")
    new_issue(editor)
    editor.add_text(1, "Good morning.")
    readers.add(store, clock, publication.id, "ana@example.org")
    return Desk(store, settings, clock, publication)


def rows(desk: Desk) -> int:
    from sqlalchemy import func, select

    from newsletter.store.schema import rendition

    with desk.store.reading() as tx:
        return int(tx.execute(select(func.count()).select_from(rendition)).scalar_one())


def later(desk: Desk, seconds: float) -> Clock:
    return Clock(desk.clock.now() + timedelta(seconds=seconds))


def prepared(desk: Desk, state: IssueState) -> Issue:
    """The issue in a state from which it can be sent."""
    if state is not IssueState.DRAFT:
        desk.approve(1)
    if state in (IssueState.SCHEDULED, IssueState.HELD):
        desk.schedule(1, Planned(at=desk.clock.now() + timedelta(hours=6), zone="America/New_York"))
    if state is IssueState.HELD:
        with desk.store.writing() as tx:
            issues.move(tx, desk.issue(1).id, [IssueState.SCHEDULED], state, {"held_why": "It was late."})
    return desk.issue(1)


@pytest.mark.parametrize("state", [IssueState.DRAFT, IssueState.APPROVED, IssueState.SCHEDULED, IssueState.HELD])
def test_taken_back_it_is_what_it_was_and_nothing_is_left(desk: Desk, state: IssueState) -> None:
    before, renditions = prepared(desk, state), rows(desk)
    until = send_soon(desk, 1, who="ada")
    assert counting(desk, desk.issue(1)) == until
    assert desk.issue(1).state is IssueState.SCHEDULED
    assert take_back(desk, 1) == before
    assert rows(desk) == renditions
    with desk.store.reading() as tx:
        assert countdowns.get(tx, before.id) is None
    assert tick(desk.store, desk.settings, later(desk, SECONDS + 5)) == []
    with pytest.raises(Refused, match="cannot be taken back"):
        take_back(desk, 1)


@pytest.mark.parametrize("strict", [False, True])
def test_not_taken_back_it_goes_out_after_ten_seconds_and_not_before(desk: Desk, strict: bool) -> None:
    if strict:  # a newsletter that never goes out late
        with desk.store.writing() as tx:
            publications.change(tx, desk.publication.id, {"send_late_within": timedelta()})
    send_soon(desk, 1, who="ada")
    assert tick(desk.store, desk.settings, later(desk, SECONDS - 3)) == []
    assert tick(desk.store, desk.settings, later(desk, SECONDS + 2)) == [desk.issue(1).id]
    assert desk.issue(1).state is IssueState.SENDING
    with pytest.raises(Refused, match="cannot be taken back"):
        take_back(desk, 1)


def test_a_desk_that_was_down_for_long_asks_again(desk: Desk) -> None:
    with desk.store.writing() as tx:
        publications.change(tx, desk.publication.id, {"send_late_within": timedelta()})
    send_soon(desk, 1, who="ada")
    assert tick(desk.store, desk.settings, later(desk, 3600)) == []
    assert desk.issue(1).state is IssueState.HELD


def test_a_second_click_counts_on(desk: Desk) -> None:
    first = send_soon(desk, 1, who="ada")
    assert send_soon(desk, 1, who="bo") == first
    take_back(desk, 1)
    assert desk.issue(1).state is IssueState.DRAFT


def test_two_at_once_hear_of_one_countdown_and_either_takes_it_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = threading.Barrier(2, timeout=30)
    monkeypatch.setattr("newsletter.workflows.countdown.try_server", lambda settings: together.wait())
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda who: send_soon(desk, 1, who=who), ("ada", "bo"))
    assert first == second == counting(desk, desk.issue(1))
    assert take_back(desk, 1).state is IssueState.DRAFT


@pytest.mark.parametrize("state", [IssueState.DRAFT, IssueState.APPROVED, IssueState.SCHEDULED])
def test_who_waits_long_for_the_server_counts_on_with_who_was_faster(
    desk: Desk, state: IssueState, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = prepared(desk, state)
    faster = send_soon

    def slow(settings: Settings) -> None:
        monkeypatch.setattr("newsletter.workflows.countdown.try_server", lambda settings: None)
        told.append(faster(desk, 1, who="bo"))

    told: list[datetime] = []
    monkeypatch.setattr("newsletter.workflows.countdown.try_server", slow)
    assert [send_soon(desk, 1, who="ada")] == told
    assert take_back(desk, 1) == before
    assert tick(desk.store, desk.settings, later(desk, SECONDS + 5)) == []


def test_withdrawn_and_sent_again_it_counts_anew(desk: Desk) -> None:
    send_soon(desk, 1, who="ada")
    desk.unschedule(1)
    assert counting(desk, desk.issue(1)) is None
    assert send_soon(desk, 1, who="bo") == counting(desk, desk.issue(1))
    assert take_back(desk, 1).state is IssueState.APPROVED


def test_what_a_check_refuses_does_not_begin_to_count(desk: Desk) -> None:
    with desk.store.writing() as tx:
        publications.change(tx, desk.publication.id, {"address": ""})
    changed = Desk(desk.store, desk.settings, desk.clock, publications_of(desk))
    with pytest.raises(NewsletterError, match="postal address"):
        send_soon(changed, 1, who="ada")
    assert desk.issue(1).state is IssueState.DRAFT
    with desk.store.reading() as tx:
        assert countdowns.get(tx, desk.issue(1).id) is None


def publications_of(desk: Desk) -> Publication:
    with desk.store.reading() as tx:
        return publications.get(tx, desk.publication.id)


def test_the_first_ones_go_first_where_that_was_asked_for(desk: Desk) -> None:
    send_soon(desk, 1, who="ada", canary=5, canary_wait=timedelta(minutes=3))
    tick(desk.store, desk.settings, later(desk, SECONDS + 1))
    with desk.store.reading() as tx:
        from newsletter.store import canaries

        found = canaries.of(tx, desk.issue(1).id)
    assert (found.size, found.wait) == (5, timedelta(minutes=3))


def test_what_is_planned_for_later_is_not_counting(desk: Desk) -> None:
    prepared(desk, IssueState.SCHEDULED)
    assert counting(desk, desk.issue(1)) is None
    with pytest.raises(Refused):
        take_back(desk, 1)
