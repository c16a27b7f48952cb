"""The next envelope behind the final dot: one round trip a message, and whoever has second thoughts is not mailed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest
from ledger_material import issue_on_its_way, subscribe
from sqlalchemy import update

from newsletter.clock import Clock
from newsletter.model.delivery import Tally
from newsletter.model.issue import IssueId
from newsletter.model.publication import Publication
from newsletter.model.subscriber import SubscriberId
from newsletter.settings import Settings
from newsletter.store import Store, subscribers, suppressions
from newsletter.store.schema import subscription
from newsletter.workflows.deliver import deliver

SettingsFor = Callable[..., Settings]
READERS = [f"reader-{number}@example.org" for number in range(12)]


def counted(tally: Tally) -> dict[str, int]:
    return {name: count for name, count in asdict(tally).items() if count}


@pytest.fixture
def issue(store: Store, publication: Publication, clock: Clock) -> IssueId:
    subscribe(store, publication.id, READERS, clock.now())
    return issue_on_its_way(store, publication.id, clock.now())


def comes_early(conversation: Any) -> bool:
    """Whether the client says more before it has its answer; it is given a moment."""
    conversation.request.settimeout(0.2)
    try:
        return bool(conversation.rfile.peek(1))
    except TimeoutError:
        conversation.setup()  # a reader that timed out once reads no more
        return False
    finally:
        conversation.request.settimeout(None)


def after(server: Any, count: int, work: Callable[[], None]) -> None:
    """Do this when so many messages were taken, before the server answers to the last of them."""
    keep = server.keep

    def kept(message: Any) -> None:
        keep(message)
        if len(server.taken) == count:
            work()

    server.keep = kept


def test_each_envelope_but_the_first_stands_behind_a_dot(
    store: Store, clock: Clock, issue: IssueId, recorder: Any, settings_for: SettingsFor
) -> None:
    server = recorder()
    early: list[bool] = []

    class Looks(server.RequestHandlerClass):  # type: ignore[misc,name-defined]
        def say(self, line: str) -> None:
            if line == "250 2.0.0 taken":
                early.append(comes_early(self))
            super().say(line)

    server.RequestHandlerClass = Looks
    assert counted(deliver(store, settings_for(server.port, connections=1), clock, issue))["sent"] == 12
    verbs = [command.split(" ")[0] for command in server.commands]
    assert verbs.count("DATA") == 12
    assert "RSET" not in verbs
    assert sum(early) == 11
    assert Counter(server.recipients()) == Counter(READERS)


@pytest.mark.parametrize("how", ["unsubscribed", "suppressed", "deleted"])
def test_who_says_no_after_their_envelope_was_said_is_not_mailed(
    store: Store,
    publication: Publication,
    clock: Clock,
    issue: IssueId,
    recorder: Any,
    settings_for: SettingsFor,
    how: str,
) -> None:
    server = recorder()

    def say_no() -> None:
        with store.writing() as tx:
            if how == "unsubscribed":
                tx.execute(update(subscription).where(subscription.c.subscriber_id == 6).values(status=how))
            elif how == "suppressed":
                suppressions.add(tx, READERS[5], "complaint", now=clock.now())
            else:
                subscribers.erase(tx, SubscriberId(6), now=clock.now())

    after(server, 5, say_no)  # the envelope of the sixth is on its way, or there
    tally = deliver(store, settings_for(server.port, connections=1), clock, issue)
    assert counted(tally) == {"audience": 12, "sent": 11, "skipped": 1}
    assert Counter(server.recipients()) == Counter(READERS) - Counter([READERS[5]])
    assert all(one.content for one in server.taken)


@pytest.mark.parametrize("answer", ["503 5.5.1 no pipelining here", "450 4.7.1 one after the other"])
def test_a_server_that_wants_no_envelope_there_gets_each_in_its_turn(
    store: Store, clock: Clock, issue: IssueId, recorder: Any, settings_for: SettingsFor, answer: str
) -> None:
    server = recorder()

    class Strict(server.RequestHandlerClass):  # type: ignore[misc,name-defined]
        early = False

        def say(self, line: str) -> None:
            if line == "250 2.0.0 taken":
                self.early = comes_early(self)
            super().say(line)

        def line(self) -> str:
            line: str = super().line()
            if self.early and line.startswith("MAIL"):
                self.early = False
                for _ in range(2):
                    super().line()
                self.say(f"{answer}\r\n503 5.5.1 MAIL first\r\n503 5.5.1 RCPT first")
                return self.line()
            return line

    server.RequestHandlerClass = Strict
    tally = deliver(store, settings_for(server.port, connections=1), clock, issue)
    assert counted(tally) == {"audience": 12, "sent": 12}
    assert Counter(server.recipients()) == Counter(READERS)


def test_a_server_that_hangs_up_over_it_loses_and_doubles_nobody(
    store: Store, clock: Clock, issue: IssueId, recorder: Any, settings_for: SettingsFor
) -> None:
    server = recorder()

    class HangsUp(server.RequestHandlerClass):  # type: ignore[misc,name-defined]
        def line(self) -> str:
            line: str = super().line()
            if line.startswith("MAIL") and self.count > 0:
                raise EOFError
            return line

    server.RequestHandlerClass = HangsUp
    tally = deliver(store, settings_for(server.port, connections=1), clock, issue)
    assert counted(tally) == {"audience": 12, "sent": 12}
    assert Counter(server.recipients()) == Counter(READERS)
