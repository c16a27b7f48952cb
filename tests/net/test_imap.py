"""Mail servers that lie, stall or flood: each is one sentence, within its time and under its cap."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Event, Thread
from typing import Any

import pytest

from newsletter.accounts import Account
from newsletter.net.imap import Place, Session, Unanswered, quoted
from newsletter.settings import Fetching

LIMITS = Fetching(allow_private_hosts=True, max_bytes=20_000, timeout=0.6)
GREETING = b"* OK [CAPABILITY IMAP4rev1] here\r\n"


class Liar:
    """A server that greets, and answers each command by its name with what a test wants; `TAG` is the command's tag."""

    def __init__(self, greeting: bytes = GREETING, **answers: bytes | Callable[[socket.socket, Event], None]) -> None:
        self.greeting, self.answers = greeting, answers
        self.heard: list[bytes] = []
        self.stopping = Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._listening.accept()
                with line, suppress(OSError):
                    self._talk(line)

    def _talk(self, line: socket.socket) -> None:
        line.sendall(self.greeting)
        for command in line.makefile("rb"):
            self.heard.append(command)
            tag, name, *rest = (*command.split(), b"", b"")
            word = (rest[0] if name == b"UID" else name).decode("ascii", "replace")
            answer = self.answers.get(word, HONEST.get(word, b"TAG BAD what\r\n"))
            if callable(answer):
                answer(line, self.stopping)
                return
            line.sendall(answer.replace(b"TAG", tag))

    def close(self) -> None:
        self.stopping.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(5)


HONEST = {
    "CAPABILITY": b"* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n",
    "LOGIN": b"TAG OK in\r\n",
    "EXAMINE": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 10] x\r\nTAG OK [READ-ONLY]\r\n",
    "SEARCH": b"* SEARCH 9\r\nTAG OK done\r\n",
    "FETCH": b"* 1 FETCH (UID 9 RFC822.SIZE 5 BODY[] {5}\r\nHello)\r\nTAG OK done\r\n",
    "LOGOUT": b"* BYE bye\r\nTAG OK done\r\n",
}


def drip(line: socket.socket, stopping: Event) -> None:
    while not stopping.wait(0.05):
        line.sendall(b"x")


def flood(start: bytes) -> Callable[[socket.socket, Event], None]:
    def send(line: socket.socket, stopping: Event) -> None:
        line.sendall(start)
        while not stopping.is_set():
            line.sendall(b"x" * 65_536)

    return send


def hang_up(line: socket.socket, _: Event) -> None:
    line.sendall(b"* 1 FETCH (UID 9 BODY[] {500}\r\nhalf a mess")


@pytest.fixture
def servers() -> Iterator[list[Liar]]:
    made: list[Liar] = []
    yield made
    for one in made:
        one.close()


def read(server: Liar, *, password: str | None = "secret", limits: Fetching = LIMITS) -> list[Any]:
    place = Place("127.0.0.1", server.port, False, "rosa", "INBOX")
    with Session(place, Account(host="127.0.0.1", user="rosa", password=password), limits) as session:
        session.select()
        return [one.content for one in session.letters(session.waiting(after=None))]


def test_an_honest_one_is_read(servers: list[Liar]) -> None:
    servers.append(Liar())
    assert read(servers[0]) == [b"Hello"]


