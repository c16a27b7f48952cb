"""`kill -9` at random moments: nobody twice, nobody lost in silence, the sum always right.

Ten times for each mode with `pytest -m long tests/send/test_kill.py`, a hundred times with `NEWSLETTER_KILLS=100` set.
"""

from __future__ import annotations

import os
import random
import resource
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ledger_material import issue_on_its_way, subscribe
from sqlalchemy.exc import DBAPIError

from newsletter.errors import NewsletterError
from newsletter.model.delivery import DeliveryState, Tally
from newsletter.model.issue import IssueId, IssueState
from newsletter.model.publication import Publication
from newsletter.store import Store, deliveries, issues, publications
from newsletter.store.schema import delivery

from ..warm import Running

CONNECTIONS = 8
KILLS = int(os.environ.get("NEWSLETTER_KILLS", "10"))
Spawn = Callable[..., Running]


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """Starts scripts of this folder as processes of their own; ends those that are left."""
    processes: list[Running] = []

    def start(script: str, *arguments: object) -> Running:
        process = Running(*arguments, script=Path(__file__).with_name(script))
        processes.append(process)
        return process

    yield start
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.close()


class Scene:
    """An issue on its way, the server's log, and processes that send."""

    def __init__(self, store: Store, url: str, folder: Path, issue: IssueId, spawn: Spawn) -> None:
        self.store, self.url, self.folder, self.issue, self.spawn = store, url, folder, issue, spawn
        self.log = folder / "taken.log"
        self.log.touch()
        self.serve()

    def serve(self) -> None:
        """A mail server, at a port of its own."""
        self.server = self.spawn("smtp_recorder.py", self.log)
        self.port = int(self.server.stdout.readline())

    def resume(self) -> None:
        """As a person does, where the issue paused by itself."""
        for _ in range(100):
            try:
                with self.store.writing() as tx:
                    issues.move(tx, self.issue, [IssueState.PAUSED], IssueState.SENDING, {"held_why": None})
                    return
            except (NewsletterError, DBAPIError):  # a database that recovers
                time.sleep(0.1)
        raise AssertionError("the database does not come back")

    def everybody_is_due(self) -> None:
        """Those who were deferred are due now."""
        with self.store.writing() as tx:
            tx.execute(delivery.update().where(delivery.c.state == "deferred").values(due_at=delivery.c.at))

    def kill_the_database(self) -> None:
        """kill -9 of a process of PostgreSQL that serves this database."""
        with self.store.reading() as tx:
            pid = tx.exec_driver_sql(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() LIMIT 1"
            ).scalar()
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def sender(self) -> Running:
        """One more process that sends, or follows who does."""
        return self.spawn("sending_process.py", self.url, self.folder, self.port, self.issue, CONNECTIONS)

    def taken(self) -> list[str]:
        """Who received something, in order."""
        return self.log.read_text().splitlines()

    def wait_for(self, more: int, *processes: Running) -> None:
        """Until so many more messages were taken, or the processes are done."""
        enough = len(self.taken()) + more
        while len(self.taken()) < enough and any(process.poll() is None for process in processes):
            time.sleep(0.002)

    def tally(self) -> Tally:
        """The counts; their sum is the audience, whatever happened."""
        with self.store.reading() as tx:
            return deliveries.tally(tx, self.issue)

    def assert_nobody_twice_and_nobody_lost(self, readers: set[str], kills: int) -> None:
        """What the server took against what the ledger says."""
        taken = Counter(self.taken())
        assert not {reader for reader, copies in taken.items() if copies > 1}
        with self.store.reading() as tx:
            rows = deliveries.listing(tx, self.issue)
            assert deliveries.sending(tx, self.issue).state is IssueState.SENT
        assert {row.email for row in rows} == readers
        assert len(rows) == len(readers) == self.tally().audience
        assert {row.state for row in rows} <= {DeliveryState.SENT, DeliveryState.UNCERTAIN}
        sent = {row.email for row in rows if row.state is DeliveryState.SENT}
        assert sent <= set(taken)
        uncertain = {row.email for row in rows if row.state is DeliveryState.UNCERTAIN}
        assert set(taken) - sent <= uncertain
        assert len(uncertain) <= CONNECTIONS * kills


@pytest.fixture
def scene(
    store: Store, database_url: str, publication: Publication, tmp_path: Path, spawn: Spawn
) -> Callable[[int], Scene]:
    """An issue for so many readers."""

    def make(readers: int) -> Scene:
        now = datetime.now(UTC) - timedelta(minutes=1)
        subscribe(store, publication.id, (f"reader-{number}@example.org" for number in range(readers)), now)
        return Scene(store, database_url, tmp_path, issue_on_its_way(store, publication.id, now), spawn)

    return make


