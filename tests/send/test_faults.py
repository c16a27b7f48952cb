"""Servers that misbehave and disks that are full: one sentence, nobody twice, nobody lost, and the run ends."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from dataclasses import asdict, replace
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from ledger_material import issue_on_its_way, rendition, subscribe

from newsletter.audience import readers
from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.model.delivery import Tally
from newsletter.model.issue import IssueId, IssueState
from newsletter.model.publication import Publication
from newsletter.model.rendition import RenditionData
from newsletter.send.stopped import SendStopped
from newsletter.settings import Settings
from newsletter.store import Store, audience, deliveries, publications
from newsletter.workflows.deliver import deliver

SettingsFor = Callable[..., Settings]
Talk = Callable[[socket.socket, Any], None]


@pytest.fixture
def rude() -> Iterator[Callable[[Talk], int]]:
    """Starts a server that speaks to each connection as a function wants; its port."""
    listening: list[socket.socket] = []

    def start(talk: Talk) -> int:
        server = socket.create_server(("127.0.0.1", 0))
        listening.append(server)

        def one(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                talk(connection, connection.makefile("rb"))

        def accept() -> None:
            with suppress(OSError):
                while True:
                    threading.Thread(target=one, args=(server.accept()[0],), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        port: int = server.getsockname()[1]
        return port

    yield start
    for server in listening:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


def issue_for(store: Store, clock: Clock, emails: list[str], data: RenditionData | None = None) -> IssueId:
    with store.writing() as tx:
        made = publications.add(tx, "Alderwick Letter", now=clock.now(), sender="desk@letter.example.org")
    subscribe(store, made.id, emails, clock.now())
    return issue_on_its_way(store, made.id, clock.now(), data=data)


def tally_of(store: Store, issue: IssueId) -> Tally:
    with store.reading() as tx:
        return deliveries.tally(tx, issue)


def counted(tally: Tally) -> dict[str, int]:
    return {name: count for name, count in asdict(tally).items() if count}


READERS = [f"reader-{number}@example.org" for number in range(6)]


def half_a_line(connection: socket.socket, _file: Any) -> None:
    connection.sendall(b"220 half a li")


def endless_banner(connection: socket.socket, _file: Any) -> None:
    for _ in range(10 * 1024):
        connection.sendall(b"220-" + b"welcome " * 128 + b"\r\n")


def endless_line(connection: socket.socket, _file: Any) -> None:
    connection.sendall(b"220 " + b"x" * 10_000_000)


def a_byte_now_and_then(connection: socket.socket, _file: Any) -> None:
    for _ in range(100):
        connection.sendall(b"2")
        threading.Event().wait(0.05)


def no_smtp(connection: socket.socket, _file: Any) -> None:
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def refuses_tls(connection: socket.socket, file: Any) -> None:
    connection.sendall(b"220 ready\r\n")
    for line in file:
        if line.startswith(b"EHLO"):
            connection.sendall(b"250-me\r\n250 STARTTLS\r\n")
        elif line.startswith(b"STARTTLS"):
            connection.sendall(b"454 4.7.0 TLS not available due to temporary reason\r\n")


@pytest.mark.parametrize("talk", [half_a_line, endless_banner, endless_line, a_byte_now_and_then, no_smtp, refuses_tls])
def test_a_server_that_cannot_greet_is_told_in_one_sentence_before_anything_is_written(
    sqlite_store: Store, clock: Clock, rude: Any, settings_for: SettingsFor, talk: Talk
) -> None:
    issue = issue_for(sqlite_store, clock, READERS)
    settings = settings_for(rude(talk), timeout=1.0, starttls="require" if talk is refuses_tls else "never")
    with pytest.raises(SendStopped) as told:
        deliver(sqlite_store, settings, clock, issue)
    assert told.value.message.count("\n") == 0
    assert len(told.value.message) < 700
    assert tally_of(sqlite_store, issue) == Tally()


def conversation(answers: dict[bytes, bytes], after: bytes | None) -> Talk:
    """A server with these answers; `after` is what it says after a message's final dot, none: it hangs up."""

    def talk(connection: socket.socket, file: Any) -> None:
        connection.sendall(b"220 ready\r\n")
        in_message = False
        for line in file:
            if in_message:
                if line == b".\r\n":
                    in_message = False
                    if after is None:
                        return
                    connection.sendall(after)
                continue
            verb = line[:4].upper().strip()
            answer = answers.get(verb, b"354 go on\r\n" if verb == b"DATA" else b"250 ok\r\n")
            if not answer:
                return
            connection.sendall(answer)
            in_message = answer.startswith(b"354")

    return talk


