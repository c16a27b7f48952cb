"""What an answer of the server means: for the reader, and for the run. Touches nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from newsletter.model.delivery import DeliveryState
from newsletter.store.deliveries import Claimed, Closed

FIRST_RETRY = timedelta(minutes=5)
LONGEST_RETRY = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(days=2)
"""How long after the start of the issue a deferred delivery is tried again."""

_LOGIN_CODES = frozenset({530, 534, 535, 538})
_ABOUT_US = re.compile(
    r"relay(ing)? (access )?(denied|not|is not)|not (permitted|allowed) to relay|unable to relay|relaying"
    r"|authenticat|log ?in first|not logged in"
    r"|spamhaus|spamcop|barracuda|sorbs|proofpoint|\bd?nsbl\b|\brbl\b|block ?list|black ?list|deny ?list"
    r"|(your|client|sending) (ip|host|server|mail server|domain|network|address|account)|bad reputation|poor reputation"
    r"|sender (address )?(rejected|denied|not|is not|verif)|not verified"
    r"|sending (limit|quota)|(daily|hourly) (\w+ )?(limit|quota)"
    r"|account .{0,40}(suspended|disabled|blocked)|\bspf\b|\bdkim\b|\bdmarc\b",
    re.IGNORECASE,
)
"""Of a refusal with a code for policy, or without one: what is said of the sender and not of the reader."""

_THE_READERS_OWN = re.compile(r"\b(recipients?|users?|mailbox(es)?|inbox|rcpt)\b", re.IGNORECASE)
"""Of a refusal with a code for policy, or without one: the policy is that of the reader."""
_READERS_POLICIES = frozenset({2, 12, 17, 18, 124, 129, 133, 134, 135, 136})
"""Details of X.7 that are said of the one mailbox: a list that takes from some only, or an owner who has changed
(RFC 3463 §3.8, RFC 7293 §14), and what Exchange says of groups and mailboxes that take from some only."""
_POLICY = re.compile(
    r"\b(policy|policies|blocked|blacklisted|black-?listed|banned|denied|prohibited|administrative)\b", re.IGNORECASE
)
"""Of a refusal without a code for policy: the server has something against the one who sends."""

_ENHANCED = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})\b")
_THE_ADDRESS_IS_GONE = {
    (1, 1): "bad destination mailbox address",
    (1, 2): "bad destination system address",
    (1, 3): "bad destination mailbox address syntax",
    (1, 6): "destination mailbox has moved, no forwarding address",
    (1, 10): "recipient address has null MX (RFC 7505)",
    (2, 1): "mailbox disabled, not accepting messages",
}
"""RFC 3463 §3.2 and §3.3, of class 5: the address is never mailed again. Not 2.2 (mailbox full), not 7.x (policy), not
1.0 and 0.0, by which servers mean anything."""


class Stage(IntEnum):
    """How far a message had come when the last answer arrived, or the connection was lost."""

    MAIL = 1
    RCPT = 2
    DATA = 3
    BODY = 4
    DOT = 5
    """The final dot had been begun: from here on a lost connection says nothing about the message."""


@dataclass(frozen=True)
class Answer:
    """The server's last word on one message; without a code the connection was lost."""

    stage: Stage
    code: int | None
    reply: str
    fresh: bool = False
    """Whether it was the first message of its connection."""

    def __str__(self) -> str:
        """As it is told to a person."""
        return f"{self.code} {self.reply}" if self.code else self.reply


@dataclass(frozen=True)
class Verdict:
    """What an answer means. A state of `queued` puts the row back to where it was."""

    state: DeliveryState
    reconnect: bool = False
    rests: bool = False
    """It is about us and not about the reader: the run stops, and nobody else is tried."""
    suspicious: bool = False
    """Many of these in a row are about us, too: the message itself refused, or the connection lost."""
    gone: bool = False
    """The address does not exist: it is suppressed."""


BACK = DeliveryState.QUEUED


def judge(answer: Answer) -> Verdict:
    """What became of one message."""
    stage, code = answer.stage, answer.code
    if code is None or not 200 <= code <= 599:
        return _lost(answer)
    if stage is Stage.DOT and code < 300:
        return Verdict(DeliveryState.SENT)
    if code == 421:  # the server closes the connection (RFC 5321 §3.8)
        if stage is Stage.MAIL:  # "maximum message count per session", shutting down: not about the reader
            return Verdict(BACK, reconnect=True, suspicious=answer.fresh)
        return Verdict(DeliveryState.DEFERRED, reconnect=True)
    if code < 400:
        return _lost(answer)
    if code < 500:  # to MAIL it says nothing of the reader: many in a row, and the server rests
        return Verdict(DeliveryState.DEFERRED, suspicious=stage is Stage.MAIL)
    subject = enhanced(answer.reply)
    if stage is Stage.MAIL or code in _LOGIN_CODES:
        return Verdict(BACK, rests=True)
    if subject in _THE_ADDRESS_IS_GONE:
        return Verdict(DeliveryState.FAILED, gone=True)
    if _is_about_us(subject, answer.reply):
        return Verdict(BACK, rests=True)
    return Verdict(DeliveryState.FAILED, suspicious=stage is not Stage.RCPT)


def _is_about_us(subject: tuple[int, int] | None, reply: str) -> bool:
    """Whether a refusal is security or policy (RFC 3463 §3.8) against us, and not that of the one reader."""
    if subject is not None and subject[0] not in (0, 7):
        return False
    if _ABOUT_US.search(reply):
        return True
    is_policy = subject is not None and subject[0] == 7
    if (is_policy and subject is not None and subject[1] in _READERS_POLICIES) or _THE_READERS_OWN.search(reply):
        return False
    return is_policy or bool(_POLICY.search(reply))


def enhanced(reply: str) -> tuple[int, int] | None:
    """Subject and detail of an enhanced status code (RFC 2034, RFC 3463) at the beginning of a reply, or none."""
    found = _ENHANCED.match(reply)
    return (int(found[2]), int(found[3])) if found else None


def _lost(answer: Answer) -> Verdict:
    if answer.stage is Stage.DOT:  # on a connection that took others before it may be the end of just that one
        return Verdict(DeliveryState.UNCERTAIN, reconnect=True, suspicious=answer.fresh)
    if answer.stage is Stage.BODY or answer.fresh:
        return Verdict(DeliveryState.DEFERRED, reconnect=True, suspicious=True)
    return Verdict(BACK, reconnect=True)  # servers drop connections that were idle or long in use


def retry_after(attempt: int, spread: float) -> timedelta:
    """How long to wait after this attempt (from 1): doubling, capped, ± 20 % by `spread` from 0 to 1."""
    wait = min(FIRST_RETRY * (1 << min(attempt - 1, 16)), LONGEST_RETRY)
    return wait * (0.8 + 0.4 * spread)


def closed(row: Claimed, answer: Answer, verdict: Verdict, *, began: datetime, now: datetime, spread: float) -> Closed:
    """The row to record. Who is deferred for too long since the issue `began` has failed."""
    state, due, reply = verdict.state, None, answer.reply
    if state is DeliveryState.DEFERRED:
        due = now + retry_after(row.attempt, spread)
        if due - began > GIVE_UP_AFTER:
            state, due, reply = DeliveryState.FAILED, None, f"Given up after {row.attempt} attempts: {reply}"
    return Closed(
        id=row.id, attempt=row.attempt, state=state, code=answer.code, reply=reply, due_at=due, gone=verdict.gone
    )
