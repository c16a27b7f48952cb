"""A run that stops on its way: the counts and exit code 1; one that never began: an error and exit code 2."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from newsletter.cli.main import run


class Moody(socketserver.ThreadingTCPServer):
    """An SMTP server that refuses us at each recipient, or drops every connection after the message."""

    daemon_threads = True
    block_on_close = False
    policy = True
    greeting = b"220 moody\r\n"


class Talk(socketserver.StreamRequestHandler):
    server: Moody

    def handle(self) -> None:
        self.wfile.write(self.server.greeting)
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"RCPT" and self.server.policy:
                self.wfile.write(b"554 5.7.1 blocked by policy\r\n")
            elif verb == b"DATA":
                self.wfile.write(b"554 no valid recipients\r\n" if self.server.policy else b"354 go on\r\n")
                while not self.server.policy and (part := self.rfile.readline()) != b".\r\n":
                    if not part:
                        return
                if not self.server.policy:
                    return
            else:
                self.wfile.write(b"250 ok\r\n")


@pytest.fixture
def moody(monkeypatch: pytest.MonkeyPatch) -> Iterator[Moody]:
    with Moody(("127.0.0.1", 0), Talk) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        monkeypatch.setenv("NEWSLETTER_SMTP_URL", f"smtp://127.0.0.1:{server.server_address[1]}?starttls=never")
        yield server
        server.shutdown()


@pytest.fixture
def call(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """Runs one command; its exit code, its document, and what was said beside it."""
    monkeypatch.setenv("NEWSLETTER_NOW", "2026-11-26T15:00:00Z")
    monkeypatch.setenv("NEWSLETTER_BASE_URL", "https://letter.example.org")

    def one(*words: object) -> tuple[int, Any, str]:
        code = run([*map(str, words), "--json", "--workspace", str(workspace)])
        shown = capsys.readouterr()
        return code, json.loads(shown.out), shown.err

    one("publication", "set", "from=desk@letter.example.org", "address=Old Ferry House", "zone=America/New_York")
    table = tmp_path / "readers.csv"
    table.write_text("email\n" + "".join(f"reader-{number}@example.org\n" for number in range(60)))
    assert one("subscribers", "import", table)[0] == 0
    one("issue", "new")
    one("issue", "text", 1, "Good morning.")
    return one


@pytest.mark.parametrize(("policy", "why"), [(True, "blocked by policy"), (False, "in a row failed or are uncertain")])
def test_a_run_that_pauses_by_itself_answers_with_the_counts(
    moody: Moody, call: Callable[..., Any], policy: bool, why: str
) -> None:
    moody.policy = policy
    for words in (["send", 1, "--approve", "--yes"], ["resume", 1], ["send", 1, "--yes"]):
        code, counts, told = call("issue", *words)
        assert (code, counts["state"], counts["audience"], counts["sent"]) == (1, "paused", 60, 0)
        assert counts["failed"] == 0
        assert counts["queued"] == 60 if policy else 10 <= counts["uncertain"] <= 60
        assert why in told


def test_where_nothing_was_begun_it_is_an_error(moody: Moody, call: Callable[..., Any]) -> None:
    moody.greeting = b"554 5.7.1 go away\r\n"
    code, document, _ = call("issue", "send", 1, "--approve", "--yes")
    assert (code, document["error"]["code"]) == (2, "smtp")
    assert call("issue", "status", 1)[1]["state"] == "draft"


def test_resuming_while_the_server_is_away_answers_with_the_counts_and_stays_paused(
    moody: Moody, call: Callable[..., Any]
) -> None:
    assert call("issue", "send", 1, "--approve", "--yes")[1]["state"] == "paused"
    moody.greeting = b"421 come back later\r\n"
    code, counts, told = call("issue", "resume", 1)
    assert (code, counts["state"], counts["queued"]) == (1, "paused", 60)
    assert "asks for patience" in told
    assert call("issue", "status", 1)[1]["state"] == "paused"
