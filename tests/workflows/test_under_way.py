"""The rate and the end of an issue on its way, as the terminal tells them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from newsletter.audience import readers
from newsletter.cli.issue_json import pace_text
from newsletter.clock import Clock
from newsletter.model.publication import Publication
from newsletter.queue.editing import Editor
from newsletter.settings import Settings, smtp_from_url
from newsletter.store import Store, audience
from newsletter.store.schema import delivery
from newsletter.workflows.drafting import new_issue
from newsletter.workflows.publish import Desk
from newsletter.workflows.under_way import UnderWay, under_way


def test_sixty_in_thirty_seconds_are_two_a_second(
    store: Store, publication: Publication, clock: Clock, tmp_path: Path
) -> None:
    settings = Settings(
        workspace=tmp_path,
        base_url="https://letter.example.org",
        secret_keys=("a key for tests",),
        smtp=(smtp_from_url("file:outbox", tmp_path, "test"),),
    )
    for number in range(100):
        readers.add(store, clock, publication.id, f"r{number}@example.org")
    editor = Editor(store, clock, publication, "ada")
    new_issue(editor)
    editor.add_text(1, "Good morning.")
    desk = Desk(store, settings, clock, publication)
    assert under_way(desk, *desk.status(1)) == UnderWay()
    began = desk.start(1, approve=True).sending_at
    assert began is not None
    with store.writing() as tx:
        while not audience.freeze(tx, desk.issue(1).id, limit=1_000, now=began):
            pass
        done = update(delivery).where(delivery.c.id <= 60).values(state="sent", at=began + timedelta(seconds=20))
        tx.execute(done)
    later = replace(desk, clock=Clock(began + timedelta(seconds=30)))
    found = under_way(later, *later.status(1))
    assert found.rate == pytest.approx(2.0, abs=0.1)
    assert found.done_at is not None
    assert found.done_at - began == pytest.approx(timedelta(seconds=50), abs=timedelta(seconds=2))
    assert pace_text(2.0, began + timedelta(seconds=95), began) == "\n2.0 a second; done in about 1:35."
    assert pace_text(2.0, began + timedelta(hours=2), began) == "\n2.0 a second; done in about 2 h 0 min."
    assert pace_text(None, None, began) == ""


@pytest.mark.parametrize(
    ("limit", "sent_at", "looked_at", "rate", "left"),
    [
        (0, {20: 30, 310: 30}, 320, 3.0, 40 / 3.0),  # five minutes of pause between them
        (0, {50: 30, 80: 30}, 90, 3.0, 40 / 3.0),  # the pause lies within the minute
        (0, {10: 60}, 400, 0.0, None),
        (10, {1: 10}, 12, 10 / 3600, 90 * 360),
        (10, {1: 10}, 400, 10 / 3600, 90 * 360),
        (36_000, {5: 10, 12: 10, 20: 10}, 30, 1.0, 70),  # slower than its limit
    ],
)
def test_pauses_are_not_counted_and_limits_are_told(
    store: Store,
    publication: Publication,
    clock: Clock,
    tmp_path: Path,
    limit: int,
    sent_at: dict[int, int],
    looked_at: int,
    rate: float,
    left: float | None,
) -> None:
    server = smtp_from_url("file:outbox", tmp_path, "test")
    if limit:
        server = replace(server, per_hour=limit)
    settings = Settings(
        workspace=tmp_path,
        base_url="https://letter.example.org",
        secret_keys=("a key for tests",),
        smtp=(server,),
    )
    for number in range(100):
        readers.add(store, clock, publication.id, f"r{number}@example.org")
    editor = Editor(store, clock, publication, "ada")
    new_issue(editor)
    editor.add_text(1, "Good morning.")
    desk = Desk(store, settings, clock, publication)
    began = desk.start(1, approve=True).sending_at
    assert began is not None
    with store.writing() as tx:
        while not audience.freeze(tx, desk.issue(1).id, limit=1_000, now=began):
            pass
        done = 0
        for second, count in sent_at.items():
            rows = (delivery.c.id > done) & (delivery.c.id <= done + count)
            tx.execute(update(delivery).where(rows).values(state="sent", at=began + timedelta(seconds=second)))
            done += count
    later = replace(desk, clock=Clock(began + timedelta(seconds=looked_at)))
    found = under_way(later, *later.status(1))
    assert found.rate == pytest.approx(rate, rel=0.15)
    assert (found.done_at is None) is (left is None)
    if found.done_at is not None and left is not None:
        wait = (found.done_at - began).total_seconds() - looked_at
        assert wait == pytest.approx(left, rel=0.15)
