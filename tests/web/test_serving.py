"""`newsletter serve` as a process: one per workspace, clear refusals, and a clean end."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import httpx2
import pytest

from newsletter.audience import readers
from newsletter.clock import Clock
from newsletter.errors import NewsletterError, SettingsError
from newsletter.model.issue import IssueState, Planned
from newsletter.model.publication import Publication
from newsletter.model.user import Role
from newsletter.queue.editing import Editor
from newsletter.settings import Settings, load
from newsletter.store import Store, issues, publications, users
from newsletter.store.opening import open_store
from newsletter.web.app import Application
from newsletter.web.asgi import server_for
from newsletter.web.limits import TRIES
from newsletter.web.serving import place_for
from newsletter.web.serving import serve as serve_here
from newsletter.workflows.drafting import new_issue
from newsletter.workflows.publish import Desk

from .. import warm
from ..warm import Running

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
NOW = datetime.fromisoformat("2026-11-27T13:59:00+00:00")
READERS = ["ana@example.org", "bo@example.com", "cy@example.net"]


class Serve:
    """A running `newsletter serve`, and what it said."""

    def __init__(self, workspace: Path, *, environ: dict[str, str] | None = None, cold: bool = False) -> None:
        """`cold` starts it as a shell does."""
        words = ["--workspace", str(workspace), "serve", "--port", "0"]
        self.process: Running | subprocess.Popen[str]
        if cold:
            command = [sys.executable, "-m", "newsletter", *words]
            self.process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        else:
            self.process = Running(*words, environ=environ)
        assert self.process.stderr is not None
        first = self.process.stderr.readline()
        match = re.search(r"http://[^/]+:(\d+)/", first)
        assert match, first + self.process.stderr.read()
        self.port = int(match[1])

    def line(self) -> str:
        """The next line it says."""
        assert self.process.stderr is not None
        return self.process.stderr.readline()

    def get(self, path: str) -> int:
        request = Request(f"http://127.0.0.1:{self.port}{path}")
        try:
            with urlopen(request, timeout=PATIENCE) as answer:
                return int(answer.status)
        except HTTPError as error:
            return int(error.code)

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(PATIENCE)
        finally:
            self.close()

    def close(self) -> None:
        """Hear no more of it."""
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


def run(workspace: Path, *words: str, environ: dict[str, str] | None = None) -> tuple[int, str]:
    done = warm.run("--workspace", workspace, *words, environ=environ)
    return done.returncode, done.stderr


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "newsletter.toml").write_text(
        'base_url = "http://127.0.0.1"\nsecret_key = "for the tests of serve"\n[[smtp]]\nurl = "file:outbox"\n'
    )
    store = open_store("sqlite:///newsletter.db", tmp_path)
    with store.writing() as tx:
        letter = publications.add(
            tx,
            "Alderwick Letter",
            now=Clock().now(),
            sender="Alderwick Letter <desk@letter.example.org>",
            address="Old Ferry House, 12 Mill Street, Alderwick",
            zone="America/New_York",
        )
    for address in READERS:
        readers.add(store, Clock(NOW - timedelta(days=9)), letter.id, address)
    store.close()
    return tmp_path


def composed(workspace: Path, *, at: datetime | None = None) -> None:
    """Issue 1, approved on the day of `NOW`, and perhaps scheduled."""
    store, clock = open_store("sqlite:///newsletter.db", workspace), Clock(NOW)
    with store.reading() as tx:
        letter = publications.find(tx, None)
    editor = Editor(store, clock, letter, "Edda")
    new_issue(editor)
    editor.add_text(1, "Good morning.")
    desk = Desk(store, load(workspace, {}), clock, letter)
    desk.approve(1)
    if at is not None:
        desk.schedule(1, Planned(at=at, zone=letter.zone))
    store.close()


def received(workspace: Path) -> list[str]:
    messages = [message_from_bytes(path.read_bytes()) for path in (workspace / "outbox").glob("*.eml")]
    return sorted(str(message["To"]) for message in messages)


@pytest.fixture
def serving(workspace: Path) -> Iterator[Serve]:
    serve = Serve(workspace, cold=True)
    yield serve
    serve.end()


def test_it_serves_prints_a_link_and_refuses_a_second_one(serving: Serve, workspace: Path) -> None:
    link = re.search(r"(/setup/\S+)", serving.line())
    assert link
    assert serving.get(link[1]) == 200
    assert serving.get("/healthz") == 200
    code, said = run(workspace, "serve", "--port", "0")
    assert code == 2
    assert re.fullmatch(r"newsletter: Another newsletter serve runs on .* already; .*\n", said)


def refused(workspace: Path, *, host: str, port: int = 0) -> str:
    store = open_store("sqlite:///newsletter.db", workspace)
    with store.reading() as tx:
        letter = publications.find(tx, None)
    try:
        with pytest.raises(NewsletterError) as found:
            serve_here(store, load(workspace, {}), Clock(NOW), letter, host=host, port=port, say=str)
    finally:
        store.close()
    assert found.value.exit_code == 2
    return found.value.message


def test_a_port_in_use_is_one_sentence(workspace: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused(workspace, host="127.0.0.1", port=port)
    assert said == (f"The address 127.0.0.1:{port} cannot be used: Address already in use. Choose another with --port.")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "desk.example.org"])
def test_others_are_not_let_in_before_there_is_a_password(workspace: Path, host: str) -> None:
    assert "Nobody has a password yet" in refused(workspace, host=host)


def test_an_address_that_is_not_ours_is_told(workspace: Path) -> None:
    store = open_store("sqlite:///newsletter.db", workspace)
    with store.writing() as tx:
        users.add(tx, "Edda", "no hash", role=Role.ADMIN, now=NOW)
    store.close()
    assert "cannot be used" in refused(workspace, host="192.0.2.1")
    assert "There is no address" in refused(workspace, host="no such host")


def test_it_ends_cleanly_when_told(workspace: Path) -> None:
    serve = Serve(workspace)
    with socket.create_connection(("127.0.0.1", serve.port)) as idle:  # a browser that keeps its connection
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert idle.recv(20).startswith(b"HTTP/1.1 200")
        assert serve.end(signal.SIGTERM) == 0
    again = Serve(workspace)  # the lock went with the process
    assert again.end(signal.SIGINT) == 0


def test_an_open_page_that_listens_for_news_does_not_hold_it_up(workspace: Path) -> None:
    serve = Serve(workspace)
    token = serve.line().rpartition("/")[2].strip()
    origin = f"http://127.0.0.1:{serve.port}"
    password = {"name": "Edda", "password": "ferry-house-12", "again": "ferry-house-12"}
    with httpx2.Client(base_url=origin, headers={"origin": origin}, timeout=PATIENCE) as browser:
        assert browser.post(f"/setup/{token}", data=password).status_code == 303
        with browser.stream("GET", "/live") as news:
            assert news.headers["content-type"].startswith("text/event-stream")
            chunks = news.iter_text()
            assert next(chunks).startswith("retry:")
            serve.process.send_signal(signal.SIGTERM)
            assert "".join(chunks) is not None, "the stream ended as a stream ends, not cut off"
    assert serve.end() == 0


def test_issue_send_beside_it_hands_over_and_follows(workspace: Path) -> None:
    composed(workspace)
    environ = {"NEWSLETTER_NOW": NOW.isoformat()}
    serve = Serve(workspace, environ=environ)
    try:
        code, said = run(workspace, "issue", "send", "1", "--yes", "--json", environ=environ)
    finally:
        assert serve.end() == 0
    assert code == 0, said
    assert received(workspace) == READERS


def test_what_is_scheduled_goes_out_by_the_clock_of_the_process(workspace: Path) -> None:
    composed(workspace, at=NOW + timedelta(seconds=60))
    serve = Serve(workspace, environ={"NEWSLETTER_NOW": (NOW + timedelta(seconds=58)).isoformat()})
    store = open_store("sqlite:///newsletter.db", workspace)
    checked, clock = threading.Event(), Clock()
    end = clock.monotonic() + PATIENCE
    try:
        state = None
        while state is not IssueState.SENT and clock.monotonic() < end:
            checked.wait(0.1)
            with store.reading() as tx:
                state = issues.listing(tx, publications.find(tx, None).id)[0].state
    finally:
        store.close()
        assert serve.end() == 0
    assert state is IssueState.SENT
    assert received(workspace) == READERS


@pytest.mark.parametrize(("proxies", "last"), [((), 429), (("127.0.0.0/8",), 403)])
def test_nobody_says_where_they_come_from_but_a_proxy_that_a_setting_names(
    sqlite_store: Store, settings: Settings, letter: Publication, proxies: tuple[str, ...], last: int
) -> None:
    settings = replace(settings, proxies=proxies)
    app = Application(place_for(sqlite_store, settings, Clock(NOW), letter, host="127.0.0.1"))
    server, answers = server_for(app, settings), list[int]()
    with socket.create_server(("127.0.0.1", 0)) as bound:
        home = f"http://127.0.0.1:{bound.getsockname()[1]}"
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        try:
            with httpx2.Client(base_url=home, headers={"origin": home}, timeout=PATIENCE) as browser:
                for number in range(TRIES + 1):
                    guess = {"name": f"N{number}", "password": "wrong"}
                    said = browser.post("/signin", data=guess, headers={"x-forwarded-for": f"192.0.2.{number}"})
                    answers.append(said.status_code)
        finally:
            server.should_exit = True
            thread.join(PATIENCE)
    assert answers == [403] * TRIES + [last]


@pytest.mark.parametrize("proxies", ['"127.0.0.1"', '["*"]', '["a proxy"]', "[1.5]"])
def test_a_proxy_is_an_address_or_a_network(workspace: Path, proxies: str) -> None:
    with (workspace / "newsletter.toml").open("a") as file:
        file.write(f"[serve]\nproxies = {proxies}\n")
    with pytest.raises(SettingsError, match="proxies"):
        load(workspace, {})