CASES: dict[str, tuple[dict[str, Any], str]] = {
    "it greets with half a line": ({"greeting": b"* OK he"}, "took longer than"),
    "it says nothing": ({"greeting": b""}, "took longer than"),
    "it is no IMAP server": ({"greeting": b"220 mail.example.org ESMTP\r\n"}, "broke off"),
    "it says goodbye at once": ({"greeting": b"* BYE too busy\r\n"}, "does not answer like an IMAP server"),
    "it drips": ({"SEARCH": drip}, "took longer than"),
    "it drips a message": (
        {"FETCH": lambda line, stop: (line.sendall(b"* 1 FETCH (UID 9 BODY[] {9000}\r\n"), drip(line, stop))},
        "took longer than",
    ),
    "a line without an end": ({"SEARCH": flood(b"* SEARCH ")}, "more than it may"),
    "a literal without an end": ({"FETCH": flood(b"* 1 FETCH (UID 9 BODY[] {15000}\r\n")}, "more than it may"),
    "a literal of 10 GB": ({"FETCH": b"* 1 FETCH (UID 9 BODY[] {10000000000}\r\n"}, "more than it may"),
    "a number of 5,000 digits": ({"FETCH": b"* 1 FETCH (BODY[] {" + b"9" * 5000 + b"}\r\n"}, "does not answer like"),
    "a literal before the login": ({"LOGIN": b"* X {99999999999}\r\n"}, "more than it may"),
    "words where numbers belong": ({"SEARCH": b"* SEARCH one two\r\nTAG OK done\r\n"}, "does not answer like"),
    "it hangs up in the middle": ({"FETCH": hang_up}, "broke off"),
    "it refuses the login": ({"LOGIN": b"TAG NO [AUTHENTICATIONFAILED] secret is wrong\r\n"}, "does not let rosa in"),
    "it knows no such command": ({"SEARCH": b"TAG BAD no\r\n"}, "does not answer like"),
    "it answers another question": ({"SEARCH": b"ABCD99 OK\r\n"}, "broke off"),
    "it forbids plain logins and has no TLS": (
        {"CAPABILITY": b"* CAPABILITY IMAP4rev1 LOGINDISABLED\r\nTAG OK done\r\n"},
        "offers no TLS",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_server_that_lies_is_one_sentence(servers: list[Liar], case: str) -> None:
    answers, words = CASES[case]
    servers.append(Liar(**answers))
    with pytest.raises(Unanswered) as told:
        read(servers[0])
    assert words in told.value.reason
    assert "secret" not in told.value.reason
    assert told.value.reason.endswith(".")


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (b"* 1 FETCH (UID 9 RFC822.SIZE 99999999)\r\nTAG OK done\r\n", [None]),  # too large: told, and never asked for
        (b"* 1 FETCH (UID 9 BODY[] NIL)\r\nTAG OK done\r\n", []),
        (b"TAG OK it went away\r\n", []),
        (b"* 1 FETCH (UID 8 BODY[] {5}\r\nother)\r\nTAG OK done\r\n", []),
    ],
)
def test_odd_answers_about_a_message(servers: list[Liar], answer: bytes, found: list[Any]) -> None:
    servers.append(Liar(FETCH=answer))
    assert read(servers[0]) == found


def test_a_password_never_goes_over_the_line_in_the_clear_to_another_machine(
    servers: list[Liar], monkeypatch: pytest.MonkeyPatch
) -> None:
    servers.append(Liar())
    monkeypatch.setattr("newsletter.net.imap.is_loopback", lambda _: False)
    with pytest.raises(Unanswered, match="offers no TLS"):
        read(servers[0])
    assert not any(b"secret" in one for one in servers[0].heard)


def test_what_stood_behind_starttls_in_the_clear_is_not_believed(
    servers: list[Liar], monkeypatch: pytest.MonkeyPatch
) -> None:
    capability = b"* CAPABILITY IMAP4rev1 STARTTLS\r\nTAG OK done\r\n"
    servers.append(Liar(CAPABILITY=capability, STARTTLS=b"TAG OK begin\r\n* CAPABILITY IMAP4rev1\r\nX OK\r\n"))
    monkeypatch.setattr("newsletter.net.imap.is_loopback", lambda _: False)
    with pytest.raises(Unanswered):
        read(servers[0])
    assert not any(b"secret" in one for one in servers[0].heard)


def test_private_addresses_are_refused(servers: list[Liar]) -> None:
    servers.append(Liar())
    with pytest.raises(Unanswered, match="private address"):
        read(servers[0], limits=Fetching(timeout=0.6))
    assert servers[0].heard == []


def test_nobody_is_there() -> None:
    gone = Liar()
    gone.close()
    with pytest.raises(Unanswered, match="refused the connection"):
        read(gone)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("INBOX", '"INBOX"'),
        ("Für Rosa", '"F&APw-r Rosa"'),
        ("A & B", '"A &- B"'),
        ('say "x"', '"say \\"x\\""'),
        ("x\r\nA1 LOGOUT", '"x&AA0ACg-A1 LOGOUT"'),
    ],
)
def test_names_of_folders_go_over_the_line_in_one_piece(name: str, written: str) -> None:
    assert quoted(name) == written
