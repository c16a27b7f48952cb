"""The ledger on both databases: who gets into it, and each of its moves."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from newsletter.clock import Clock
from newsletter.model.delivery import DELIVERY_MOVES, DeliveryId, DeliveryState, Tally
from newsletter.model.issue import IssueId, IssueState
from newsletter.model.publication import Publication
from newsletter.model.rendition import RenditionData
from newsletter.model.splice import MessageIds
from newsletter.model.subscriber import address_hash
from newsletter.store import Store, audience, deliveries, renditions, suppressions
from newsletter.store.deliveries import Claimed, Closed
from newsletter.store.schema import delivery, issue, subscriber, subscription

NAMES = MessageIds("<1.", ".abc@example.org>")
DATA = RenditionData(
    subject="s", sender="desk@example.org", reply_to="", list_id="", html="h", text="t", base_url="", nonce="n"
)


def reader(tx: Any, publication: Publication, number: int, at: datetime, status: str = "confirmed") -> None:
    email = f"reader-{number}@example.org"
    tx.execute(
        insert(subscriber).values(
            id=number,
            email=email,
            email_key=email,
            email_hash=address_hash(email),
            name=f"Reader {number}",
            tags=[],
            fields={},
            created_at=at,
        )
    )
    tx.execute(
        insert(subscription).values(
            publication_id=publication.id,
            subscriber_id=number,
            status=status,
            how="import",
            changed_at=at,
            confirmed_at=at if status == "confirmed" else None,
        )
    )


@pytest.fixture
def on_its_way(store: Store, publication: Publication, clock: Clock) -> IssueId:
    """An issue being sent, cut off now, with ten readers who said yes before."""
    with store.writing() as tx:
        for number in range(1, 11):
            reader(tx, publication, number, clock.now())
        cut_off = clock.now()
        key = tx.execute(
            insert(issue).values(
                publication_id=publication.id,
                number=1,
                title="Issue 1",
                state="sending",
                version=1,
                created_at=cut_off,
                sending_at=cut_off,
            )
        ).inserted_primary_key
        assert key is not None
        made = IssueId(key[0])
        tx.execute(update(issue).values(rendition_id=renditions.add(tx, made, DATA, cut_off).id))
    return made


def freeze(store: Store, made: IssueId, clock: Clock) -> int:
    """How many transactions it took."""
    for count in range(1, 100):
        with store.writing() as tx:
            if audience.freeze(tx, made, limit=3, now=clock.now()):
                return count
    raise AssertionError("never complete")


def take(store: Store, made: IssueId, clock: Clock, limit: int = 1) -> list[Claimed]:
    with store.writing() as tx:
        ids = deliveries.due_ids(tx, made, limit=limit, now=clock.now())
        return deliveries.claim(tx, made, ids, owner="worker", names=NAMES, now=clock.now())


def close(store: Store, row: Claimed, state: DeliveryState, clock: Clock, **fields: Any) -> None:
    with store.writing() as tx:
        deliveries.record(tx, [Closed(id=row.id, attempt=row.attempt, state=state, **fields)], now=clock.now())


def states(store: Store, made: IssueId) -> dict[str, int]:
    with store.reading() as tx:
        return {name: count for name, count in asdict(deliveries.tally(tx, made)).items() if count}


def test_only_those_who_had_said_yes_at_the_cut_off_are_in_the_audience(
    store: Store, publication: Publication, on_its_way: IssueId, clock: Clock
) -> None:
    late = clock.now() + timedelta(seconds=5)
    with store.writing() as tx:
        reader(tx, publication, 11, late)
        reader(tx, publication, 12, clock.now() - timedelta(days=1), status="unsubscribed")
        reader(tx, publication, 13, clock.now() - timedelta(days=1), status="unconfirmed")
        reader(tx, publication, 14, clock.now() - timedelta(days=1))
        suppressions.add(tx, "reader-14@example.org", why="complaint", now=clock.now())
    freeze(store, on_its_way, clock)
    with store.reading() as tx:
        rows = deliveries.listing(tx, on_its_way)
    assert [row.subscriber for row in rows] == list(range(1, 11))
    assert {(row.state, row.attempts, row.name) for row in rows} == {
        (DeliveryState.QUEUED, 0, f"Reader {number}") for number in range(1, 11)
    }


def test_freezing_goes_on_where_it_was_interrupted(store: Store, on_its_way: IssueId, clock: Clock) -> None:
    with store.writing() as tx:
        assert not audience.freeze(tx, on_its_way, limit=4, now=clock.now())
    assert states(store, on_its_way) == {"audience": 4, "queued": 4}
    assert freeze(store, on_its_way, clock) == 3
    assert freeze(store, on_its_way, clock) == 1  # complete: nothing is added again
    assert states(store, on_its_way) == {"audience": 10, "queued": 10}
    with store.reading() as tx:
        assert deliveries.sending(tx, on_its_way).frozen_at is not None


def test_an_issue_without_readers_is_sent_at_once(store: Store, on_its_way: IssueId, clock: Clock) -> None:
    with store.writing() as tx:
        tx.execute(update(subscription).values(status="unsubscribed"))
    freeze(store, on_its_way, clock)
    with store.writing() as tx:
        assert deliveries.finish(tx, on_its_way, now=clock.now())
        assert deliveries.tally(tx, on_its_way) == Tally()


def test_a_row_is_taken_once(store: Store, on_its_way: IssueId, clock: Clock) -> None:
    freeze(store, on_its_way, clock)
    with store.writing() as tx:
        ids = deliveries.due_ids(tx, on_its_way, limit=4, now=clock.now())
        first = deliveries.claim(tx, on_its_way, ids, owner="one", names=NAMES, now=clock.now())
        again = deliveries.claim(tx, on_its_way, ids, owner="two", names=NAMES, now=clock.now())
    assert sorted(row.id for row in first) == sorted(ids)
    assert again == []
    assert {row.message_id for row in first} == {f"<1.{id_}.abc@example.org>" for id_ in ids}
    assert {row.attempt for row in first} == {1}


@pytest.mark.parametrize("state", ["paused", "cancelled", "sent"])
def test_an_issue_that_is_not_sending_gives_no_rows(
    store: Store, on_its_way: IssueId, clock: Clock, state: str
) -> None:
    freeze(store, on_its_way, clock)
    with store.writing() as tx:
        tx.execute(update(issue).values(state=state))
    assert take(store, on_its_way, clock) == []


@pytest.mark.parametrize(
    ("to", "lands"),
    [
        (DeliveryState.SENT, DeliveryState.SENT),
        (DeliveryState.FAILED, DeliveryState.FAILED),
        (DeliveryState.DEFERRED, DeliveryState.DEFERRED),
        (DeliveryState.UNCERTAIN, DeliveryState.UNCERTAIN),
        (DeliveryState.QUEUED, DeliveryState.QUEUED),
    ],
)
def test_an_attempt_is_closed(
    store: Store, on_its_way: IssueId, clock: Clock, to: DeliveryState, lands: DeliveryState
) -> None:
    freeze(store, on_its_way, clock)
    [row] = take(store, on_its_way, clock)
    close(store, row, to, clock, code=250, reply="ok")
    with store.reading() as tx:
        [found] = [one for one in deliveries.listing(tx, on_its_way) if one.id == row.id]
    assert (found.state, found.attempts, found.code, found.reply, found.owner) == (lands, 1, 250, "ok", None)
    assert to in DELIVERY_MOVES[DeliveryState.ATTEMPTING]


def test_many_attempts_are_closed_at_once_each_with_its_own_answer(
    store: Store, on_its_way: IssueId, clock: Clock
) -> None:
    freeze(store, on_its_way, clock)
    said = ["", 'a "quoted" \\ word', "{a,b}", "NULL", "two\nlines", "é ☂", None, "'; --", "4.2.1 later", "%s :x"]
    later = clock.now() + timedelta(hours=1)
    outcomes = [
        Closed(
            id=row.id,
            attempt=row.attempt + (number == 9),
            state=DeliveryState.DEFERRED if number == 8 else DeliveryState.SENT,
            code=None if number == 6 else 250 + number,
            reply=reply,
            due_at=later if number == 8 else None,
        )
        for number, (row, reply) in enumerate(zip(take(store, on_its_way, clock, 10), said, strict=True))
    ]
    with store.writing() as tx:
        deliveries.record(tx, outcomes, now=clock.now())
    with store.reading() as tx:
        kept = {row.id: row for row in tx.execute(select(delivery))}
    for number, one in enumerate(outcomes[:9]):
        row = kept[one.id]
        assert (row.state, row.code, row.reply, row.owner) == (one.state.value, one.code, said[number], None)
        assert (row.due_at == later) is (number == 8)
    assert kept[outcomes[9].id].state == "attempting", "an answer to another attempt"


def test_a_deferred_row_waits_until_it_is_due_and_goes_back_to_deferred(
    store: Store, on_its_way: IssueId, clock: Clock
) -> None:
    freeze(store, on_its_way, clock)
    rows = take(store, on_its_way, clock, limit=10)
    for row in rows:
        close(store, row, DeliveryState.DEFERRED, clock, code=451, due_at=clock.now() + timedelta(minutes=5))
    assert take(store, on_its_way, clock, limit=10) == []
    later = Clock(clock.now() + timedelta(minutes=6))
    [again] = take(store, on_its_way, later)
    assert again.attempt == 2
    close(store, again, DeliveryState.QUEUED, later)  # nothing had been written
    assert states(store, on_its_way) == {"audience": 10, "deferred": 10}


def test_a_late_answer_closes_its_row_only_if_the_attempt_matches(
    store: Store, on_its_way: IssueId, clock: Clock
) -> None:
    freeze(store, on_its_way, clock)
    [row] = take(store, on_its_way, clock)
    with store.writing() as tx:
        assert deliveries.owners(tx) == ["worker"]
        assert deliveries.doubt(tx, "another", now=clock.now()) == 0
        assert deliveries.doubt(tx, "worker", now=clock.now()) == 1
    assert states(store, on_its_way)["uncertain"] == 1
    with store.writing() as tx:
        stale = Closed(id=row.id, attempt=row.attempt + 1, state=DeliveryState.FAILED)
        deliveries.record(tx, [stale], now=clock.now())
    assert states(store, on_its_way)["uncertain"] == 1
    close(store, row, DeliveryState.SENT, clock)
    assert states(store, on_its_way) == {"audience": 10, "queued": 9, "sent": 1}
    close(store, row, DeliveryState.FAILED, clock)  # closed rows stay as they are
    assert states(store, on_its_way) == {"audience": 10, "queued": 9, "sent": 1}


@pytest.mark.parametrize("change", ["unsubscribed", "suppressed", "erased"])
def test_who_said_no_meanwhile_is_skipped_and_told_why(
    store: Store, on_its_way: IssueId, clock: Clock, change: str
) -> None:
    freeze(store, on_its_way, clock)
    with store.writing() as tx:
        if change == "unsubscribed":
            tx.execute(update(subscription).where(subscription.c.subscriber_id == 1).values(status="unsubscribed"))
        elif change == "suppressed":
            suppressions.add(tx, "reader-1@example.org", why="complaint", now=clock.now())
        else:
            tx.execute(subscription.delete().where(subscription.c.subscriber_id == 1))
            tx.execute(subscriber.delete().where(subscriber.c.id == 1))
    rows = take(store, on_its_way, clock, limit=10)
    assert sorted(row.subscriber for row in rows) == list(range(2, 11))
    with store.reading() as tx:
        [skipped] = deliveries.listing(tx, on_its_way, DeliveryState.SKIPPED)
    assert (skipped.subscriber, skipped.why, skipped.attempts) == (1, change, 0)


@pytest.mark.parametrize("left", [DeliveryState.QUEUED, DeliveryState.ATTEMPTING, DeliveryState.DEFERRED])
def test_an_issue_is_not_sent_while_somebody_is_left(
    store: Store, on_its_way: IssueId, clock: Clock, left: DeliveryState
) -> None:
    freeze(store, on_its_way, clock)
    with store.writing() as tx:
        tx.execute(update(delivery).values(state="sent"))
        tx.execute(update(delivery).where(delivery.c.subscriber_id == 3).values(state=left.value))
        assert not deliveries.finish(tx, on_its_way, now=clock.now())
        tx.execute(update(delivery).where(delivery.c.subscriber_id == 3).values(state="uncertain"))
        assert deliveries.finish(tx, on_its_way, now=clock.now())
        assert deliveries.sending(tx, on_its_way).state is IssueState.SENT


def test_cancelling_skips_the_rest(store: Store, on_its_way: IssueId, clock: Clock) -> None:
    freeze(store, on_its_way, clock)
    [row] = take(store, on_its_way, clock)
    with store.writing() as tx:
        assert deliveries.skip_rest(tx, on_its_way, why="cancelled", now=clock.now()) == 9
    close(store, row, DeliveryState.SENT, clock)
    assert states(store, on_its_way) == {"audience": 10, "sent": 1, "skipped": 9}


def test_the_ledger_is_listed_in_pages(store: Store, on_its_way: IssueId, clock: Clock) -> None:
    freeze(store, on_its_way, clock)
    with store.reading() as tx:
        first = deliveries.listing(tx, on_its_way, limit=4)
        second = deliveries.listing(tx, on_its_way, DeliveryState.QUEUED, after=first[-1].id)
    assert [row.subscriber for row in first + second] == list(range(1, 11))
    assert second[0].id > DeliveryId(first[-1].id)
