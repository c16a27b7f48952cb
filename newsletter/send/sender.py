"""One run of sending: connections in threads, each one message after the other, the ledger's writer between them."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from newsletter.clock import Clock
from newsletter.model.delivery import DeliveryState
from newsletter.model.splice import Compiled, Reader
from newsletter.model.subscriber import SubscriberId
from newsletter.send.address import Envelope, wire_address
from newsletter.send.errorrate import ErrorRate
from newsletter.send.fleet import Fleet, Way
from newsletter.send.ledger import Later, Ledger
from newsletter.send.outcomes import BACK, closed, judge
from newsletter.send.stopped import SendStopped, ServerAway
from newsletter.store.deliveries import Claimed, Closed

log = logging.getLogger(__name__)

TRIES = (0.0, 0.5, 2.0, 8.0)
"""Seconds to wait before each try to connect; after the last one the connection is given up."""

KEPT_IDLE = 10.0
"""Seconds that a connection is kept while the limits of its server are reached."""
LONGEST_WAIT = 30.0
"""Seconds after which who waits for a limit looks whether the issue is still being sent."""

MANY_IN_A_ROW = 50
"""Refusals of the message itself, or lost connections, after which the run stops: it is about us."""


@dataclass(frozen=True)
class Message:
    """What a run sends: the compiled rendition, the envelope's sender, and each reader's own values."""

    compiled: Compiled
    sender: str
    values: Callable[[SubscriberId], dict[str, str]]


class Run:
    """Sends what is due in the ledger, until nothing is left, `stop` is set, or the server will take no more."""

    def __init__(
        self,
        ledger: Ledger,
        message: Message,
        fleet: Fleet,
        *,
        began: datetime,
        clock: Clock,
        stop: threading.Event,
        pause_above: float = 1.0,
    ) -> None:
        self._ledger = ledger
        ledger.reads_facts = message.compiled.is_personal
        self._message = message
        self._fleet = fleet
        self._began = began
        self._clock = clock
        self._stop = stop
        self._spread = random.Random()  # noqa: S311 - jitter
        self._guard = threading.Lock()
        self._connected = 0
        self._suspicious = 0
        self._errors = ErrorRate(pause_above)
        self.sent = 0
        self.failure: BaseException | None = None

    def go(self, connections: int, wait: Callable[[threading.Event], None]) -> None:
        """Run to the end. `wait` is called with an event that is set when all connections are done.

        Raises SendStopped where the run ended before everybody was tried.
        """
        done = threading.Event()
        self._connected = connections
        self._ledger.serve(connections)
        threads = [
            threading.Thread(target=self._work, args=(done,), name=f"smtp-{number}", daemon=True)
            for number in range(connections)
        ]
        for thread in threads:
            thread.start()
        try:
            wait(done)
        except BaseException:
            self._stop.set()
            raise
        finally:
            for thread in threads:
                thread.join()
        if self.failure is not None:
            raise self.failure

    def _work(self, done: threading.Event) -> None:
        try:
            self._send_all()
        except BaseException as cause:
            self._end(cause)
        finally:
            with self._guard:
                self._connected -= 1
                if self._connected == 0:
                    done.set()

    def _end(self, cause: BaseException) -> None:
        with self._guard:
            self.failure = self.failure or cause
        self._stop.set()

    def _send_all(self) -> None:
        line: Way | None = None
        outcome: Closed | None = None
        try:
            while True:
                if line is None or line.is_worn:
                    if outcome is not None:  # no row stays in doubt while we connect
                        self._ledger.close(outcome)
                        outcome = None
                    line = self._renewed(line)
                    if line is None:
                        return
                row = self._ledger.next(outcome, line.server)
                outcome = None
                if row is None:
                    return
                if isinstance(row, Later):
                    line = self._waited(row, line)
                    continue
                outcome = self._attempt(row, line)
        finally:
            if outcome is not None:
                self._ledger.close(outcome)
            if line is not None:
                line.close()

    def _waited(self, later: Later, line: Way) -> Way | None:
        """The limits of its server are reached. The connection, where it is worth keeping for so long."""
        seconds = max(0.05, (later.at - self._clock.now()).total_seconds())
        if seconds > KEPT_IDLE:
            line.close()
            if self._fleet.rest(line.server, "its limits are reached", seconds):
                return None
        self._stop.wait(min(seconds, LONGEST_WAIT))
        return line if seconds <= KEPT_IDLE else None

    def _renewed(self, old: Way | None) -> Way | None:
        """A fresh connection. None where the run stops, or others carry on without this one."""
        if old is not None:
            old.close()
        last: ServerAway | None = None
        for wait in TRIES:
            if self._stop.wait(wait) if wait else self._stop.is_set():
                return None
            try:
                return self._fleet.open()
            except ServerAway as cause:
                last = cause
        assert last is not None
        with self._guard:
            others = self._connected - 1
        if others == 0:
            raise last
        log.warning("One connection fewer, %d are left: %s", others, last.message)
        return None

    def _attempt(self, row: Claimed, line: Way) -> Closed:
        """One message, from the claimed row to its outcome. Whatever happens, the row is closed."""
        now = self._clock.now()
        try:
            envelope = Envelope(self._message.sender, wire_address(row.email))
            reader = Reader(
                address=envelope.recipient,
                name=row.name,
                values=self._message.values(row.subscriber),
                facts=self._ledger.facts_of(row),
            )
            message = self._message.compiled.splice(reader, message_id=row.message_id, date=now)
            answer = line.hand_over(envelope, message, row.message_id)
        except ValueError as cause:
            return self._unservable(row, str(cause))
        except SendStopped as cause:
            if not line.cannot(cause.message):
                self._end(cause)
            return Closed(id=row.id, attempt=row.attempt, state=BACK)
        except BaseException as cause:  # a mistake of ours must not be repeated 200,000 times
            self._end(cause)
            return Closed(
                id=row.id, attempt=row.attempt, state=DeliveryState.UNCERTAIN, reply=f"{type(cause).__name__}"
            )
        verdict = judge(answer)
        self._watch(verdict.state, verdict.suspicious, str(answer))
        if not line.judged(verdict, str(answer)) and verdict.rests:
            self._end(
                SendStopped(
                    f"The mail server refuses us, not the reader: {answer}. Check the sender, the login and what the "
                    "server allows, then let it go on: nobody gets a second copy.",
                    code="refused-by-server",
                    where="smtp",
                )
            )
        return closed(row, answer, verdict, began=self._began, now=self._clock.now(), spread=self._spread.random())

    def _unservable(self, row: Claimed, reason: str) -> Closed:
        return Closed(
            id=row.id, attempt=row.attempt, state=DeliveryState.FAILED, reply=f"The address cannot be used: {reason}."
        )

    def _watch(self, state: DeliveryState, suspicious: bool, answer: str) -> None:
        with self._guard:
            self.sent += state is DeliveryState.SENT
            self._suspicious = self._suspicious + 1 if suspicious else 0
            in_a_row = self._suspicious >= MANY_IN_A_ROW
            too_many = self._errors.add(state in (DeliveryState.FAILED, DeliveryState.UNCERTAIN))
        if in_a_row:
            self._end(
                SendStopped(
                    f"{MANY_IN_A_ROW} messages in a row were not taken, the last one with: {answer}. Look at the mail "
                    "server, then let it go on: nobody gets a second copy.",
                    where="smtp",
                )
            )
        elif too_many:
            self._end(
                SendStopped(
                    f"{self._errors.share:.0%} of the last messages failed or are uncertain, the last answer was: "
                    f"{answer}. Look at the deliveries, then let it go on: nobody gets a second copy.",
                    code="error-rate",
                    where="smtp",
                )
            )
