"""Several mail servers: shares by weight, limits that outlive a restart, and the others carry on where one fails."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from ledger_material import issue_on_its_way, subscribe

from newsletter.clock import Clock
from newsletter.errors import SettingsError
from newsletter.model.delivery import Tally
from newsletter.model.issue import IssueId, IssueState
from newsletter.model.publication import Publication
from newsletter.send.stopped import SendStopped
from newsletter.settings import Settings, Smtp, load
from newsletter.store import Store, deliveries, server_limits
from newsletter.workflows.deliver import deliver

SettingsFor = Callable[..., Settings]


def counted(tally: Tally) -> dict[str, int]:
    return {name: count for name, count in asdict(tally).items() if count}


@pytest.fixture
def on_its_way(sqlite_store: Store, clock: Clock) -> Callable[[int], IssueId]:
    from newsletter.store import publications

    def make(count: int, kind: str = "reader") -> IssueId:
        with sqlite_store.writing() as tx:
            made = publications.add(tx, "Alderwick Letter", now=clock.now(), sender="desk@letter.example.org")
        subscribe(sqlite_store, made.id, [f"{kind}-{number}@example.org" for number in range(count)], clock.now())
        return issue_on_its_way(sqlite_store, made.id, clock.now())

    return make


def at(port: int, **options: Any) -> Smtp:
    return Smtp(
        **({"host": "127.0.0.1", "port": port, "starttls": "never", "connections": 2, "timeout": 5.0} | options)
    )


def test_each_server_takes_its_share(
    sqlite_store: Store, clock: Clock, on_its_way: Any, recorder: Any, settings_for: SettingsFor
) -> None:
    light, heavy = recorder(messages_per_connection=5), recorder(messages_per_connection=5)
    servers = (at(light.port, connections=4), at(heavy.port, connections=4, weight=3))
    issue = on_its_way(200)
    tally = deliver(sqlite_store, replace(settings_for(), smtp=servers), clock, issue)
    assert counted(tally) == {"audience": 200, "sent": 200}
    assert light.taken
    assert len(heavy.taken) > len(light.taken)  # about twice as much: four connections beside two
    assert max(Counter(light.recipients() + heavy.recipients()).values()) == 1


@pytest.mark.parametrize(
    "manners",
    [
        {"greeting": "421 4.3.2 Service shutting down"},
        {"greeting": "554 5.7.1 your address is blocked"},
        {"answer_to_mail": "550 5.7.1 sender not allowed"},
        {"size": 100},
        {"login": ("ada", "right")},
    ],
)
def test_a_server_that_does_not_want_us_rests_and_the_other_carries_on(
    sqlite_store: Store,
    clock: Clock,
    on_its_way: Any,
    recorder: Any,
    settings_for: SettingsFor,
    manners: dict[str, Any],
) -> None:
    bad, good = recorder(**manners), recorder()
    login = {"user": "ada", "password": "wrong"} if "login" in manners else {}
    issue = on_its_way(30)
    servers = (at(bad.port, weight=9, **login), at(good.port))
    tally = deliver(sqlite_store, replace(settings_for(), smtp=servers), clock, issue)
    assert counted(tally) == {"audience": 30, "sent": 30}
    assert not bad.taken
    assert max(Counter(good.recipients()).values()) == 1


def test_a_server_that_goes_away_in_the_midst_is_left(
    sqlite_store: Store, clock: Clock, on_its_way: Any, recorder: Any, settings_for: SettingsFor
) -> None:
    first, second = recorder(), recorder()
    keep = first.keep

    def leaving(message: Any) -> None:
        keep(message)
        if len(first.taken) == 5:
            first.manners.greeting = "421 4.3.2 Service shutting down"
            first.manners.messages_per_connection = 1

    first.keep = leaving
    issue = on_its_way(60)
    servers = (at(first.port), at(second.port))
    tally = deliver(sqlite_store, replace(settings_for(), smtp=servers), clock, issue)
    assert counted(tally) == {"audience": 60, "sent": 60}
    assert max(Counter(first.recipients() + second.recipients()).values()) == 1


def test_where_all_refuse_us_it_is_told_and_nobody_is_lost(
    sqlite_store: Store, clock: Clock, on_its_way: Any, recorder: Any, settings_for: SettingsFor
) -> None:
    servers = tuple(at(recorder(answer_to_mail="550 5.7.1 blocked").port) for _ in range(2))
    issue = on_its_way(30)
    with pytest.raises(SendStopped, match="refuses us"):
        deliver(sqlite_store, replace(settings_for(), smtp=servers), clock, issue)
    with sqlite_store.reading() as tx:
        assert deliveries.sending(tx, issue).state is IssueState.PAUSED
        assert counted(deliveries.tally(tx, issue)) == {"audience": 30, "queued": 30}


@pytest.mark.parametrize("span", [1, 60, 3_600, 86_400])
def test_no_span_holds_more_than_its_limit_by_much_and_a_restart_forgets_nothing(store: Store, span: int) -> None:
    began = datetime.fromisoformat("2026-11-27T08:00:00+00:00")
    given: list[datetime] = []
    for step in range(300):
        now = began + timedelta(seconds=span * step / 50)
        with store.writing() as tx:  # each time as a process that has just begun
            granted, again = server_limits.take(tx, "ada@mail.example:587", {span: 20}, 3, now=now)
        given += [now] * granted
        assert granted == 3 or again > now
    for start in given:
        assert sum(start <= one < start + timedelta(seconds=span) for one in given) <= 23
    assert len(given) >= 20 * 5


def test_the_tightest_limit_counts_and_each_account_has_its_own(store: Store, clock: Clock) -> None:
    with store.writing() as tx:
        assert server_limits.take(tx, "a", {60: 10, 3_600: 4}, 9, now=clock.now())[0] == 4
        granted, again = server_limits.take(tx, "a", {60: 10, 3_600: 4}, 9, now=clock.now())
        assert granted == 0
        assert timedelta(minutes=50) < again - clock.now() < timedelta(hours=2)
        assert server_limits.take(tx, "b", {60: 10, 3_600: 4}, 2, now=clock.now())[0] == 2


def test_a_limit_slows_one_issue_and_a_pause_ends_the_wait(
    sqlite_store: Store, clock: Clock, on_its_way: Any, recorder: Any, settings_for: SettingsFor
) -> None:
    server = recorder()
    issue = on_its_way(30)
    stop = threading.Event()
    settings = replace(settings_for(), smtp=(at(server.port, per_hour=12),))
    run = threading.Thread(target=deliver, args=(sqlite_store, settings, clock, issue), kwargs={"stop": stop})
    run.start()
    while run.is_alive() and len(server.taken) < 12:
        threading.Event().wait(0.02)
    stop.set()
    run.join(20)
    assert not run.is_alive()
    with sqlite_store.reading() as tx:
        assert counted(deliveries.tally(tx, issue)) == {"audience": 30, "sent": 12, "queued": 18}


def test_a_limit_by_the_second_lets_everybody_through(
    store: Store, publication: Publication, clock: Clock, recorder: Any, settings_for: SettingsFor
) -> None:
    server = recorder()
    subscribe(store, publication.id, [f"reader-{number}@example.org" for number in range(25)], clock.now())
    issue = issue_on_its_way(store, publication.id, clock.now())
    settings = replace(settings_for(), smtp=(at(server.port, per_second=20),))
    assert counted(deliver(store, settings, clock, issue)) == {"audience": 25, "sent": 25}


def test_settings_of_servers_are_read_and_wrong_ones_are_told(tmp_path: Any) -> None:
    file = tmp_path / "newsletter.toml"
    file.write_text('[[smtp]]\nurl = "smtp://127.0.0.1:25"\nweight = 2\nper_hour = 500\n[[smtp]]\nhost = "localhost"\n')
    first, second = load(tmp_path, {}).smtp
    assert (first.weight, first.limits, second.weight, second.limits) == (2, {3_600: 500}, 1, {})
    for wrong, sentence in (("weight = 0", "smtp.weight"), ("per_day = -1", "per_day"), ("per_week = 1", "per_week")):
        file.write_text(f'[[smtp]]\nhost = "localhost"\n{wrong}\n')
        with pytest.raises(SettingsError, match=sentence):
            load(tmp_path, {})