@pytest.mark.parametrize(
    ("answers", "after", "state"),
    [
        ({}, None, "uncertain"),
        ({}, b"250 half an ans", "uncertain"),
        ({}, b"nonsense\r\n", "uncertain"),
        ({b"RCPT": b"25"}, b"250 ok\r\n", "deferred"),
        ({b"RCPT": b""}, b"250 ok\r\n", "deferred"),
        ({b"DATA": b"999 what\r\n"}, b"250 ok\r\n", "deferred"),
    ],
)
def test_half_an_answer_has_its_place_in_the_ledger(
    sqlite_store: Store,
    clock: Clock,
    rude: Any,
    settings_for: SettingsFor,
    answers: dict[bytes, bytes],
    after: bytes | None,
    state: str,
) -> None:
    issue = issue_for(sqlite_store, clock, READERS)
    hangs = after == b"250 half an ans" or b"25" in answers.values()  # only then the time that it takes counts
    settings = settings_for(rude(conversation(answers, after)), timeout=0.4 if hangs else 5.0, connections=6)
    with pytest.raises(SendStopped, match="none was taken") if state == "uncertain" else nullcontext():
        deliver(sqlite_store, settings, clock, issue)
    assert counted(tally_of(sqlite_store, issue)) == {"audience": 6, state: 6}


def test_a_server_that_changes_its_mind_in_mid_session_is_about_us_and_fails_nobody(
    sqlite_store: Store, clock: Clock, recorder: Any, settings_for: SettingsFor
) -> None:
    server = recorder()
    keep = server.keep

    def changing(message: Any) -> None:
        keep(message)
        if len(server.taken) == 2:
            server.manners.answer_to_mail = "530 5.7.0 Must issue a STARTTLS command first"

    server.keep = changing
    issue = issue_for(sqlite_store, clock, READERS)
    with pytest.raises(SendStopped, match="530"):
        deliver(sqlite_store, settings_for(server.port, connections=1), clock, issue)
    assert counted(tally_of(sqlite_store, issue)) == {"audience": 6, "sent": 2, "queued": 4}


def test_a_clock_that_was_set_back_holds_nobody(
    sqlite_store: Store, clock: Clock, recorder: Any, settings_for: SettingsFor
) -> None:
    issue = issue_for(sqlite_store, clock, READERS)
    with sqlite_store.writing() as tx:
        audience.freeze(tx, issue, limit=100, now=clock.now())
    server, yesterday = recorder(), Clock(clock.now() - timedelta(days=1))
    assert counted(deliver(sqlite_store, settings_for(server.port), yesterday, issue)) == {"audience": 6, "sent": 6}
    assert Counter(server.recipients()) == Counter(READERS)


def test_a_database_that_is_locked_for_a_while_is_waited_for(
    sqlite_store: Store, clock: Clock, recorder: Any, settings_for: SettingsFor
) -> None:
    import sqlite3

    server = recorder()
    keep = server.keep
    path = sqlite_store.engine.url.database
    assert path

    def locking(message: Any) -> None:
        keep(message)
        if len(server.taken) == 2:
            other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            other.execute("BEGIN IMMEDIATE")
            threading.Timer(0.5, lambda: (other.execute("ROLLBACK"), other.close())).start()

    server.keep = locking
    issue = issue_for(sqlite_store, clock, READERS)
    assert counted(deliver(sqlite_store, settings_for(server.port), clock, issue)) == {"audience": 6, "sent": 6}


