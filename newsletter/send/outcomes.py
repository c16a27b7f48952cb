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
_ABOUT_RELAYING = re.compile(r"relay|authenticat|log ?in first|not logged in", re.IGNORECASE)


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
    if code < 500:
        return Verdict(DeliveryState.DEFERRED)
    if stage is Stage.MAIL or code in _LOGIN_CODES:
        return Verdict(BACK, rests=True)
    if stage is Stage.RCPT:
        if _ABOUT_RELAYING.search(answer.reply):
            return Verdict(BACK, rests=True)
        return Verdict(DeliveryState.FAILED)
    return Verdict(DeliveryState.FAILED, suspicious=True)


def _lost(answer: Answer) -> Verdict:
    if answer.stage is Stage.DOT:
        return Verdict(DeliveryState.UNCERTAIN, reconnect=True)
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
    return Closed(id=row.id, attempt=row.attempt, state=state, code=answer.code, reply=reply, due_at=due)
