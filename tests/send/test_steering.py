"""Pause, resume, cancel and decide: whatever a person does while an issue goes out, nobody is mailed twice or lost."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest
from ledger_material import issue_on_its_way, subscribe

from newsletter.clock import Clock
from newsletter.errors import NewsletterError, NotFound, Refused
from newsletter.model.delivery import DeliveryId, DeliveryState, Tally
from newsletter.model.issue import IssueId, IssueState
from newsletter.model.publication import Publication
from newsletter.send.stopped import SendStopped
from newsletter.settings import Settings
from newsletter.store import Store, audience, deliveries, issues, schedules
from newsletter.workflows import deliver, steering
from newsletter.workflows.publish import Desk

SettingsFor = Callable[..., Settings]


class Going:
    """An issue on its way, with a server that takes it."""

    def __init__(self, store: Store, publication: Publication, clock: Clock, settings: Settings, server: Any) -> None:
        self.store, self.clock, self.settings, self.server = store, clock, settings, server
        self.publication = publication
        self.desk = Desk(store, settings, clock, publication)
        self.issue: IssueId

    def to(self, emails: list[str]) -> Going:
        """Begin for these readers."""
        subscribe(self.store, self.publication.id, emails, self.clock.now())
        self.issue = issue_on_its_way(self.store, self.publication.id, self.clock.now())
        return self

    def send(self) -> Tally:
        """One run."""
        return deliver.deliver(self.store, self.settings, self.clock, self.issue)

    def state(self) -> IssueState:
        return self.desk.status(1)[0].state

    def rows(self, state: DeliveryState) -> list[DeliveryId]:
        with self.store.reading() as tx:
            return [row.id for row in deliveries.listing(tx, self.issue, state)]

    def counted(self) -> dict[str, int]:
        return {name: count for name, count in asdict(self.desk.status(1)[1]).items() if count}


@pytest.fixture
def going(
    store: Store, publication: Publication, clock: Clock, recorder: Any, settings_for: SettingsFor
) -> Callable[..., Going]:
    def make(**manners: Any) -> Going:
        server = recorder(**manners)
        return Going(store, publication, clock, settings_for(server.port), server)

    return make


def readers(count: int, kind: str = "reader") -> list[str]:
    return [f"{kind}-{number}@example.org" for number in range(count)]


@pytest.mark.parametrize("times", [12, pytest.param(50, marks=pytest.mark.long)])
def test_paused_and_resumed_again_and_again_everybody_gets_one_copy(going: Any, times: int) -> None:
    scene = going().to(readers(300))
    keep = scene.server.keep
    seen = threading.Semaphore(0)

    def counting(message: Any) -> None:
        keep(message)
        seen.release()

    scene.server.keep = counting
    for turn in range(times):
        run = threading.Thread(target=scene.send)
        run.start()
        for _ in range(turn % 6):  # every sixth time before the first success
            seen.acquire(timeout=5)
        steering.pause(scene.desk, 1)
        run.join()
        tally = scene.desk.status(1)[1]
        assert tally.audience in (0, *range(300), 300)
        assert tally.attempting == tally.uncertain == 0
        steering.resume(scene.desk, 1)
    scene.send()
    assert scene.counted() == {"audience": 300, "sent": 300}
    assert Counter(scene.server.recipients()) == Counter(readers(300))
    assert scene.state() is IssueState.SENT


def test_a_pause_before_the_audience_is_listed_loses_nobody(going: Any) -> None:
    scene = going().to(readers(20))
    with scene.store.writing() as tx:
        audience.freeze(tx, scene.issue, limit=7, now=scene.clock.now())
    steering.pause(scene.desk, 1)
    scene.send()
    assert scene.counted() == {"audience": 7, "queued": 7}
    steering.resume(scene.desk, 1)
    scene.send()
    assert scene.counted() == {"audience": 20, "sent": 20}


def test_cancelled_in_the_midst_the_rest_is_skipped_and_the_sum_holds(going: Any) -> None:
    scene = going().to(readers(200))
    keep, at_cancel = scene.server.keep, []

    def cancelling(message: Any) -> None:
        keep(message)
        if len(scene.server.taken) == 20:
            steering.cancel(scene.desk, 1)
            at_cancel.append(len(scene.server.taken))

    scene.server.keep = cancelling
    scene.send()
    counts = scene.counted()
    assert counts == {"audience": 200, "sent": len(scene.server.taken), "skipped": 200 - len(scene.server.taken)}
    # on each connection what was under way, and claims that had begun before the cancel was committed
    assert len(scene.server.taken) <= at_cancel[0] + 4 * 3
    assert scene.state() is IssueState.CANCELLED
    for refused in (steering.pause, steering.resume):
        with pytest.raises(Refused):
            refused(scene.desk, 1)


def test_who_is_told_later_by_the_server_of_a_cancelled_issue_is_skipped_too(going: Any) -> None:
    scene = going().to(["soft-1@example.org"])
    with scene.store.writing() as tx:
        audience.freeze(tx, scene.issue, limit=9, now=scene.clock.now())
        audience.freeze(tx, scene.issue, limit=9, now=scene.clock.now())
        ids = deliveries.due_ids(tx, scene.issue, limit=9, now=scene.clock.now())
        names = deliver.message_ids(deliver.renditions.of_issue(tx, scene.issue)[0].data, scene.issue)
        [row] = deliveries.claim(tx, scene.issue, ids, owner="us", names=names, now=scene.clock.now())
    steering.cancel(scene.desk, 1)
    with scene.store.writing() as tx:
        late = deliveries.Closed(id=row.id, attempt=1, state=DeliveryState.DEFERRED, due_at=scene.clock.now())
        deliveries.record(tx, [late], now=scene.clock.now())
    assert scene.counted() == {"audience": 1, "skipped": 1}


def test_a_sent_issue_has_nothing_to_steer(going: Any) -> None:
    scene = going().to(readers(2))
    scene.send()
    for refused in (steering.pause, steering.resume, steering.cancel):
        with pytest.raises(Refused, match="sent"):
            refused(scene.desk, 1)
    with pytest.raises(Refused, match="Nothing is uncertain"):
        steering.resolve(scene.desk, 1, "resend")


def test_a_drop_after_the_dot_is_uncertain_and_only_a_person_sends_it_again(going: Any) -> None:
    scene = going().to([*readers(3, "dropdot"), *readers(3)])
    assert scene.send().uncertain == 3
    assert scene.state() is IssueState.SENT
    scene.send()
    assert len(scene.server.taken) == 6
    first, *others = scene.rows(DeliveryState.UNCERTAIN)
    steering.resolve(scene.desk, 1, "assume-sent", [first])
    assert scene.state() is IssueState.SENT
    assert scene.counted() == {"audience": 6, "sent": 4, "uncertain": 2}
    with pytest.raises(NotFound, match=f"Delivery {first} is not an uncertain one"):
        steering.resolve(scene.desk, 1, "resend", [first, *others])
    assert scene.counted()["uncertain"] == 2
    steering.resolve(scene.desk, 1, "resend", others[:1])
    assert scene.state() is IssueState.SENDING
    scene.send()
    assert scene.counted() == {"audience": 6, "sent": 4, "uncertain": 2}  # the server dropped it again
    assert len(scene.server.taken) == 7
    steering.resolve(scene.desk, 1, "assume-sent")
    assert scene.counted() == {"audience": 6, "sent": 6}


def test_a_total_outage_ends_paused_with_why_and_resume_reaches_all(going: Any) -> None:
    scene = going().to([*readers(60, "dropenvelope"), *readers(40)])
    with pytest.raises(SendStopped):
        scene.send()
    issue, tally = scene.desk.status(1)
    assert issue.state is IssueState.PAUSED
    assert "in a row" in issue.held_why
    assert tally.audience == 100
    assert not tally.failed
    steering.resume(scene.desk, 1)
    scene.server.RequestHandlerClass = type("Fine", (scene.server.RequestHandlerClass,), {"kind_of": lambda *_: "fine"})
    scene.desk = replace(scene.desk, clock=Clock(scene.clock.now().replace(hour=20)))
    deliver.deliver(scene.store, scene.settings, scene.desk.clock, scene.issue)
    assert scene.state() is IssueState.SENT
    counts = scene.counted()
    assert counts == {"audience": 100, "sent": 100}
    assert max(Counter(scene.server.recipients()).values()) == 1


def test_too_many_refusals_pause_it_by_itself(going: Any) -> None:
    mixed = [email for number in range(150) for email in (f"hard-{number}@example.org", f"fine-{number}@example.org")]
    scene = going().to(mixed)
    with pytest.raises(SendStopped, match="failed or are uncertain"):
        scene.send()
    issue, tally = scene.desk.status(1)
    assert issue.state is IssueState.PAUSED
    assert "550" in issue.held_why or "250" in issue.held_why
    assert 30 <= tally.failed < 150
    assert tally.audience == tally.sent + tally.failed + tally.queued


def test_what_paused_by_itself_goes_on_when_sent_again_and_what_a_person_paused_does_not(going: Any) -> None:
    scene = going().to(readers(3))
    steering.pause(scene.desk, 1)
    with pytest.raises(Refused, match="issue resume 1"):
        scene.desk.start(1)
    steering.resume(scene.desk, 1)
    with scene.store.writing() as tx:
        issues.move(tx, scene.issue, [IssueState.SENDING], IssueState.PAUSED, {"held_why": "The server was away."})
    assert scene.desk.start(1).state is IssueState.SENDING


def test_a_batch_of_readers_who_may_not_be_mailed_does_not_end_the_issue(going: Any, monkeypatch: Any) -> None:
    from newsletter.send import ledger
    from newsletter.store import suppressions

    monkeypatch.setattr(ledger, "_CANDIDATES", 5)
    scene = going().to(readers(40))
    complete = False
    with scene.store.writing() as tx:
        while not complete:
            complete = audience.freeze(tx, scene.issue, limit=100, now=scene.clock.now())
        for email in readers(20):
            suppressions.add(tx, email, why="complaint", now=scene.clock.now())
    scene.send()
    assert scene.counted() == {"audience": 40, "sent": 20, "skipped": 20}
    assert scene.state() is IssueState.SENT


def test_a_wrong_number_is_one_sentence(going: Any) -> None:
    scene = going().to(readers(1))
    for work in (steering.pause, steering.resume, steering.cancel):
        with pytest.raises(NewsletterError, match="There is no issue 9"):
            work(scene.desk, 9)


def canary(scene: Going, size: int) -> None:
    with scene.store.writing() as tx:
        issues.change(tx, scene.issue, {"canary": size, "canary_wait": 600})


def test_the_first_ones_go_out_and_the_others_after_a_look(going: Any) -> None:
    scene = going().to(readers(40))
    canary(scene, 10)
    assert scene.send().sent == 10
    assert scene.send().sent == 10  # too early to look
    with scene.store.reading() as tx:
        assert schedules.to_send(tx, scene.clock.now()) == []
        following = schedules.next_at(tx, scene.clock.now())
    assert following is not None
    assert timedelta(minutes=9) < following - scene.clock.now() <= timedelta(minutes=10)
    scene.clock = Clock(scene.clock.now() + timedelta(minutes=11))
    scene.send()
    assert scene.counted() == {"audience": 40, "sent": 40}
    assert Counter(scene.server.recipients()) == Counter(readers(40))
    assert scene.state() is IssueState.SENT


def test_where_too_many_of_the_first_went_wrong_it_pauses(going: Any) -> None:
    scene = going().to([*readers(6, "hard"), *readers(40)])
    canary(scene, 10)
    scene.send()
    assert scene.counted() == {"audience": 46, "failed": 6, "sent": 4, "queued": 36}
    scene.clock = Clock(scene.clock.now() + timedelta(minutes=11))
    scene.send()
    assert scene.desk.status(1)[0].held_why.startswith("6 of the first 10 failed")
    assert scene.state() is IssueState.PAUSED
    steering.resume(scene.desk, 1)
    scene.send()
    assert scene.counted() == {"audience": 46, "failed": 6, "sent": 40}
