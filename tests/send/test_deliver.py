"""Sending an issue over a real SMTP conversation: each reader once, and every trouble has its place in the ledger."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from ledger_material import issue_on_its_way, rendition, subscribe
from sqlalchemy import update

from newsletter.clock import Clock
from newsletter.errors import SettingsError
from newsletter.model.delivery import DeliveryState, Tally
from newsletter.model.issue import IssueId, IssueState
from newsletter.model.publication import Publication
from newsletter.model.rendition import RenditionData
from newsletter.send.role import RoleTaken, sender_role
from newsletter.send.stopped import SendStopped
from newsletter.settings import Settings
from newsletter.store import Store, audience, deliveries, publications, suppressions
from newsletter.store import issues as table_of_issues
from newsletter.store.schema import issue as issues
from newsletter.store.schema import subscription
from newsletter.workflows import deliver

READERS = [f"reader-{number}@example.org" for number in range(12)]
SettingsFor = Callable[..., Settings]


@pytest.fixture
def on_its_way(store: Store, publication: Publication, clock: Clock) -> Callable[..., IssueId]:
    """An issue being sent to these readers."""

    def make(emails: list[str] = READERS) -> IssueId:
        subscribe(store, publication.id, emails, clock.now())
        return issue_on_its_way(store, publication.id, clock.now())

    return make


def state_of(store: Store, issue: IssueId) -> IssueState:
    with store.reading() as tx:
        return deliveries.sending(tx, issue).state


def rows(store: Store, issue: IssueId) -> dict[str, Any]:
    with store.reading() as tx:
        return {row.email: row for row in deliveries.listing(tx, issue)}


def counted(tally: Tally) -> dict[str, int]:
    return {name: count for name, count in asdict(tally).items() if count}


@pytest.mark.parametrize("pipelining", [True, False])
def test_every_reader_gets_one_copy_and_the_issue_is_sent(
    store: Store, clock: Clock, on_its_way: Any, recorder: Any, settings_for: SettingsFor, pipelining: bool
) -> None:
    server, issue = recorder(pipelining=pipelining), on_its_way()
    seen: list[Tally] = []
    tally = deliver.deliver(store, settings_for(server.port), clock, issue, progress=seen.append)
    assert counted(tally) == {"audience": 12, "sent": 12}
    assert seen[-1] == tally
    assert sorted(server.recipients()) == sorted(READERS)
    assert state_of(store, issue) is IssueState.SENT

    again = deliver.deliver(store, settings_for(server.port), clock, issue)
    assert again == tally
    assert len(server.taken) == 12


def test_a_message_arrives_whole_with_its_own_headers(
    store: Store, clock: Clock, on_its_way: Any, recorder: Any, settings_for: SettingsFor
) -> None:
    server, issue = recorder(), on_its_way()
    deliver.deliver(store, settings_for(server.port), clock, issue)
    row = rows(store, issue)["reader-3@example.org"]
    [taken] = [one for one in server.taken if one.recipient == "reader-3@example.org"]
    message = message_from_bytes(taken.content, policy=policy.default)
    assert taken.sender == "desk@letter.example.org"
    assert message["To"] == "reader-3@example.org"
    assert message["From"] == "Alderwick Letter <desk@letter.example.org>"
    assert message["Message-ID"] == row.message_id
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = message["List-Unsubscribe"].strip("<>")
    assert url.startswith("https://news.example.org/unsubscribe/")
    text, html = message.iter_parts()
    assert f"Unsubscribe: {url}" in text.get_content()
    assert f'href="{url}"' in html.get_content()
    urls = {message_from_bytes(one.content, policy=policy.default)["List-Unsubscribe"] for one in server.taken}
    assert len(urls) == 12


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("go_ahead_after_refusal", [True, False])
def test_each_answer_has_its_place_in_the_ledger(
    store: Store,
    clock: Clock,
    on_its_way: Any,
    recorder: Any,
    settings_for: SettingsFor,
    pipelining: bool,
    go_ahead_after_refusal: bool,
) -> None:
    kinds = {
        "fine": DeliveryState.SENT,
        "soft": DeliveryState.DEFERRED,
        "hard": DeliveryState.FAILED,
        "softdot": DeliveryState.DEFERRED,
        "harddot": DeliveryState.FAILED,
        "dropdot": DeliveryState.UNCERTAIN,
        "dropenvelope": DeliveryState.DEFERRED,
    }
    emails = [f"{kind}-{number}@example.org" for number in range(3) for kind in kinds]
    server = recorder(pipelining=pipelining, go_ahead_after_refusal=go_ahead_after_refusal)
    issue = on_its_way(emails)
    settings = settings_for(server.port)
    tally = deliver.deliver(store, settings, clock, issue)
    ledger = rows(store, issue)
    assert {email: ledger[email].state for email in emails} == {email: kinds[email.split("-")[0]] for email in emails}
    assert tally.audience == 21
    assert state_of(store, issue) is IssueState.SENDING  # some wait for another try
    assert ledger["hard-0@example.org"].code == 550
    assert ledger["hard-0@example.org"].reply == "5.1.1 No such user here"
    assert ledger["soft-0@example.org"].due_at > clock.now() + timedelta(minutes=3)

    with store.reading() as tx:  # who is not there is never asked for again
        kept = {email: suppressions.why(tx, email) for email in emails}
    assert {email for email, why in kept.items() if why} == {email for email in emails if email.startswith("hard-")}
    assert kept["hard-0@example.org"] == "no such address"

    again = deliver.deliver(store, settings, clock, issue)  # nobody is due: nobody is asked
    assert again == tally
    assert Counter(server.recipients()) == Counter(email for email in emails if email.startswith(("fine", "dropdot")))
    assert all(one.content for one in server.taken)  # a lone dot never delivered an empty message


def test_a_connection_lost_before_the_dot_is_no_doubt(
    sqlite_store: Store, clock: Clock, recorder: Any, settings_for: SettingsFor
) -> None:
    big = rendition(6_000_000)  # more than the buffers of a socket hold
    issue = _small_issue(sqlite_store, clock, ["dropbody-1@example.org", "fine@example.org"], big)
    tally = deliver.deliver(sqlite_store, settings_for(recorder().port), clock, issue)
    assert counted(tally) == {"audience": 2, "sent": 1, "deferred": 1}


def test_a_deferred_reader_is_tried_again_when_due_and_given_up_after_two_days(
    store: Store, clock: Clock, on_its_way: Any, recorder: Any, settings_for: SettingsFor
) -> None:
    server, issue = recorder(), on_its_way(["soft-1@example.org", "fine@example.org"])
    assert counted(deliver.deliver(store, settings_for(server.port), clock, issue)) == {
        "audience": 2,
        "sent": 1,
        "deferred": 1,
    }
    first = rows(store, issue)["soft-1@example.org"]
    later = Clock(clock.now() + timedelta(minutes=10))
    deliver.deliver(store, settings_for(server.port), later, issue)
    second = rows(store, issue)["soft-1@example.org"]
    assert (first.attempts, second.attempts) == (1, 2)
    assert first.message_id == second.message_id  # so that a reader's program can tell a copy
    much_later = Clock(clock.now() + timedelta(days=3))
    tally = deliver.deliver(store, settings_for(server.port), much_later, issue)
    assert counted(tally) == {"audience": 2, "sent": 1, "failed": 1}
    assert rows(store, issue)["soft-1@example.org"].reply.startswith("Given up after 3 attempts")
    assert state_of(store, issue) is IssueState.SENT


def test_a_connection_is_renewed_when_the_server_has_had_enough(
    store: Store, clock: Clock, on_its_way: Any, recorder: Any, settings_for: SettingsFor
) -> None:
    server, issue = recorder(messages_per_connection=2), on_its_way()
    tally = deliver.deliver(store, settings_for(server.port, connections=1), clock, issue)
    assert counted(tally) == {"audience": 12, "sent": 12}
    assert Counter(server.recipients()) == Counter(READERS)


@pytest.mark.parametrize(
    ("manners", "smtp", "sentence"),
    [
        ({"login": ("ada", "right")}, {"user": "ada", "password": "wrong"}, "refused the login of “ada”: 535"),
        ({}, {"user": "ada", "password": "secret"}, "takes no login"),
        ({}, {"starttls": "require"}, "does not offer STARTTLS"),
        ({"greeting": "554 5.7.1 go away"}, {}, "does not want our mail: 554"),
        ({"answer_to_mail": "550 5.7.1 sender not allowed"}, {}, "refuses us, not the reader: 550"),
        ({"size": 100}, {}, "takes messages of up to 100 bytes"),
    ],
)
def test_a_server_that_does_not_want_us_ends_the_run_with_one_sentence_and_nobody_is_lost(
    sqlite_store: Store,
    clock: Clock,
    recorder: Any,
    settings_for: SettingsFor,
    manners: dict[str, Any],
    smtp: dict[str, Any],
    sentence: str,
) -> None:
    store = sqlite_store
    issue = _small_issue(store, clock)
    with pytest.raises(SendStopped) as told:
        deliver.deliver(store, settings_for(recorder(**manners).port, **smtp), clock, issue)
    assert sentence in told.value.message
    assert told.value.exit_code == 2
    with store.reading() as tx:
        tally = deliveries.tally(tx, issue)
    assert tally.queued == tally.audience
    with store.writing() as tx:  # stopped on its way it is paused, for a person to look
        assert bool(tally.audience) == table_of_issues.move(tx, issue, [IssueState.PAUSED], IssueState.SENDING)
    assert state_of(store, issue) is IssueState.SENDING

    fine = recorder()
    assert counted(deliver.deliver(store, settings_for(fine.port), clock, issue)) == {"audience": 12, "sent": 12}
    assert Counter(fine.recipients()) == Counter(READERS)


@pytest.mark.parametrize(("kind", "sentence"), [("relay", "Relay access denied"), ("policy", "blocked by policy")])
def test_a_refusal_that_is_about_us_pauses_with_why_and_fails_nobody(
    sqlite_store: Store, clock: Clock, recorder: Any, settings_for: SettingsFor, kind: str, sentence: str
) -> None:
    issue = _small_issue(sqlite_store, clock, [f"{kind}-{number}@example.org" for number in range(60)])
    with pytest.raises(SendStopped, match=sentence):
        deliver.deliver(sqlite_store, settings_for(recorder().port), clock, issue)
    with sqlite_store.reading() as tx:
        assert counted(deliveries.tally(tx, issue)) == {"audience": 60, "queued": 60}
    assert state_of(sqlite_store, issue) is IssueState.PAUSED


def test_a_host_that_is_not_there_is_told_before_anything_is_written(
    sqlite_store: Store, clock: Clock, settings_for: SettingsFor
) -> None:
    import socket

    with socket.socket() as taken:  # bound and not listening: nobody answers there
        taken.bind(("127.0.0.1", 0))
        issue = _small_issue(sqlite_store, clock)
        with pytest.raises(SendStopped, match="cannot be reached: Connection refused"):
            deliver.deliver(sqlite_store, settings_for(taken.getsockname()[1]), clock, issue)
    with sqlite_store.reading() as tx:
        assert deliveries.tally(tx, issue) == Tally()


def test_no_server_is_a_matter_of_settings(sqlite_store: Store, clock: Clock, settings_for: SettingsFor) -> None:
    issue = _small_issue(sqlite_store, clock)
    with pytest.raises(SettingsError, match="No mail server is set"):
        deliver.deliver(sqlite_store, replace(settings_for(), smtp=()), clock, issue)


def test_who_says_no_while_the_issue_goes_out_is_skipped(
    store: Store, publication: Publication, clock: Clock, on_its_way: Any, recorder: Any, settings_for: SettingsFor
) -> None:
    server, issue = recorder(), on_its_way()
    with store.writing() as tx:
        while not audience.freeze(tx, issue, limit=5, now=clock.now()):
            pass
        tx.execute(update(subscription).where(subscription.c.subscriber_id == 5).values(status="unsubscribed"))
        tx.exec_driver_sql("DELETE FROM subscription WHERE subscriber_id = 6")
        tx.exec_driver_sql("DELETE FROM subscriber WHERE id = 6")
    tally = deliver.deliver(store, settings_for(server.port), clock, issue)
    assert counted(tally) == {"audience": 12, "sent": 10, "skipped": 2}
    ledger = rows(store, issue)
    assert ledger["reader-4@example.org"].why == "unsubscribed"
    assert ledger["reader-5@example.org"].why == "erased"
    assert not {"reader-4@example.org", "reader-5@example.org"} & set(server.recipients())


def test_an_address_that_no_server_could_take_fails_alone(
    store: Store, clock: Clock, on_its_way: Any, recorder: Any, settings_for: SettingsFor
) -> None:
    server = recorder()
    issue = on_its_way(
        ["ada@exämple.org", "zoë@example.org", "a b@example.org", "x@y\r\nRCPT TO:<z@example.org>", "fine@example.org"]
    )
    tally = deliver.deliver(store, settings_for(server.port), clock, issue)
    assert counted(tally) == {"audience": 5, "sent": 2, "failed": 3}
    assert sorted(server.recipients()) == ["ada@xn--exmple-cua.org", "fine@example.org"]
    assert "SMTPUTF8" in rows(store, issue)["zoë@example.org"].reply


def test_letters_before_the_at_go_where_the_server_takes_them(
    sqlite_store: Store, clock: Clock, recorder: Any, settings_for: SettingsFor
) -> None:
    server = recorder(utf8=True)
    issue = _small_issue(sqlite_store, clock, ["zoë@example.org"])
    assert counted(deliver.deliver(sqlite_store, settings_for(server.port), clock, issue)) == {"audience": 1, "sent": 1}
    assert server.recipients() == ["zoë@example.org"]


def test_a_folder_takes_the_same_path_and_a_repeat_overwrites(
    store: Store, clock: Clock, on_its_way: Any, settings_for: SettingsFor, tmp_path: Path
) -> None:
    issue, outbox = on_its_way(), tmp_path / "outbox"
    settings = settings_for(folder=outbox)
    assert counted(deliver.deliver(store, settings, clock, issue)) == {"audience": 12, "sent": 12}
    files = sorted(outbox.iterdir())
    assert len(files) == 12
    found = {message_from_bytes(one.read_bytes(), policy=policy.default)["To"] for one in files}
    assert found == set(READERS)
    with store.writing() as tx:  # as if the commit after the last message had been lost
        tx.exec_driver_sql("UPDATE delivery SET state = 'queued'")
        tx.execute(update(issues).values(state="sending"))
    deliver.deliver(store, settings, clock, issue)
    assert sorted(outbox.iterdir()) == files


def test_a_folder_that_cannot_be_written_is_told_and_nobody_is_lost(
    sqlite_store: Store, clock: Clock, settings_for: SettingsFor, tmp_path: Path
) -> None:
    (tmp_path / "outbox").write_text("a file, not a folder")
    issue = _small_issue(sqlite_store, clock)
    with pytest.raises(SendStopped, match="No message can be written"):
        deliver.deliver(sqlite_store, settings_for(folder=tmp_path / "outbox"), clock, issue)
    assert state_of(sqlite_store, issue) is IssueState.SENDING


def test_a_pause_from_another_process_stops_within_one_message_per_connection(
    store: Store, clock: Clock, on_its_way: Any, recorder: Any, settings_for: SettingsFor
) -> None:
    server = recorder()
    issue = on_its_way([f"reader-{number}@example.org" for number in range(200)])
    keep, at_pause = server.keep, []

    def pausing_keep(message: Any) -> None:
        keep(message)
        if len(server.taken) == 20:
            with store.writing() as tx:
                tx.execute(update(issues).where(issues.c.id == issue).values(state="paused"))
            at_pause.append(len(server.taken))

    server.keep = pausing_keep
    tally = deliver.deliver(store, settings_for(server.port), clock, issue)
    assert len(server.taken) <= at_pause[0] + 2 * 3  # what was claimed before, on each connection
    assert tally.sent == len(server.taken)
    assert tally.queued == 200 - tally.sent
    assert state_of(store, issue) is IssueState.PAUSED

    server.keep = keep
    with store.writing() as tx:
        tx.execute(update(issues).where(issues.c.id == issue).values(state="sending"))
    assert counted(deliver.deliver(store, settings_for(server.port), clock, issue)) == {"audience": 200, "sent": 200}
    assert max(Counter(server.recipients()).values()) == 1


def test_never_more_is_in_doubt_than_one_row_for_each_connection_and_the_sum_is_right(
    store: Store, clock: Clock, on_its_way: Any, recorder: Any, settings_for: SettingsFor
) -> None:
    server = recorder()
    issue = on_its_way([f"reader-{number}@example.org" for number in range(40)])
    keep, seen = server.keep, []

    def looking_keep(message: Any) -> None:
        keep(message)
        with store.reading() as tx:
            seen.append(deliveries.tally(tx, issue))

    server.keep = looking_keep
    deliver.deliver(store, settings_for(server.port), clock, issue)
    assert len(seen) == 40
    assert all(1 <= tally.attempting <= 3 for tally in seen)  # what is handed over is attempting, and no more is
    assert {tally.audience for tally in seen} == {40}


def test_stop_ends_the_run_and_the_next_one_continues(
    store: Store, clock: Clock, on_its_way: Any, recorder: Any, settings_for: SettingsFor
) -> None:
    server, stop = recorder(), threading.Event()
    issue = on_its_way([f"reader-{number}@example.org" for number in range(60)])
    keep = server.keep

    def stopping_keep(message: Any) -> None:
        keep(message)
        if len(server.taken) == 10:
            stop.set()

    server.keep = stopping_keep
    tally = deliver.deliver(store, settings_for(server.port), clock, issue, stop=stop)
    assert 10 <= tally.sent <= 10 + 2 * 3
    assert not tally.attempting
    assert tally.audience == tally.sent + tally.queued == 60
    assert counted(deliver.deliver(store, settings_for(server.port), clock, issue)) == {"audience": 60, "sent": 60}
    assert max(Counter(server.recipients()).values()) == 1


def test_one_sends_and_the_other_follows(
    store: Store, clock: Clock, on_its_way: Any, recorder: Any, settings_for: SettingsFor, tmp_path: Path
) -> None:
    server, issue = recorder(), on_its_way()
    settings = settings_for(server.port)
    with sender_role(store, tmp_path, clock) as role:
        with pytest.raises(RoleTaken):
            deliver.deliver(store, settings, clock, issue)
        followed: list[Tally] = []
        follower = threading.Thread(
            target=lambda: followed.append(deliver.send_or_follow(store, settings, clock, issue))
        )
        follower.start()
        tally = deliver.deliver(store, settings, clock, issue, role=role)
        follower.join()
    assert followed == [tally]
    assert counted(tally) == {"audience": 12, "sent": 12}
    assert deliver.follow(store, issue) == tally
    assert Counter(server.recipients()) == Counter(READERS)


def test_the_next_holder_of_the_role_doubts_what_the_last_one_left_open(
    store: Store, clock: Clock, on_its_way: Any, recorder: Any, settings_for: SettingsFor, tmp_path: Path
) -> None:
    server, issue = recorder(), on_its_way()
    names = deliver.message_ids(rendition(), issue)
    with store.writing() as tx:
        while not audience.freeze(tx, issue, limit=100, now=clock.now()):
            pass
        ids = deliveries.due_ids(tx, issue, limit=2, now=clock.now())
        lost = deliveries.claim(tx, issue, ids, owner="gone", names=names, now=clock.now())
    tally = deliver.deliver(store, settings_for(server.port), clock, issue)
    assert counted(tally) == {"audience": 12, "sent": 10, "uncertain": 2}
    assert not {row.email for row in lost} & set(server.recipients())
    assert state_of(store, issue) is IssueState.SENT


def test_a_holder_of_the_role_doubts_what_a_broken_run_of_its_own_left_open(
    store: Store, clock: Clock, on_its_way: Any, recorder: Any, settings_for: SettingsFor, tmp_path: Path
) -> None:
    server, issue = recorder(), on_its_way()
    with sender_role(store, tmp_path, clock) as role:
        with store.writing() as tx:
            while not audience.freeze(tx, issue, limit=100, now=clock.now()):
                pass
            ids = deliveries.due_ids(tx, issue, limit=1, now=clock.now())
            names = deliver.message_ids(rendition(), issue)
            deliveries.claim(tx, issue, ids, owner=role.owner, names=names, now=clock.now())
        tally = deliver.deliver(store, settings_for(server.port), clock, issue, role=role)
    assert counted(tally) == {"audience": 12, "sent": 11, "uncertain": 1}


def test_a_test_touches_no_ledger(sqlite_store: Store, clock: Clock, recorder: Any, settings_for: SettingsFor) -> None:
    server = recorder()
    tried = deliver.test_send(
        settings_for(server.port), clock, rendition(), ["Ada <ada@example.org>", "hard-1@example.org", "nonsense"]
    )
    assert tried.sent == ("Ada <ada@example.org>",)
    assert [address for address, _ in tried.failed] == ["hard-1@example.org", "nonsense"]
    message = message_from_bytes(server.taken[0].content, policy=policy.default)
    assert message["Subject"] == "[Test] Alderwick Letter 11.27.2026: The ferry returns"


def _small_issue(store: Store, clock: Clock, emails: list[str] = READERS, data: RenditionData | None = None) -> IssueId:
    with store.writing() as tx:
        made = publications.add(tx, "Alderwick Letter", now=clock.now(), sender="desk@letter.example.org")
    subscribe(store, made.id, emails, clock.now())
    return issue_on_its_way(store, made.id, clock.now(), data=data)
