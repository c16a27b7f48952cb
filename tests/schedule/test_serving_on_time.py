"""`serve` sends what is scheduled when its time comes, by its own clock, and each reader once."""

from __future__ import annotations

import email
import os
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from newsletter.audience import readers
from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.model.issue import Issue, IssueId, IssueState
from newsletter.model.publication import Publication
from newsletter.schedule.alarm import Alarm
from newsletter.schedule.senders import Senders
from newsletter.settings import Settings, Smtp
from newsletter.store import Store, deliveries, issues, schedules

DUE = datetime.fromisoformat("2026-11-27T14:00:00+00:00")
PATIENCE = 60.0


def until(store: Store, issue: IssueId, *states: IssueState) -> Issue:
    """The issue, as soon as it is in one of these states."""
    clock, checked = Clock(), threading.Event()
    end = clock.monotonic() + PATIENCE
    while clock.monotonic() < end:
        with store.reading() as tx:
            found = issues.by_id(tx, issue)
        if found.state in states:
            return found
        checked.wait(0.05)
    raise AssertionError(f"still {found.state}")


class Catcher(threading.Thread):
    """A real SMTP server that takes everything, and counts who is connected at once."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.recipients: list[str] = []
        self.most_at_once = 0
        self._now = 0
        self._guard = threading.Lock()
        catcher = self

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with catcher._guard:
                    catcher._now += 1
                    catcher.most_at_once = max(catcher.most_at_once, catcher._now)
                try:
                    self._talk()
                finally:
                    with catcher._guard:
                        catcher._now -= 1

            def _talk(self) -> None:
                self.wfile.write(b"220 ready\r\n")
                in_message = False
                for line in self.rfile:
                    if in_message:
                        in_message = line != b".\r\n"
                        if in_message:
                            continue
                    verb = line[:4].upper()
                    if verb == b"RCPT":
                        with catcher._guard:
                            catcher.recipients.append(line.decode()[9:].partition(">")[0])
                    in_message = verb == b"DATA"
                    answer = {b"DATA": b"354 go", b"QUIT": b"221 bye", b"EHLO": b"250-me\r\n250 PIPELINING"}
                    self.wfile.write(answer.get(verb, b"250 ok") + b"\r\n")
                    if verb == b"QUIT":
                        return

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False
            request_queue_size = 64

            def handle_error(self, request: object, client_address: object) -> None:
                """Who hangs up is no error here."""

        self._server = Server(("127.0.0.1", 0), Conversation)
        self.port: int = self._server.server_address[1]

    def run(self) -> None:
        self._server.serve_forever(poll_interval=0.02)

    def stop(self) -> None:
        """No more."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def subscribed(store: Store, publication: Publication) -> list[str]:
    addresses = [f"reader{number}@example.org" for number in range(5)]
    for address in addresses:
        readers.add(store, Clock(DUE - timedelta(days=3)), publication.id, address)
    return addresses


def test_the_alarm_rings_at_the_exact_moment_of_a_clock_that_runs_elsewhere(
    store: Store, settings: Settings, scheduled: Callable[..., Issue], subscribed: list[str]
) -> None:
    issue = scheduled(DUE)
    alarm = Alarm(store, settings, Clock(DUE - timedelta(seconds=1)), every=3600)  # no second tick would help
    alarm.start()
    try:
        sent = until(store, issue.id, IssueState.SENT)
    finally:
        alarm.stop()
    assert sent.sending_at is not None
    assert sent.sending_at >= DUE
    with store.reading() as tx:
        assert deliveries.tally(tx, issue.id).sent == len(subscribed)
    messages = [email.message_from_bytes(path.read_bytes()) for path in (settings.workspace / "outbox").glob("*.eml")]
    assert sorted(str(message["To"]) for message in messages) == subscribed


def test_two_alarms_on_one_workspace_send_one_copy(
    store: Store, settings: Settings, scheduled: Callable[..., Issue], subscribed: list[str]
) -> None:
    issue = scheduled(DUE)
    clock = Clock(DUE - timedelta(seconds=1))
    alarms = [Alarm(store, settings, clock, every=0.2) for _ in range(2)]
    for alarm in alarms:
        alarm.start()
    try:
        until(store, issue.id, IssueState.SENT)
    finally:
        for alarm in alarms:
            alarm.stop()
    with store.reading() as tx:
        tally = deliveries.tally(tx, issue.id)
    assert (tally.audience, tally.sent, tally.uncertain) == (len(subscribed), len(subscribed), 0)


