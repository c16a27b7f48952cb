"""When a run stops by itself: outages, and never the readers' own bad addresses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest
from ledger_material import issue_on_its_way, subscribe

from newsletter.clock import Clock
from newsletter.model.delivery import DeliveryState
from newsletter.model.issue import IssueId, IssueState
from newsletter.send.outcomes import Verdict
from newsletter.send.stopped import SendStopped
from newsletter.send.watch import Watch
from newsletter.settings import Settings
from newsletter.store import Store, deliveries, issues, publications
from newsletter.workflows.deliver import deliver

TAKEN, NOBODY = Verdict(DeliveryState.SENT), Verdict(DeliveryState.FAILED, gone=True)
LATER, LOST = Verdict(DeliveryState.DEFERRED), Verdict(DeliveryState.UNCERTAIN, suspicious=True)
REFUSED = Verdict(DeliveryState.FAILED, suspicious=True)


def issue_for(store: Store, clock: Clock, emails: list[str]) -> IssueId:
    with store.writing() as tx:
        made = publications.add(tx, "Alderwick Letter", now=clock.now(), sender="desk@letter.example.org")
    subscribe(store, made.id, emails, clock.now())
    return issue_on_its_way(store, made.id, clock.now())


def found(store: Store, issue: IssueId) -> tuple[IssueState, dict[str, int]]:
    with store.reading() as tx:
        tally = deliveries.tally(tx, issue)
        return deliveries.sending(tx, issue).state, {name: count for name, count in asdict(tally).items() if count}


@pytest.mark.parametrize(
    ("verdicts", "servers", "stops"),
    [
        ([LOST] * 9, 1, False),
        ([LOST] * 10, 1, True),
        ([REFUSED] * 10, 1, True),
        ([LOST, NOBODY, REFUSED, LATER] * 4 + [LOST, NOBODY, REFUSED], 1, True),
        ([LOST] * 9 + [TAKEN] + [LOST] * 9, 1, False),
        ([NOBODY] * 60, 1, False),
        ([TAKEN] * 4 + [NOBODY], 1, False),
        ([LOST] * 19, 2, False),
        ([LOST] * 20, 2, True),
    ],
)
def test_an_outage_stops_a_small_list_too(verdicts: list[Verdict], servers: int, stops: bool) -> None:
    watch = Watch(0.05, servers)
    told = [watch.see(verdict, "the answer") for verdict in verdicts]
    assert (told[-1] is not None) is stops
    assert not any(told[:-1])


@pytest.mark.parametrize(
    ("verdicts", "stops"),
    [
        ([LOST, LOST], True),
        ([REFUSED, LOST, NOBODY], True),
        ([LOST], False),  # one reader says nothing of a server
        ([NOBODY] * 5, False),
        ([LATER] * 5, False),
        ([TAKEN, LOST, LOST, LOST], False),
        ([], False),
    ],
)
def test_a_list_of_a_few_of_whom_nobody_was_reached_is_an_outage(verdicts: list[Verdict], stops: bool) -> None:
    watch = Watch(0.05)
    assert not any(watch.see(verdict, "the answer") for verdict in verdicts)
    assert (watch.at_the_end() is not None) is stops


@pytest.mark.parametrize(("kind", "state"), [("dropdot", "uncertain"), ("harddot", "failed")])
def test_three_readers_whose_server_is_ill_are_no_sent_issue(
    sqlite_store: Store,
    clock: Clock,
    recorder: Callable[..., Any],
    settings_for: Callable[..., Settings],
    kind: str,
    state: str,
) -> None:
    issue = issue_for(sqlite_store, clock, [f"{kind}-{number}@example.org" for number in range(3)])
    with pytest.raises(SendStopped, match="in a row failed or are uncertain"):
        deliver(sqlite_store, settings_for(recorder().port), clock, issue)
    assert found(sqlite_store, issue) == (IssueState.PAUSED, {"audience": 3, state: 3})
    with sqlite_store.writing() as tx:
        issues.move(tx, issue, [IssueState.PAUSED], IssueState.SENDING, {})
    deliver(sqlite_store, settings_for(recorder().port), clock, issue)
    assert found(sqlite_store, issue) == (IssueState.SENT, {"audience": 3, state: 3}), "a person looked, and went on"


@pytest.mark.parametrize(("kind", "state"), [("dropdot", "uncertain"), ("harddot", "failed")])
def test_a_server_that_takes_nothing_ends_paused_and_the_rest_stays_queued(
    sqlite_store: Store,
    clock: Clock,
    recorder: Callable[..., Any],
    settings_for: Callable[..., Settings],
    kind: str,
    state: str,
) -> None:
    issue = issue_for(sqlite_store, clock, [f"{kind}-{number}@example.org" for number in range(60)])
    with pytest.raises(SendStopped, match="in a row failed or are uncertain"):
        deliver(sqlite_store, settings_for(recorder().port), clock, issue)
    ended, tally = found(sqlite_store, issue)
    assert 10 <= tally[state] <= 13  # those on the other connections
    assert tally["queued"] == 60 - tally[state]
    assert ended is IssueState.PAUSED


def test_bad_addresses_in_a_small_list_pause_nothing(
    sqlite_store: Store, clock: Clock, recorder: Callable[..., Any], settings_for: Callable[..., Settings]
) -> None:
    emails = [f"hard-{number}@example.org" for number in range(20)]
    issue = issue_for(sqlite_store, clock, emails)
    deliver(sqlite_store, settings_for(recorder().port), clock, issue)
    assert found(sqlite_store, issue) == (IssueState.SENT, {"audience": 20, "failed": 20})
