"""A commit whose answer is lost: what was claimed or closed in it is neither done twice nor forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from database_way import Cut, DatabaseWay
from ledger_material import issue_on_its_way, subscribe

from newsletter.clock import Clock
from newsletter.settings import Settings
from newsletter.store import deliveries, publications
from newsletter.store.opening import open_store
from newsletter.workflows.deliver import deliver

EMAILS = [f"reader-{number}@example.org" for number in range(12)]


@pytest.mark.parametrize("cut", ["before", "behind", "within"])
@pytest.mark.parametrize("commit", [3, 4, 6])
def test_a_commit_whose_answer_is_lost_neither_doubles_nor_loses_anybody(
    postgres_url: str, clock: Clock, recorder: Any, settings_for: Callable[..., Settings], cut: Cut, commit: int
) -> None:
    way, server = DatabaseWay(postgres_url, cut, commit), recorder()
    store = open_store(way.url)
    with store.writing() as tx:
        made = publications.add(tx, "Alderwick Letter", now=clock.now(), sender="desk@letter.example.org")
    subscribe(store, made.id, EMAILS, clock.now())
    issue = issue_on_its_way(store, made.id, clock.now())
    tally = deliver(store, settings_for(server.port), clock, issue)
    with store.reading() as tx:
        rows = deliveries.listing(tx, issue)
    store.close()
    way.close()
    assert way.was_cut.is_set()
    assert Counter(server.recipients()) == Counter(EMAILS)
    assert (tally.audience, tally.sent) == (12, 12)
    assert all(row.owner is None for row in rows)
