"""What an answer means, as a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsletter.model.delivery import DeliveryId, DeliveryState
from newsletter.model.subscriber import SubscriberId
from newsletter.send.address import wire_address
from newsletter.send.outcomes import GIVE_UP_AFTER, LONGEST_RETRY, Answer, Stage, Verdict, closed, judge, retry_after
from newsletter.store.deliveries import Claimed

SENT, FAILED, DEFERRED = DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.DEFERRED
UNCERTAIN, BACK = DeliveryState.UNCERTAIN, DeliveryState.QUEUED


@pytest.mark.parametrize(
    ("stage", "code", "reply", "verdict"),
    [
        (Stage.DOT, 250, "taken", Verdict(SENT)),
        (Stage.DOT, 251, "will forward", Verdict(SENT)),
        (Stage.DOT, 451, "try later", Verdict(DEFERRED)),
        (Stage.DOT, 421, "closing", Verdict(DEFERRED, reconnect=True)),
        (Stage.DOT, 554, "not this content", Verdict(FAILED, suspicious=True)),
        (Stage.DOT, None, "lost", Verdict(UNCERTAIN, reconnect=True)),
        (Stage.DOT, 354, "nonsense", Verdict(UNCERTAIN, reconnect=True)),
        (Stage.BODY, None, "lost", Verdict(DEFERRED, reconnect=True, suspicious=True)),
        (Stage.DATA, 451, "greylisted", Verdict(DEFERRED)),
        (Stage.DATA, 554, "no", Verdict(FAILED, suspicious=True)),
        (Stage.RCPT, 450, "4.2.0 greylisted", Verdict(DEFERRED)),
        (Stage.RCPT, 550, "5.1.1 no such user", Verdict(FAILED, gone=True)),
        (Stage.RCPT, 550, "5.1.10 null MX", Verdict(FAILED, gone=True)),
        (Stage.RCPT, 550, "5.1.2 bad destination system", Verdict(FAILED, gone=True)),
        (Stage.RCPT, 550, "5.2.1 mailbox disabled", Verdict(FAILED, gone=True)),
        (Stage.DOT, 550, "5.1.1 no such user", Verdict(FAILED, gone=True)),
        (Stage.RCPT, 552, "5.2.2 mailbox full", Verdict(FAILED)),
        (Stage.RCPT, 550, "5.4.1 Recipient address rejected: Access denied", Verdict(FAILED)),
        (Stage.RCPT, 550, "no such user", Verdict(FAILED)),
        (Stage.RCPT, 550, "5.1.0 address rejected", Verdict(FAILED)),
        (Stage.RCPT, 550, "5.7.1 blocked using zen.spamhaus.org; your IP is listed", Verdict(BACK, rests=True)),
        (Stage.RCPT, 554, "5.7.1 Client host rejected: Access denied", Verdict(BACK, rests=True)),
        (Stage.DOT, 554, "Message rejected: Email address is not verified.", Verdict(BACK, rests=True)),
        (Stage.RCPT, 550, "5.1.1 our relay knows no such user", Verdict(FAILED, gone=True)),
        (Stage.RCPT, 550, "5.7.1 blocked by the user", Verdict(FAILED)),
        (Stage.RCPT, 554, "5.7.1 blocked by policy", Verdict(BACK, rests=True)),
        (Stage.RCPT, 554, "5.7.0 no", Verdict(BACK, rests=True)),
        (Stage.RCPT, 554, "5.7.26 unauthenticated mail", Verdict(BACK, rests=True)),
        (Stage.DOT, 554, "5.7.1 Message rejected as spam", Verdict(BACK, rests=True)),
        (Stage.RCPT, 554, "blocked by policy", Verdict(BACK, rests=True)),
        (Stage.RCPT, 550, "Access denied", Verdict(BACK, rests=True)),
        (Stage.RCPT, 554, "5.7.1 <a@x>: Recipient address rejected: Access denied", Verdict(FAILED)),
        (Stage.RCPT, 550, "5.7.1 the recipient does not accept mail from lists", Verdict(FAILED)),
        (Stage.RCPT, 550, "5.7.1 mailbox restricted", Verdict(FAILED)),
        (Stage.RCPT, 550, "5.7.2 expansion prohibited", Verdict(FAILED)),
        (Stage.RCPT, 550, "5.7.17 the owner has changed", Verdict(FAILED)),
        (Stage.RCPT, 550, "mailbox blocked", Verdict(FAILED)),
        (Stage.RCPT, 552, "5.2.3 message blocked for its length", Verdict(FAILED)),
        (Stage.RCPT, 554, "5.7.1 <x>: Relay access denied", Verdict(BACK, rests=True)),
        (Stage.RCPT, 530, "5.7.0 Authentication required", Verdict(BACK, rests=True)),
        (Stage.RCPT, 421, "closing", Verdict(DEFERRED, reconnect=True)),
        (Stage.MAIL, 421, "maximum message count", Verdict(BACK, reconnect=True)),
        (Stage.MAIL, 451, "later", Verdict(DEFERRED, suspicious=True)),
        (Stage.MAIL, 550, "sender refused", Verdict(BACK, rests=True)),
        (Stage.MAIL, 530, "authenticate", Verdict(BACK, rests=True)),
        (Stage.MAIL, None, "lost", Verdict(BACK, reconnect=True)),
    ],
)
def test_an_answer_has_one_meaning(stage: Stage, code: int | None, reply: str, verdict: Verdict) -> None:
    assert judge(Answer(stage, code, reply)) == verdict


def test_a_server_that_drops_fresh_connections_is_not_asked_for_ever() -> None:
    assert judge(Answer(Stage.MAIL, None, "lost", fresh=True)) == Verdict(DEFERRED, reconnect=True, suspicious=True)
    assert judge(Answer(Stage.MAIL, 421, "busy", fresh=True)) == Verdict(BACK, reconnect=True, suspicious=True)
    assert judge(Answer(Stage.DOT, None, "lost", fresh=True)) == Verdict(UNCERTAIN, reconnect=True, suspicious=True)


def test_patience_doubles_up_to_a_cap_and_is_spread() -> None:
    waits = [retry_after(attempt, 0.5) for attempt in range(1, 12)]
    assert waits[:3] == [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20)]
    assert waits == sorted(waits)
    assert waits[-1] == retry_after(10**9, 0.5) == LONGEST_RETRY
    assert retry_after(1, 0) == timedelta(minutes=4)
    assert retry_after(1, 1) == timedelta(minutes=6)


def test_who_is_deferred_for_too_long_has_failed() -> None:
    row = Claimed(
        id=DeliveryId(1), subscriber=SubscriberId(1), email="a@example.org", name="", attempt=9, message_id="<1@x>"
    )
    answer, began = Answer(Stage.RCPT, 450, "greylisted"), datetime(2026, 11, 27, tzinfo=UTC)

    def at(now: datetime) -> DeliveryState:
        return closed(row, answer, judge(answer), began=began, now=now, spread=0.5).state

    assert at(began + timedelta(hours=1)) is DEFERRED
    assert at(began + GIVE_UP_AFTER) is FAILED


@pytest.mark.parametrize(
    ("typed", "wire"),
    [
        ("Ada@Example.ORG", "Ada@Example.ORG"),
        ("ada@exämple.org", "ada@xn--exmple-cua.org"),
        ("ada@faß.example", "ada@xn--fa-hia.example"),
        ("zoë@example.org", "zoë@example.org"),
        ('"ada moss"@example.org', '"ada moss"@example.org'),
        ("ada@[192.0.2.1]", "ada@[192.0.2.1]"),
    ],
)
def test_an_address_as_smtp_wants_it(typed: str, wire: str) -> None:
    assert wire_address(typed) == wire


@pytest.mark.parametrize(
    "typed",
    ["", "ada", "@example.org", "ada@", "ada@ex ample.org", "a<b@example.org", "a\r\nb@example.org",
     "zoë\n@example.org", "ada@-.org\0", "ada@exa\u2028mple.org", "ada@" + "a" * 300 + ".org", "zoë <x@example.org"],
)  # fmt: skip
def test_an_address_that_could_end_a_command_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="it"):
        wire_address(typed)