def kill_and_continue(scene: Scene, readers: int, kills: int) -> None:
    """Kill the sender in the midst of its work, so many times; then let it finish."""
    luck = random.Random(readers)
    for _ in range(kills):
        sender = scene.sender()
        scene.wait_for(luck.randint(1, readers // (kills + 2)), sender)
        sender.send_signal(signal.SIGKILL)
        sender.communicate()
        assert scene.tally().audience in (0, readers)
    last = scene.sender()
    last.communicate()
    assert last.poll() == 0
    scene.assert_nobody_twice_and_nobody_lost({f"reader-{number}@example.org" for number in range(readers)}, kills)


def test_kill_9_mails_nobody_twice_and_loses_nobody(scene: Callable[[int], Scene]) -> None:
    kill_and_continue(scene(240), 240, kills=3)


@pytest.mark.long
def test_kill_9_again_and_again(scene: Callable[[int], Scene]) -> None:
    kill_and_continue(scene(KILLS * 120), KILLS * 120, kills=KILLS)


def server_killed(stage: Scene, readers: int, kills: int) -> None:
    """Kill the mail server in the midst of a run, and go on with a new one; what paused by itself is resumed."""
    luck = random.Random(readers)
    for _ in range(kills):
        sender = stage.sender()
        stage.wait_for(luck.randint(1, readers // (kills + 2)), sender)
        stage.server.send_signal(signal.SIGKILL)
        sender.communicate()
        stage.serve()
        stage.resume()
    last = stage.sender()
    last.communicate()
    assert last.poll() == 0
    stage.everybody_is_due()
    stage.sender().communicate()
    stage.assert_nobody_twice_and_nobody_lost({f"reader-{number}@example.org" for number in range(readers)}, kills)


@pytest.mark.long
def test_the_mail_server_killed_again_and_again(scene: Callable[[int], Scene]) -> None:
    server_killed(scene(KILLS * 60), KILLS * 60, kills=KILLS)


@pytest.mark.long
def test_the_database_killed_again_and_again(scene: Callable[[int], Scene]) -> None:
    """One of PostgreSQL's processes is killed: it ends all the others and recovers from its log."""
    stage, readers = scene(KILLS * 60), KILLS * 60
    if stage.store.is_sqlite:
        pytest.skip("SQLite has no process of its own; the sender is it")
    luck = random.Random(readers)
    for _ in range(KILLS):
        sender = stage.sender()
        stage.wait_for(luck.randint(1, readers // (KILLS + 2)), sender)
        stage.kill_the_database()
        sender.communicate()
        stage.resume()
    last = stage.sender()
    last.communicate()
    assert last.poll() == 0
    stage.assert_nobody_twice_and_nobody_lost({f"reader-{number}@example.org" for number in range(readers)}, KILLS)


def test_a_full_disk_ends_the_run_and_the_next_one_goes_on(sqlite_store: Store, tmp_path: Path, spawn: Spawn) -> None:
    now = datetime.now(UTC) - timedelta(minutes=1)
    with sqlite_store.writing() as tx:
        made = publications.add(tx, "Alderwick Letter", now=now, sender="desk@letter.example.org")
    readers = {f"reader-{number}@example.org" for number in range(200)}
    subscribe(sqlite_store, made.id, sorted(readers), now)
    issue = issue_on_its_way(sqlite_store, made.id, now)
    stage = Scene(sqlite_store, f"sqlite:///{sqlite_store.engine.url.database}", tmp_path, issue, spawn)
    sender = stage.sender()
    stage.wait_for(40, sender)
    resource.prlimit(sender.pid, resource.RLIMIT_FSIZE, (1, 1))  # no file of it may grow any more
    sender.communicate()
    assert sender.poll() not in (0, -signal.SIGKILL)
    assert stage.tally().audience == 200
    assert stage.tally().sent >= 30
    stage.resume()
    last = stage.sender()
    last.communicate()
    assert last.poll() == 0
    stage.assert_nobody_twice_and_nobody_lost(readers, kills=1)


def test_when_the_sender_dies_the_one_beside_it_carries_on(scene: Callable[[int], Scene]) -> None:
    stage = scene(200)
    first, second = stage.sender(), stage.sender()
    stage.wait_for(60, first, second)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    second.communicate()
    assert second.poll() == 0
    stage.assert_nobody_twice_and_nobody_lost({f"reader-{number}@example.org" for number in range(200)}, kills=1)
