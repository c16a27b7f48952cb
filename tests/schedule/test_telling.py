"""Told in time: each thing once, by every way that is set, and again while the way out is down. Never in the way."""

from __future__ import annotations

import email
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email import policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from newsletter.audience import readers
from newsletter.clock import Clock
from newsletter.model.delivery import Tally
from newsletter.model.issue import Issue, IssueState
from newsletter.model.publication import Publication
from newsletter.schedule.alarm import Alarm
from newsletter.schedule.telling import tell
from newsletter.schedule.tick import tick
from newsletter.send.stopped import ServerAway
from newsletter.settings import Alerts, Fetching, Settings, Smtp
from newsletter.store import Store, alerts, cadences, deliveries, issues, stalls
from newsletter.workflows.deliver import deliver, pause_with
from newsletter.workflows.demo_servers import catch_mail

DUE = datetime.fromisoformat("2026-11-27T14:00:00+00:00")
Scheduled = Callable[..., Issue]


class Hook:
    """A web server that takes POSTs, or answers with an error while `status` says so."""

    def __init__(self) -> None:
        self.taken: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.bodies: list[bytes] = []
        self.status = 200
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if hook.status == 200:
                    hook.bodies.append(body)
                    hook.taken.append(({name.lower(): value for name, value in self.headers.items()}, json.loads(body)))
                self.send_response(hook.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?key=1"


@pytest.fixture
def hook() -> Iterator[Hook]:
    one = Hook()
    yield one
    one.server.shutdown()
    one.server.server_close()


@pytest.fixture
def told(settings: Settings, hook: Hook, tmp_path: Path) -> Iterator[Settings]:
    """Settings with a mail server for alerts alone, and a webhook."""
    with catch_mail(tmp_path / "alerts") as (_, port):
        yield replace(
            settings,
            fetching=Fetching(allow_private_hosts=True, timeout=5),
            alerts=Alerts(
                mail_to=("editor@example.org", "deputy@example.org"),
                smtp=Smtp(host="127.0.0.1", port=port, starttls="never"),
                webhook=hook.url,
                webhook_secret="a secret",
            ),
        )


def mails(folder: Path) -> list[Any]:
    return [
        email.message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted((folder / "alerts").glob("*.eml"))
    ]


def at(moment: timedelta = timedelta(0)) -> Clock:
    return Clock(DUE + moment)


def see(store: Store, settings: Settings, clock: Clock) -> None:
    tell(store, settings, clock, Event())


def test_a_held_issue_is_told_once_by_mail_and_webhook(
    store: Store, told: Settings, scheduled: Scheduled, hook: Hook, tmp_path: Path
) -> None:
    issue = scheduled(DUE - timedelta(hours=5))
    tick(store, told, at())
    for minutes in range(3):
        see(store, told, at(timedelta(minutes=minutes)))
    found = mails(tmp_path)
    assert sorted(one["To"] for one in found) == ["deputy@example.org", "editor@example.org"]
    assert found[0]["Subject"] == "Alderwick Letter: issue 1 is held"
    assert found[0]["Auto-Submitted"] == "auto-generated"
    assert "it waits for you" in found[0].get_content()
    ((headers, document),) = hook.taken
    assert (document["kind"], document["issue"]) == ("held", 1)
    signature = hmac.digest(b"a secret", hook.bodies[0], "sha256").hex()
    assert headers["x-newsletter-signature"] == f"sha256={signature}"
    with store.writing() as tx:  # mended, and held again: that is news
        issues.move(tx, issue.id, [IssueState.HELD], IssueState.SCHEDULED)
    with store.writing() as tx:
        issues.change(tx, issue.id, {"held_why": None})
    see(store, told, at(timedelta(minutes=4)))
    with store.writing() as tx:
        issues.move(tx, issue.id, [IssueState.SCHEDULED], IssueState.HELD, {"held_why": "Again."})
    see(store, told, at(timedelta(minutes=5)))
    assert [document["kind"] for _, document in hook.taken] == ["held", "held"]


def test_while_a_way_out_is_down_it_is_tried_again_and_the_other_is_not_repeated(
    store: Store, told: Settings, scheduled: Scheduled, hook: Hook, tmp_path: Path
) -> None:
    scheduled(DUE - timedelta(hours=5))
    tick(store, told, at())
    hook.status = 503
    see(store, told, at())
    see(store, told, at(timedelta(seconds=30)))  # too early
    assert (len(mails(tmp_path)), len(hook.taken)) == (2, 0)
    with store.reading() as tx:
        (alert,) = alerts.listing(tx, limit=5)
    assert alert.told == ("mail",)
    assert "answered 503" in (alert.error or "")
    hook.status = 200
    see(store, told, at(timedelta(minutes=2)))
    see(store, told, at(timedelta(minutes=9)))
    assert (len(mails(tmp_path)), len(hook.taken)) == (2, 1)
    with store.reading() as tx:
        (alert,) = alerts.listing(tx, limit=5)
    assert (alert.next_at, alert.error) == (None, None)


def test_an_alert_that_nobody_takes_for_three_days_is_given_up(
    store: Store, told: Settings, scheduled: Scheduled, hook: Hook
) -> None:
    scheduled(DUE - timedelta(hours=5))
    tick(store, told, at())
    deaf = replace(told, alerts=Alerts(webhook=hook.url))
    hook.status = 500
    see(store, deaf, at())
    see(store, deaf, at(timedelta(days=4)))
    with store.reading() as tx:
        (alert,) = [one for one in alerts.listing(tx, limit=9) if one.kind == "held"]
    assert (alert.next_at, alert.told, alert.tries) == (None, (), 2)


def test_what_pauses_by_itself_what_is_uncertain_and_what_is_out_is_told(
    store: Store, told: Settings, scheduled: Scheduled, publication: Publication, hook: Hook
) -> None:
    for name in ("ada", "ben"):
        readers.add(store, at(timedelta(days=-3)), publication.id, f"{name}@example.org")
    issue = scheduled(DUE)
    tick(store, told, at(timedelta(minutes=8)))
    pause_with(store, issue.id, "The server refused the login.")
    see(store, told, at(timedelta(minutes=9)))
    # nobody was there an hour ahead: it is looked at when it begins, and no desk answers under its base URL
    assert sorted(document["kind"] for _, document in hook.taken) == ["late", "look", "paused"]
    with store.writing() as tx:
        issues.move(tx, issue.id, [IssueState.PAUSED], IssueState.SENDING, {"held_why": None})
    deliver(store, told, at(timedelta(minutes=10)), issue.id)
    see(store, told, at(timedelta(minutes=11)))
    out = hook.taken[-1][1]
    assert out["kind"] == "finished"
    see(store, told, at(timedelta(minutes=20)))
    see(store, told, at(timedelta(days=2)))
    assert hook.taken[-1][1] == out
    assert "2 sent" in out["text"]
    assert not any("example.org" in document["text"] for _, document in hook.taken)


def test_uncertain_readers_are_told_with_how_many(
    store: Store, told: Settings, scheduled: Scheduled, publication: Publication, hook: Hook
) -> None:
    from sqlalchemy import update

    from newsletter.store.schema import delivery

    readers.add(store, at(timedelta(days=-3)), publication.id, "ada@example.org")
    issue = scheduled(DUE)
    tick(store, told, at())
    deliver(store, told, at(), issue.id)
    with store.writing() as tx:
        tx.execute(update(delivery).values(state="uncertain"))
        assert deliveries.tally(tx, issue.id).uncertain == 1
    see(store, told, at(timedelta(minutes=1)))
    found = [document for _, document in hook.taken if document["kind"] == "uncertain"]
    assert [document["subject"] for document in found] == ["Alderwick Letter: 1 reader is uncertain in issue 1"]


@pytest.mark.parametrize(("before", "name"), [(timedelta(hours=23), "day"), (timedelta(minutes=50), "hour")])
def test_a_day_and_an_hour_before_what_is_wrong_is_told_once(
    store: Store, told: Settings, scheduled: Scheduled, hook: Hook, before: timedelta, name: str
) -> None:
    scheduled(DUE)
    broken = replace(told, smtp=(Smtp(host="127.0.0.1", port=9, starttls="never", timeout=2),))
    for seconds in range(2):
        see(store, broken, at(-before + timedelta(seconds=seconds)))
    ((_, document),) = [one for one in hook.taken if one[1]["kind"] == "look"]
    assert "could not go out as things are" in document["subject"]
    assert "127.0.0.1" in document["text"]  # the server that refuses, and the base URL where nobody answers
    assert "does not lead to a running desk" in document["text"]
    with store.reading() as tx:
        assert [one.kind for one in alerts.listing(tx, limit=5)] == ["look"]
    see(store, broken, at(-before + timedelta(seconds=3)))
    assert len(hook.taken) == 1
    del name


def test_what_is_wrong_when_an_issue_is_sent_by_hand_is_told_at_once_and_once(
    store: Store, told: Settings, scheduled: Scheduled, hook: Hook
) -> None:
    issue = scheduled(DUE, state=IssueState.APPROVED)
    with store.writing() as tx:
        issues.move(tx, issue.id, [IssueState.APPROVED], IssueState.SENDING, {"sending_at": DUE})
        issues.unplan(tx, issue.id)
    for seconds in range(3):
        see(store, told, at(timedelta(seconds=seconds)))
    ((_, document),) = hook.taken
    assert (document["kind"], document["issue"]) == ("look", 1)
    assert document["subject"] == "Alderwick Letter: issue 1 goes out, and something is wrong"
    assert "does not lead to a running desk" in document["text"]
    assert "newsletter issue pause 1" in document["text"]


def test_what_was_looked_at_an_hour_ahead_is_not_looked_at_again_when_it_begins(
    store: Store, told: Settings, scheduled: Scheduled, hook: Hook
) -> None:
    scheduled(DUE)
    see(store, told, at(-timedelta(minutes=50)))
    tick(store, told, at())
    see(store, told, at(timedelta(seconds=1)))
    assert [document["kind"] for _, document in hook.taken] == ["look"]


def test_what_began_long_ago_is_not_looked_at(store: Store, told: Settings, scheduled: Scheduled, hook: Hook) -> None:
    issue = scheduled(DUE, state=IssueState.APPROVED)
    with store.writing() as tx:
        issues.move(tx, issue.id, [IssueState.APPROVED], IssueState.SENDING, {"sending_at": DUE})
        issues.unplan(tx, issue.id)
    see(store, told, at(timedelta(minutes=11)))
    assert hook.taken == []


def test_an_issue_that_stands_still_is_told_after_two_minutes_and_over_when_it_goes_on(
    store: Store, told: Settings, scheduled: Scheduled, hook: Hook
) -> None:
    issue = scheduled(DUE)
    see(store, told, at(-timedelta(minutes=50)))
    tick(store, told, at())
    with store.writing() as tx:
        for seconds in (10, 70, 130):
            stalls.keep(
                tx,
                issue.id,
                "The mail server mail.example.org cannot be reached.",
                now=DUE + timedelta(seconds=seconds),
            )
    see(store, told, at(timedelta(seconds=129)))
    assert [document["kind"] for _, document in hook.taken] == ["look"]
    for seconds in (130, 140):
        see(store, told, at(timedelta(seconds=seconds)))
    assert [document["kind"] for _, document in hook.taken] == ["look", "stalled"]
    assert "has stood still since 14:00 UTC. The mail server mail.example.org" in hook.taken[1][1]["text"]
    with store.writing() as tx:
        stalls.end(tx, issue.id)
    see(store, told, at(timedelta(seconds=150)))
    with store.reading() as tx:
        assert all(one.ended_at for one in alerts.listing(tx, limit=9) if one.kind == "stalled")


def test_the_alarm_keeps_that_an_issue_stands_still_and_forgets_it_when_it_goes_on(
    store: Store, settings: Settings, scheduled: Scheduled, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = scheduled(DUE)
    tick(store, settings, at())
    alarm = Alarm(store, settings, at())
    answers: list[Exception | None] = [ServerAway("The mail server is away."), None]

    def run(*_: object, **__: object) -> Any:
        if failure := answers.pop(0):
            raise failure
        return Tally()

    monkeypatch.setattr("newsletter.workflows.deliver.deliver", run)
    with pytest.raises(ServerAway):
        alarm._send(issue.id, Event())
    with store.reading() as tx:
        assert [one.why for one in stalls.listing(tx, DUE + timedelta(hours=1))] == ["The mail server is away."]
    alarm._send(issue.id, Event())
    with store.reading() as tx:
        assert stalls.listing(tx, DUE + timedelta(hours=1)) == []
    alarm.stop()


def test_an_issue_that_is_paused_after_an_outage_stands_still_no_more(
    store: Store, settings: Settings, scheduled: Scheduled, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = scheduled(DUE)
    tick(store, settings, at())
    alarm = Alarm(store, settings, at(), outage=0)

    def run(*_: object, **__: object) -> Any:
        raise ServerAway("The mail server is away.")

    monkeypatch.setattr("newsletter.workflows.deliver.deliver", run)
    with pytest.raises(ServerAway):
        alarm._send(issue.id, Event())
    with store.writing() as tx:
        assert issues.by_id(tx, issue.id).state is IssueState.PAUSED
        issues.move(tx, issue.id, [IssueState.PAUSED], IssueState.SENDING)
        assert stalls.listing(tx, DUE + timedelta(hours=1)) == []
    alarm.stop()


def test_two_days_before_nothing_is_tried(store: Store, told: Settings, scheduled: Scheduled, hook: Hook) -> None:
    scheduled(DUE)
    see(store, replace(told, smtp=()), at(-timedelta(days=2)))
    assert hook.taken == []


def test_a_time_of_the_cadence_without_an_issue_is_told_a_day_ahead(
    store: Store, told: Settings, scheduled: Scheduled, publication: Publication, hook: Hook
) -> None:
    with store.writing() as tx:
        cadences.put(tx, publication.id, "Fri 09:00", zone="America/New_York", now=DUE)
    see(store, told, at(-timedelta(hours=30)))
    assert hook.taken == []
    see(store, told, at(-timedelta(hours=20)))
    assert [document["kind"] for _, document in hook.taken] == ["unplanned"]
    assert "2026-11-27 09:00" in hook.taken[0][1]["subject"]
    scheduled(DUE + timedelta(days=7))
    see(store, told, at(timedelta(days=6)))
    assert [document["kind"] for _, document in hook.taken if document["kind"] == "unplanned"] == ["unplanned"]


def test_a_time_of_the_cadence_is_no_news_where_an_issue_went_out_by_hand(
    store: Store, told: Settings, scheduled: Scheduled, publication: Publication, hook: Hook
) -> None:
    with store.writing() as tx:
        cadences.put(tx, publication.id, "Fri 09:00", zone="America/New_York", now=DUE)
    issue = scheduled(DUE, state=IssueState.APPROVED)
    with store.writing() as tx:
        began = {"sending_at": DUE - timedelta(hours=16)}
        issues.move(tx, issue.id, [IssueState.APPROVED], IssueState.SENDING, began)
        issues.unplan(tx, issue.id)
    see(store, told, at(-timedelta(hours=15)))
    assert hook.taken == []


def test_without_a_way_it_is_kept_and_nothing_waits(
    store: Store, settings: Settings, scheduled: Scheduled, told: Settings, hook: Hook
) -> None:
    scheduled(DUE - timedelta(hours=5))
    tick(store, settings, at())
    see(store, settings, at())
    with store.reading() as tx:
        (alert,) = alerts.listing(tx, limit=5)
        assert alert.next_at is None
    see(store, told, at(timedelta(days=1)))  # a way that is set later is not flooded with what is old
    assert hook.taken == []