def test_a_database_that_stays_locked_longer_than_the_driver_waits_is_asked_again(
    sqlite_store: Store, clock: Clock, recorder: Any, settings_for: SettingsFor
) -> None:
    import sqlite3

    from sqlalchemy import event

    sqlite_store.engine.dispose()
    event.listen(
        sqlite_store.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=20").close()
    )
    server = recorder()
    path = sqlite_store.engine.url.database
    assert path
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    keep = server.keep

    def locking(message: Any) -> None:
        keep(message)
        if len(server.taken) == 2:
            other.execute("BEGIN IMMEDIATE")
            threading.Timer(0.5, lambda: other.execute("ROLLBACK")).start()

    server.keep = locking
    issue = issue_for(sqlite_store, clock, READERS)
    assert counted(deliver(sqlite_store, settings_for(server.port), clock, issue)) == {"audience": 6, "sent": 6}
    assert Counter(server.recipients()) == Counter(READERS)
    other.close()


def test_a_database_that_is_gone_for_a_while_is_waited_for_and_nobody_is_in_doubt(
    postgres_server: str, postgres_url: str, clock: Clock, recorder: Any, settings_for: SettingsFor
) -> None:
    import psycopg
    from sqlalchemy.engine import make_url

    from newsletter.store.opening import open_store
    from newsletter.workflows.deliver import send_or_follow

    store, server = open_store(postgres_url), recorder()
    name = make_url(postgres_url).database
    keep, cut = server.keep, threading.Event()

    def admit(yes: bool) -> None:
        with psycopg.connect(postgres_server, autocommit=True) as admin:
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {yes}")
            if not yes:
                admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])

    def cutting(message: Any) -> None:
        keep(message)
        if len(server.taken) == 20 and not cut.is_set():
            cut.set()
            admit(False)
            threading.Timer(1.5, admit, [True]).start()

    server.keep = cutting
    emails = [f"reader-{number}@example.org" for number in range(60)]
    issue = issue_for(store, clock, emails)
    tally = send_or_follow(store, settings_for(server.port), clock, issue)
    store.close()
    assert cut.is_set()
    assert counted(tally) == {"audience": 60, "sent": 60}
    assert Counter(server.recipients()) == Counter(emails)


def test_a_database_whose_connections_end_loses_nobody_and_doubles_nobody(
    postgres_url: str, clock: Clock, recorder: Any, settings_for: SettingsFor
) -> None:
    import psycopg

    from newsletter.store.opening import open_store

    store = open_store(postgres_url)
    server = recorder()
    keep, cut = server.keep, threading.Event()

    def cutting(message: Any) -> None:
        keep(message)
        if len(server.taken) == 20 and not cut.is_set():
            cut.set()
            with psycopg.connect(postgres_url, autocommit=True) as admin:
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

    server.keep = cutting
    emails = [f"reader-{number}@example.org" for number in range(60)]
    issue = issue_for(store, clock, emails)
    with suppress(NewsletterError):
        deliver(store, settings_for(server.port), clock, issue)
    assert cut.is_set()
    tally = deliver(store, settings_for(server.port), clock, issue)
    store.close()
    assert tally.audience == tally.sent + tally.uncertain == 60
    assert tally.uncertain <= 3
    assert max(Counter(server.recipients()).values()) == 1


def test_a_ledger_that_lost_rows_is_told_after_the_run(
    sqlite_store: Store, clock: Clock, recorder: Any, settings_for: SettingsFor
) -> None:
    server = recorder()
    keep = server.keep

    def meddling(message: Any) -> None:
        keep(message)
        if len(server.taken) == 3:
            with sqlite_store.writing() as tx:
                tx.exec_driver_sql("DELETE FROM delivery WHERE id = 1")

    server.keep = meddling
    issue = issue_for(sqlite_store, clock, READERS)
    with pytest.raises(NewsletterError, match="has 5 rows and had 6"):
        deliver(sqlite_store, settings_for(server.port), clock, issue)


