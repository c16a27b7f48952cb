"""The tick against real tables: on time, late, too late; once, whoever sees it first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from newsletter.clock import Clock
from newsletter.model.issue import Issue, IssueState
from newsletter.schedule.tick import tick
from newsletter.settings import Settings, Smtp
from newsletter.store import Store, issues, schedules
from newsletter.store.schema import delivery, schedule_run

DUE = datetime.fromisoformat("2026-11-27T14:00:00+00:00")


def at(late: timedelta) -> Clock:
    return Clock(DUE + late)


def now(store: Store, issue: Issue) -> Issue:
    with store.reading() as tx:
        return issues.by_id(tx, issue.id)


def runs(store: Store) -> int:
    with store.reading() as tx:
        return int(tx.execute(select(func.count()).select_from(schedule_run)).scalar_one())


@pytest.mark.parametrize(
    ("late", "state"),
    [
        (timedelta(seconds=-1), IssueState.SCHEDULED),
        (timedelta(0), IssueState.SENDING),
        (timedelta(hours=1), IssueState.SENDING),
        (timedelta(hours=3), IssueState.HELD),
    ],
)
def test_when_an_issue_goes_out(
    store: Store, settings: Settings, scheduled: Callable[..., Issue], late: timedelta, state: IssueState
) -> None:
    issue = scheduled(DUE)
    if late < timedelta(0):
        late = timedelta(minutes=-1)  # the clock runs on while we look
    to_send = tick(store, settings, at(late))
    after = now(store, issue)
    assert after.state is state
    assert (issue.id in to_send) is (state is IssueState.SENDING)
    assert (after.held_why is not None) is (state is IssueState.HELD)
    if state is IssueState.SENDING:
        assert after.sending_at is not None
        assert after.sending_at >= DUE


def test_a_second_tick_fires_nothing_and_keeps_the_cut_off(
    store: Store, settings: Settings, scheduled: Callable[..., Issue]
) -> None:
    issue = scheduled(DUE)
    tick(store, settings, at(timedelta(0)))
    first = now(store, issue)
    assert tick(store, settings, at(timedelta(minutes=5))) == [issue.id]  # still to be sent, not fired again
    assert now(store, issue).sending_at == first.sending_at
    assert runs(store) == 1


def test_many_that_tick_at_once_fire_once(store: Store, settings: Settings, scheduled: Callable[..., Issue]) -> None:
    issue = scheduled(DUE)
    with store.reading() as tx:
        due = schedules.due(tx, DUE)
    fired: list[bool] = []
    start = threading.Barrier(6)

    def fire() -> None:
        start.wait()
        with store.writing() as tx:
            fired.append(schedules.fire(tx, due[0], now=DUE, held_why=None))

    threads = [threading.Thread(target=fire) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(fired) == [False] * 5 + [True]
    assert now(store, issue).state is IssueState.SENDING
    assert runs(store) == 1


def test_an_occurrence_that_was_used_never_starts_again(
    store: Store, settings: Settings, scheduled: Callable[..., Issue]
) -> None:
    issue = scheduled(DUE)
    with store.reading() as tx:
        (due,) = schedules.due(tx, DUE)
    with store.writing() as tx:
        schedules.fire(tx, due, now=DUE, held_why="The disk is full.")
        issues.move(tx, issue.id, [IssueState.HELD], IssueState.SCHEDULED)  # put back by hand, with the same time
    tick(store, settings, at(timedelta(0)))
    after = now(store, issue)
    assert after.state is IssueState.HELD
    assert "schedule it again" in (after.held_why or "")


def test_no_mail_server_holds_it_with_the_reason(
    store: Store, settings: Settings, scheduled: Callable[..., Issue]
) -> None:
    issue = scheduled(DUE)
    tick(store, replace(settings, smtp=()), at(timedelta(0)))
    assert "SMTP" in (now(store, issue).held_why or "")


def test_settings_that_changed_since_approval_are_checked_when_the_time_comes(
    store: Store, settings: Settings, scheduled: Callable[..., Issue]
) -> None:
    issue = scheduled(DUE)
    tick(store, replace(settings, smtp=(Smtp(host="mail.example.org", port=587),)), at(timedelta(0)))
    assert now(store, issue).state is IssueState.HELD


def test_one_held_issue_does_not_stop_another(
    store: Store, settings: Settings, scheduled: Callable[..., Issue]
) -> None:
    late, fine = scheduled(DUE - timedelta(hours=5)), scheduled(DUE)
    assert tick(store, settings, at(timedelta(0))) == [fine.id]
    assert now(store, late).state is IssueState.HELD


@pytest.mark.parametrize(
    ("rows", "asked"),
    [
        ([("queued", -1)], True),
        ([("attempting", -1)], True),
        ([("sent", -1)], True),  # nothing open: to be marked sent
        ([("deferred", -1), ("sent", -1)], True),
        ([("deferred", 60), ("sent", -1)], False),
    ],
)
def test_the_sender_is_asked_only_when_there_is_something_to_do(
    store: Store,
    settings: Settings,
    scheduled: Callable[..., Issue],
    rows: list[tuple[str, int]],
    asked: bool,
) -> None:
    issue = scheduled(DUE)
    tick(store, settings, at(timedelta(0)))
    moment = DUE + timedelta(minutes=1)
    assert issue.approved is not None
    with store.writing() as tx:
        issues.change(tx, issue.id, {"frozen_at": DUE})
        for number, (state, minutes) in enumerate(rows, 1):
            tx.execute(
                delivery.insert().values(
                    issue_id=issue.id,
                    subscriber_id=number,
                    rendition_id=issue.approved.id,
                    email=f"reader{number}@example.org",
                    state=state,
                    due_at=moment + timedelta(minutes=minutes),
                    at=DUE,
                )
            )
    with store.reading() as tx:
        assert (issue.id in schedules.to_send(tx, moment)) is asked
        following = schedules.next_at(tx, moment)
    assert following == (None if asked else moment + timedelta(hours=1))


def test_the_next_alarm_is_the_next_schedule(store: Store, scheduled: Callable[..., Issue]) -> None:
    scheduled(DUE + timedelta(days=1))
    scheduled(DUE)
    scheduled(DUE - timedelta(days=1), state=IssueState.APPROVED)
    with store.reading() as tx:
        assert schedules.next_at(tx, DUE - timedelta(days=2)) == DUE
        assert schedules.next_at(tx, DUE) == DUE + timedelta(days=1)
        assert schedules.next_at(tx, DUE + timedelta(days=2)) is None
