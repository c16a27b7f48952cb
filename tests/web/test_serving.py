"""`newsletter serve` as a process: one per workspace, clear refusals, and a clean end."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from newsletter.clock import Clock
from newsletter.store import publications
from newsletter.store.opening import open_store

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


class Serve:
    """A running `newsletter serve`, and what it said."""

    def __init__(self, workspace: Path, *options: str, environ: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "newsletter", "--workspace", str(workspace), "serve", "--port", "0", *options],
            cwd=ROOT,
            env={**os.environ, **(environ or {})},
            stderr=subprocess.PIPE,
            text=True,
        )
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
            assert self.process.stderr is not None
            self.process.stderr.close()


def run(workspace: Path, *arguments: str, environ: dict[str, str] | None = None) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "newsletter", "--workspace", str(workspace), *arguments],
        cwd=ROOT,
        env={**os.environ, **(environ or {})},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "newsletter.toml").write_text('secret_key = "for the tests of serve"\n')
    store = open_store("sqlite:///newsletter.db", tmp_path)
    with store.writing() as tx:
        publications.add(tx, "Alderwick Letter", now=Clock().now())
    store.close()
    return tmp_path


@pytest.fixture
def serving(workspace: Path) -> Iterator[Serve]:
    serve = Serve(workspace)
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


def test_a_port_in_use_is_one_sentence(workspace: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, said = run(workspace, "serve", "--port", str(port))
    assert code == 2
    assert said == f"newsletter: The address 127.0.0.1:{port} cannot be used: Address already in use. " + (
        "Choose another with --port.\n"
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_others_are_not_let_in_before_there_is_a_password(workspace: Path, host: str) -> None:
    code, said = run(workspace, "serve", "--host", host, "--port", "0")
    assert code == 2
    assert "Nobody has a password yet" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_when_told(workspace: Path, how: signal.Signals) -> None:
    serve = Serve(workspace)
    with socket.create_connection(("127.0.0.1", serve.port)) as idle:  # a browser that keeps its connection
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert idle.recv(20).startswith(b"HTTP/1.1 200")
        assert serve.end(how) == 0
    again = Serve(workspace)  # the lock went with the process
    assert again.end() == 0