TICK = """
import sys
from datetime import datetime
from pathlib import Path
from newsletter.clock import Clock
from newsletter.settings import Settings, Smtp
from newsletter.store.opening import open_store
from newsletter.schedule.tick import tick
url, folder = sys.argv[1:]
settings = Settings(
    workspace=Path(folder),
    base_url="http://127.0.0.1:8000",
    secret_keys=("a key of the tests",),
    smtp=(Smtp(folder=Path(folder)),),
)
sys.stdin.readline()
tick(open_store(url), settings, Clock(datetime.fromisoformat("2026-11-27T14:00:00+00:00")))
"""


def test_two_processes_that_tick_at_once_fire_once(
    store: Store, database_url: str, scheduled: Callable[..., Issue], tmp_path: Path
) -> None:
    issue = scheduled(DUE)
    ticking = [
        subprocess.Popen(
            [sys.executable, "-c", TICK, database_url, str(tmp_path)],
            stdin=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        for _ in range(2)
    ]
    for process in ticking:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in ticking:
        process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
    with store.reading() as tx:
        assert issues.by_id(tx, issue.id).state is IssueState.SENDING
        assert schedules.runs(tx, issue.id) == ["sending"]


def test_an_issue_that_waits_does_not_hold_another() -> None:
    began, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def send(issue: IssueId, _stop: threading.Event) -> None:
        if issue == 1:
            began.set()
            go_on.wait(PATIENCE)
        else:
            done.set()

    senders = Senders(send, Clock())
    senders.see_to([IssueId(1)])
    assert began.wait(PATIENCE)
    senders.see_to([IssueId(1), IssueId(2)])
    assert done.wait(PATIENCE)
    go_on.set()
    senders.stop(PATIENCE)


def test_28_issues_due_in_one_minute_all_go_and_share_the_connections(
    store: Store, settings: Settings, scheduled: Callable[..., Issue], subscribed: list[str]
) -> None:
    catcher = Catcher()
    catcher.start()
    server = Smtp(host="127.0.0.1", port=catcher.port, starttls="never", connections=4)
    planned = [scheduled(DUE + timedelta(seconds=2 * number)).id for number in range(28)]
    alarm = Alarm(store, replace(settings, smtp=(server,)), Clock(DUE + timedelta(minutes=1)), every=0.2)
    alarm.start()
    try:
        for issue in planned:
            until(store, issue, IssueState.SENT)
    finally:
        alarm.stop()
        catcher.stop()
    with store.reading() as tx:
        for issue in planned:
            tally = deliveries.tally(tx, issue)
            assert (tally.audience, tally.sent) == (len(subscribed), len(subscribed))
    assert sorted(catcher.recipients) == sorted(subscribed * 28)
    assert catcher.most_at_once <= 28 + 4  # each issue one, and the server's own number together


def test_after_trouble_an_issue_rests_until_somebody_asks() -> None:
    calls: list[IssueId] = []
    called = threading.Semaphore(0)

    def send(issue: IssueId, _stop: threading.Event) -> None:
        calls.append(issue)
        called.release()
        raise NewsletterError("The server refused the login.")

    senders = Senders(send, Clock())
    senders.see_to([IssueId(1)])
    assert called.acquire(timeout=PATIENCE)
    while senders.is_running(IssueId(1)):
        pass
    assert senders.trouble(IssueId(1)) == "The server refused the login."
    senders.see_to([IssueId(1)])
    assert len(calls) == 1
    senders.rouse()
    senders.see_to([IssueId(1)])
    assert called.acquire(timeout=PATIENCE)
    senders.stop(PATIENCE)
    senders.see_to([IssueId(1)])
    assert len(calls) == 2


def test_stopping_lets_the_sender_finish() -> None:
    began, finished = threading.Event(), threading.Event()

    def send(_issue: IssueId, stop: threading.Event) -> None:
        began.set()
        stop.wait(PATIENCE)
        finished.set()

    senders = Senders(send, Clock())
    senders.see_to([IssueId(1)])
    assert began.wait(PATIENCE)
    senders.stop(PATIENCE)
    assert finished.is_set()
