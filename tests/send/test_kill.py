"""`kill -9` at random moments: nobody twice, nobody lost in silence, the sum always right."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ledger_material import issue_on_its_way, subscribe

import newsletter
from newsletter.model.delivery import DeliveryState, Tally
from newsletter.model.issue import IssueId, IssueState
from newsletter.model.publication import Publication
from newsletter.store import Store, deliveries

CONNECTIONS = 4
Spawn = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """Starts scripts of this folder as processes of their own; ends those that are left."""
    processes: list[subprocess.Popen[str]] = []

    def start(script: str, *arguments: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name(script)), *map(str, arguments)],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(Path(newsletter.__file__).parents[1])},
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


class Scene:
    """An issue on its way, the server's log, and processes that send."""

    def __init__(self, store: Store, url: str, folder: Path, issue: IssueId, spawn: Spawn) -> None:
        self.store, self.url, self.folder, self.issue, self.spawn = store, url, folder, issue, spawn
        self.log = folder / "taken.log"
        self.log.touch()
        server = spawn("smtp_recorder.py", self.log)
        assert server.stdout is not None
        self.port = int(server.stdout.readline())

    def sender(self) -> subprocess.Popen[str]:
        """One more process that sends, or follows who does."""
        return self.spawn("sending_process.py", self.url, self.folder, self.port, self.issue, CONNECTIONS)

    def taken(self) -> list[str]:
        """Who received something, in order."""
        return self.log.read_text().splitlines()

    def wait_for(self, more: int, *processes: subprocess.Popen[str]) -> None:
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
    assert last.returncode == 0
    scene.assert_nobody_twice_and_nobody_lost({f"reader-{number}@example.org" for number in range(readers)}, kills)


def test_kill_9_mails_nobody_twice_and_loses_nobody(scene: Callable[[int], Scene]) -> None:
    kill_and_continue(scene(240), 240, kills=3)


@pytest.mark.long
def test_kill_9_again_and_again(scene: Callable[[int], Scene]) -> None:
    kill_and_continue(scene(10_000), 10_000, kills=25)


def test_when_the_sender_dies_the_one_beside_it_carries_on(scene: Callable[[int], Scene]) -> None:
    stage = scene(200)
    first, second = stage.sender(), stage.sender()
    stage.wait_for(60, first, second)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    second.communicate()
    assert second.returncode == 0
    stage.assert_nobody_twice_and_nobody_lost({f"reader-{number}@example.org" for number in range(200)}, kills=1)
