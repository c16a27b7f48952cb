"""What is said on one SMTP connection after the login, without touching it: bytes to write, bytes that arrived.

MAIL, RCPT and DATA go in one round trip where the server offers PIPELINING (RFC 2920), the message when it said 354,
and the next envelope may stand right behind the final dot (RFC 2920 §3.1): one round trip a message. Body and dot are
two writes, so that it is known whether the dot was begun when a connection is lost.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

from newsletter.send.address import Envelope
from newsletter.send.outcomes import Answer, Stage
from newsletter.send.replies import Replies, Reply, readable

_DOT = b".\r\n"
_Awaited = Stage | Literal["fine", "any"]
"""An answer that means something, one that only must be fine, or one that may be anything."""


@dataclass(frozen=True)
class Go:
    """The envelope was accepted: the server waits for the message."""


@dataclass(frozen=True)
class Refused:
    """The envelope came to nothing, as this answer says."""

    answer: Answer


@dataclass(frozen=True)
class Ended:
    """The server's last word on a message, or its loss."""

    answer: Answer


Event = Go | Refused | Ended


class NoSmtp(OSError):
    """What the server said is no answer of SMTP."""


class Dialogue:
    """At most one message is under way, and one envelope open: before any message, or behind its final dot."""

    def __init__(self, *, pipelining: bool, declares_size: bool) -> None:
        self.pipelining = pipelining
        self._declares_size = declares_size
        self._replies = Replies()
        self._out: deque[bytes] = deque()
        self._written = 0
        self._awaited: deque[_Awaited] = deque()
        self._commands: deque[bytes] = deque()  # without PIPELINING: what is still to be said of the envelope
        self._heard: list[Reply] = []
        self._envelope: Stage | None = None
        self._message: Stage | None = None
        self._fresh = [True, True]
        self.opened = 0
        """Envelopes so far."""
        self.progress = 0
        """Grows with each whole answer, and each piece that was written to its end."""
        self.is_over = False
        """The server takes no more on this connection."""

    @property
    def holds_envelope(self) -> bool:
        """Whether an envelope is open: the connection can only be dropped, or a message sent."""
        return self._envelope is not None

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is to be written and no answer is awaited."""
        return not self._out and not self._awaited

    @property
    def awaits_verdict(self) -> bool:
        """Whether the next answer is the one to a final dot, which may take long (RFC 5321 §4.5.3.2.6)."""
        return self._message is Stage.DOT and not self._out

    @property
    def dot_follows(self) -> bool:
        """Whether what is written now is a message, and its final dot follows."""
        return self._message is Stage.BODY and len(self._out) > 1

    def open(self, envelope: Envelope, size: int) -> None:
        """Say who sends and who receives a message of so many bytes; at once, or behind the message under way."""
        options = f" SIZE={size}" if self._declares_size else ""
        options += " SMTPUTF8" if envelope.needs_utf8 else ""
        commands = (
            f"MAIL FROM:<{envelope.sender}>{options}\r\n".encode(),
            f"RCPT TO:<{envelope.recipient}>\r\n".encode(),
            b"DATA\r\n",
        )
        self._fresh[0] = self.opened == 0
        self.opened += 1
        self._envelope, self._heard = Stage.MAIL, []
        if self.pipelining:
            self._awaited.extend((Stage.MAIL, Stage.RCPT, Stage.DATA))
            self._say(b"".join(commands))
        else:
            self._awaited.append(Stage.MAIL)
            self._commands = deque(commands[1:])
            self._say(commands[0])

    def send(self, message: bytes) -> None:
        """The message whose envelope was accepted, and its final dot."""
        self._envelope, self._message = None, Stage.BODY
        self._fresh[1] = self._fresh[0]
        self._awaited.append(Stage.DOT)
        self._out.append(message)
        self._out.append(_DOT)

    def pending(self) -> bytes | memoryview | None:
        """What is to be written next. A final dot counts as begun from now on."""
        if not self._out:
            return None
        head = self._out[0]
        if self._message is Stage.BODY and head.startswith(_DOT):
            self._message = Stage.DOT  # before the write: from its first byte on the message may have been taken
        return memoryview(head)[self._written :] if self._written else head

    def wrote(self, count: int) -> None:
        """So many bytes of it are out."""
        self._written += count
        if self._written >= len(self._out[0]):
            self._out.popleft()
            self._written = 0
            self.progress += 1

    def feed(self, chunk: bytes) -> list[Event]:
        """What the bytes that arrived mean. Raises OSError where they are no answers."""
        self._replies.feed(chunk)
        events: list[Event] = []
        while (reply := self._replies.next()) is not None:
            self.progress += 1
            event = self._hear(reply)
            if event is not None:
                events.append(event)
        return events

    def lost(self, why: str) -> list[Event]:
        """The connection is gone: what that means for the message under way, and for the envelope that was open."""
        self.is_over = True
        events: list[Event] = []
        if self._message is not None:
            events.append(Ended(Answer(self._message, None, why, self._fresh[1])))
        if self._envelope is not None:
            events.append(Refused(Answer(self._envelope, None, why, self._fresh[0])))
        self._message = self._envelope = None
        self._awaited.clear()
        self._out.clear()
        return events

    def _say(self, command: bytes) -> None:
        if self._out and self._out[-1] is _DOT and not (len(self._out) == 1 and self._written):
            self._out[-1] = _DOT + command  # one write
        else:
            self._out.append(command)

    def _hear(self, reply: Reply) -> Event | None:
        code = reply[0]
        if not 200 <= code <= 599:
            raise NoSmtp(f"the server said what is no SMTP: {readable(reply[1])[:80]}")
        if code == 421:  # it closes the connection, and answers nothing else (RFC 5321 §3.8)
            self.is_over = True
        if not self._awaited:  # it takes leave unasked
            self.is_over = True
            return None
        asked = self._awaited.popleft()
        if isinstance(asked, str):
            self.is_over = self.is_over or (asked == "fine" and code // 100 != 2)
            return None
        if asked is Stage.DOT:
            self._message = None
            return Ended(_answer(Stage.DOT, reply, self._fresh[1]))
        self._envelope = asked
        self._heard.append(reply)
        return self._heard_together(asked) if self.pipelining else self._heard_alone(asked, reply)

    def _heard_alone(self, asked: Stage, reply: Reply) -> Event | None:
        if asked is Stage.DATA and reply[0] == 354:
            return Go()
        if asked is Stage.DATA or reply[0] // 100 != 2:
            return self._refused(asked, reply)
        self._envelope = Stage(asked + 1)
        self._awaited.append(self._envelope)
        self._say(self._commands.popleft())
        return None

    def _heard_together(self, asked: Stage) -> Event | None:
        if asked is not Stage.DATA and not self.is_over:
            return None
        mail, recipient, go = (*self._heard, None, None)[:3]
        assert mail is not None
        accepted = recipient is not None and recipient[0] // 100 == 2
        if mail[0] // 100 != 2:
            if go is not None and go[0] == 354 and accepted:
                self.is_over = True  # a lone dot would deliver an empty message
            return self._refused(Stage.MAIL, mail)
        if recipient is not None and not accepted:
            return self._refused(Stage.RCPT, recipient)
        assert go is not None
        return Go() if go[0] == 354 else self._refused(Stage.DATA, go)

    def _refused(self, stage: Stage, reply: Reply) -> Refused:
        """Ready for the next envelope: RSET, and before it a lone dot where the server said 354 although nobody is
        left (RFC 2920 §3.1).
        """
        if not self.is_over:
            if self._heard[-1][0] == 354:
                self._awaited.append("any")
                self._say(_DOT)
            self._awaited.append("fine")
            self._say(b"RSET\r\n")
        self._envelope = None
        return Refused(_answer(stage, reply, self._fresh[0]))


def _answer(stage: Stage, reply: Reply, fresh: bool) -> Answer:
    return Answer(stage, reply[0], readable(reply[1]), fresh)