@pytest.mark.parametrize("broken", [1, 120])
def test_a_message_that_cannot_be_made_is_its_readers_failure_and_many_in_a_row_are_ours(
    sqlite_store: Store,
    clock: Clock,
    recorder: Any,
    settings_for: SettingsFor,
    monkeypatch: pytest.MonkeyPatch,
    broken: int,
) -> None:
    from newsletter.workflows import deliver as workflow

    url = workflow.unsubscribe_url

    def fails(base: str, keys: Any, publication: Any, subscriber: int, issue: Any) -> str:
        if 0 < subscriber <= broken:
            raise KeyError("town")
        return url(base, keys, publication, subscriber, issue)  # type: ignore[arg-type]

    monkeypatch.setattr(workflow, "unsubscribe_url", fails)
    server = recorder()
    issue = issue_for(sqlite_store, clock, [f"reader-{number}@example.org" for number in range(120)])
    if broken == 1:
        tally = deliver(sqlite_store, settings_for(server.port), clock, issue)
        assert counted(tally) == {"audience": 120, "sent": 119, "failed": 1}
        return
    with pytest.raises(SendStopped, match="10 messages in a row"):
        deliver(sqlite_store, settings_for(server.port), clock, issue)
    assert not server.taken
    assert 10 <= tally_of(sqlite_store, issue).failed < 20
    assert tally_of(sqlite_store, issue).queued > 100


def test_one_person_in_two_spellings_gets_one_copy(
    store: Store, publication: Publication, clock: Clock, recorder: Any, settings_for: SettingsFor
) -> None:
    for email in ("Foo@example.org", "foo@EXAMPLE.org"):
        readers.add(store, clock, publication.id, email)
    server = recorder()
    issue = issue_on_its_way(store, publication.id, clock.now() + timedelta(seconds=9))
    assert counted(deliver(store, settings_for(server.port), clock, issue)) == {"audience": 1, "sent": 1}


def test_line_breaks_in_names_and_subjects_end_no_header(
    sqlite_store: Store, clock: Clock, recorder: Any, settings_for: SettingsFor
) -> None:
    server = recorder()
    data = replace(rendition(), subject="The ferry\r\nBcc: everybody@example.org")
    issue = issue_for(sqlite_store, clock, ["ada@example.org"], data)
    with sqlite_store.writing() as tx:
        tx.exec_driver_sql("UPDATE subscriber SET name = ?", ("Ada\r\nBcc: everybody@example.org\r\n\r\nHello",))
    assert counted(deliver(sqlite_store, settings_for(server.port), clock, issue)) == {"audience": 1, "sent": 1}
    message = message_from_bytes(server.taken[0].content, policy=policy.default)
    assert message["Bcc"] is None
    assert message["List-Unsubscribe"]
    assert "ada@example.org" in message["To"]


def test_an_address_of_254_characters_goes_out_and_a_longer_one_fails_alone(
    sqlite_store: Store, clock: Clock, recorder: Any, settings_for: SettingsFor
) -> None:
    host = ".".join(["a" * 61, "b" * 61, "c" * 61]) + ".org"
    longest = "x" * (254 - 1 - len(host)) + "@" + host
    assert len(longest) == 254
    server = recorder()
    issue = issue_for(sqlite_store, clock, [longest, "y" + longest, "fine@example.org"])
    tally = deliver(sqlite_store, settings_for(server.port), clock, issue)
    assert counted(tally) == {"audience": 3, "sent": 2, "failed": 1}
    assert sorted(server.recipients()) == sorted([longest, "fine@example.org"])
    with sqlite_store.reading() as tx:
        assert deliveries.sending(tx, issue).state is IssueState.SENT
