"""One run of sending: a loop over all connections, which never waits for one of them, and commits for all of them.

What waits by its nature is done apart: connecting, logging in, taking leave, and writing files.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from newsletter.clock import Clock
from newsletter.model.delivery import DeliveryState
from newsletter.send.dialogue import Ended, Event, Go
from newsletter.send.fleet import Fleet, Way
from newsletter.send.ledger import Ledger, Word
from newsletter.send.letter import Letter, Message, Unfit, write_letter
from newsletter.send.limited import Later
from newsletter.send.loop import Loop
from newsletter.send.opening import open_anew
from newsletter.send.outcomes import BACK, Answer, Stage, Verdict, closed, judge
from newsletter.send.slot import Next, Slot
from newsletter.send.smtp import Connection
from newsletter.send.stopped import SendStopped, ServerAway
from newsletter.send.turns import Turns
from newsletter.send.watch import Watch, refused
from newsletter.store.deliveries import Claimed, Closed

log = logging.getLogger(__name__)

KEPT_IDLE = 10.0
"""Seconds that a connection is kept while the limits of its server are reached."""
LONGEST_WAIT = 30.0
"""Seconds after which who waits for a limit looks whether the issue is still being sent."""

ADD_EVERY = 5.0
"""Seconds between two tries to have as many connections again as there may be."""

LOOK_EVERY = 0.1
"""Seconds between two looks at who is late, and at whether the run is to stop."""


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
        self._watch = Watch(pause_above, fleet.servers)
        self._around = Loop()
        self._turns = Turns(ledger, clock)
        self._slots: set[Slot] = set()
        self._nothing_left = False
        self.failure: BaseException | None = None

    @property
    def sent(self) -> int:
        """How many so far."""
        return self._watch.sent

    def go(self, connections: int, wait: Callable[[threading.Event], None]) -> None:
        """Run to the end. `wait` is called with an event that is set when all connections are done.

        Raises SendStopped where the run ended before everybody was tried.
        """
        done = threading.Event()
        loop = threading.Thread(target=self._loop, args=(connections, done), name="smtp", daemon=True)
        with self._around:
            loop.start()
            try:
                wait(done)
            except BaseException:
                self._stop.set()
                raise
            finally:
                loop.join()
        if self.failure is None and not self._stop.is_set():
            self.failure = self._watch.at_the_end()
        if self.failure is not None:
            raise self.failure

    # ------------------------------------------------ the loop

    def _loop(self, connections: int, done: threading.Event) -> None:
        try:
            self._add(connections)
            looked, added = 0.0, self._clock.monotonic()
            while self._slots or self._turns or self._around.is_waiting:
                for slot in self._around.ready(self._patience()):
                    if slot in self._slots:
                        self._guarded(slot, self._talk)
                self._around.do_posted()
                now = self._clock.monotonic()
                if now >= looked + LOOK_EVERY:
                    looked = now
                    for slot in tuple(self._slots):
                        self._guarded(slot, self._look_at_the_clock)
                if now >= added + ADD_EVERY and any(slot.way is not None for slot in self._slots):
                    added = now
                    self._add(min(connections - len(self._slots), self._ledger.at_hand))
                if self._turns and not self._patience():
                    self._settle()
        except BaseException as cause:
            self._end(cause)
        finally:
            done.set()

    def _add(self, count: int) -> None:
        """More connections: those given up come back, and those of another issue that is over are ours."""
        if self._stop.is_set() or self._nothing_left:
            return
        for _ in range(count):
            slot = Slot()
            self._slots.add(slot)
            self._renew(slot)

    def _patience(self) -> float:
        """Seconds to wait for what happens next."""
        if not self._turns:
            return LOOK_EVERY
        return self._turns.patience(sum(slot.wakes_at is None for slot in self._slots))

    def _settle(self) -> None:
        """One commit for all that came together; then what it gave."""
        for turn, slot in self._turns.settle():
            if slot is not None and slot in self._slots:
                slot.asked = False
                self._guarded(slot, partial(self._given, given=turn.given))

    def _guarded(self, slot: Slot, work: Callable[[Slot], None]) -> None:
        """A mistake of ours must not be repeated 200,000 times: the run ends, and its row is in doubt."""
        try:
            work(slot)
        except BaseException as cause:
            log.exception("The sender stopped on a fault of the program")
            self._end(cause)
            row = slot.under_way or (slot.next.row if slot.next is not None else None)
            if row is not None:
                doubt = Closed(
                    id=row.id, attempt=row.attempt, state=DeliveryState.UNCERTAIN, reply=type(cause).__name__
                )
                self._turns.close(doubt)
            slot.under_way = slot.next = None
            self._leave(slot)

    def _end(self, cause: BaseException) -> None:
        self.failure = self.failure or cause
        self._stop.set()

    def _look_at_the_clock(self, slot: Slot) -> None:
        now = self._clock.monotonic()
        if slot.wakes_at is not None and (now >= slot.wakes_at or self._stop.is_set()):
            slot.wakes_at = None
            if slot.way is None:
                self._renew(slot)
            else:
                self._ask(slot)
        if slot.connection is not None and slot.connection.is_late(now):
            self._heard(slot, slot.connection.lose("The connection was lost: timed out"))

    # ------------------------------------------------ the connection of a slot

    def _renew(self, slot: Slot) -> None:
        """A fresh connection. What became of the last message is written down first: no row is in doubt meanwhile."""
        old = self._released(slot)
        self._turns.close(slot.outcome)
        slot.outcome = None
        work = partial(open_anew, self._fleet, self._stop, old)
        self._around.apart(work, lambda result: self._guarded(slot, partial(self._has, result=result)))

    def _has(self, slot: Slot, result: Way | BaseException | None) -> None:
        if isinstance(result, Way):
            slot.way = result
            if isinstance(result.line, Connection):
                slot.connection = result.line
                self._around.listen(result.line.socket, slot)
            self._ask(slot)
            return
        if isinstance(result, ServerAway) and len(self._slots) > 1:
            log.warning("One connection fewer, %d are left: %s", len(self._slots) - 1, result.message)
        elif isinstance(result, BaseException):
            self._end(result)
        self._leave(slot)

    def _released(self, slot: Slot) -> Way | None:
        """Its connection, for somebody else to close."""
        if slot.connection is not None:
            self._around.deaf_to(slot.connection.socket)
        way, slot.way, slot.connection = slot.way, None, None
        slot.writes_on, slot.wakes_at = False, None
        if slot.next is not None:
            slot.next.is_open, slot.next.said = False, None
        return way

    def _leave(self, slot: Slot) -> None:
        """This connection is done."""
        way = self._released(slot)
        if way is not None:
            self._around.apart(way.close, lambda _: None)
        if slot.next is not None:
            self._ledger.put_back(slot.next.letter.candidate)
        self._turns.close(slot.outcome)
        self._slots.discard(slot)

    # ------------------------------------------------ a turn at the ledger

    def _ask(self, slot: Slot) -> None:
        """Close the last attempt and ask for the next row."""
        if slot.next is None:
            slot.next = self._found()
        self._turns.ask(slot)

    def _found(self) -> Next | None:
        candidate = self._ledger.candidate()
        if candidate is None:
            return None
        return Next(write_letter(self._message, self._ledger.names, candidate, self._clock.now()))

    def _given(self, slot: Slot, given: Claimed | Later | Word) -> None:
        lost = slot.way is None or (slot.connection is not None and slot.connection.is_lost)
        if isinstance(given, Claimed):
            assert slot.next is not None
            slot.is_paid = False
            slot.next.row = given
            if isinstance(slot.next.letter, Unfit):
                self._unfit(slot, slot.next.letter, given)
            elif lost:  # nothing of it had been written
                self._closed(slot, Closed(id=given.id, attempt=given.attempt, state=BACK))
            elif slot.next.is_open:
                self._forward(slot)
            else:
                self._hand_over(slot, slot.next.letter, given)
        elif given is Word.OVER:
            self._nothing_left = True
            self._leave(slot)
        elif isinstance(given, Later):
            self._wait_for(slot, given)
        else:
            slot.is_paid = slot.way is not None and bool(slot.way.server.limits)
            was_open = slot.next is not None and slot.next.is_open
            slot.next = None
            if lost or was_open:  # an envelope that is open can only be followed by its message
                self._renew(slot)
            else:
                self._ask(slot)

    def _wait_for(self, slot: Slot, later: Later) -> None:
        """The limits of its server are reached: the connection is kept where that is worth it."""
        assert slot.way is not None
        seconds = max(0.05, (later.at - self._clock.now()).total_seconds())
        if seconds > KEPT_IDLE:
            others = self._fleet.rest(slot.way.server, "its limits are reached", seconds)
            if others:
                self._renew(slot)
                return
            self._around.apart(slot.way.close, lambda _: None)
            self._released(slot)
        slot.wakes_at = self._clock.monotonic() + min(seconds, LONGEST_WAIT)

    # ------------------------------------------------ a message

    def _hand_over(self, slot: Slot, letter: Letter, row: Claimed) -> None:
        """Say the envelope of a row that is ours."""
        assert slot.way is not None and slot.next is not None
        try:
            if slot.connection is None:
                work = partial(slot.way.hand_over, letter.envelope, letter.content, letter.message_id)
                self._around.apart(work, lambda result: self._guarded(slot, partial(self._filed, result=result)))
                return
            slot.connection.check(letter.envelope, len(letter.content))
        except ValueError as cause:
            self._unfit(slot, Unfit(letter.candidate, f"The address cannot be used: {cause}.", is_ours=False), row)
        except SendStopped as cause:
            self._cannot(slot, cause, row)
        else:
            slot.next.is_open, slot.next.is_ahead = True, False
            slot.connection.dialogue.open(letter.envelope, len(letter.content))
            self._say(slot, slot.connection)

    def _filed(self, slot: Slot, result: Answer | BaseException) -> None:
        """What became of a message without a conversation."""
        assert slot.next is not None and slot.next.row is not None
        if isinstance(result, SendStopped):
            self._cannot(slot, result, slot.next.row)
        elif isinstance(result, BaseException):
            raise result
        else:
            row, slot.next = slot.next.row, None
            self._judge(slot, row, result)

    def _talk(self, slot: Slot) -> None:
        """Read and write what can be."""
        if slot.connection is not None:
            self._heard(slot, slot.connection.turn())
            self._listen(slot)

    def _say(self, slot: Slot, connection: Connection) -> None:
        """Write what can be."""
        lost = connection.flush()
        if connection.is_lost:
            self._heard(slot, lost)
        self._listen(slot)

    def _listen(self, slot: Slot) -> None:
        """Wait for its socket to take more only where there is more."""
        if slot.connection is not None and not slot.connection.is_lost:
            writes_on = slot.connection.wants_to_write
            if writes_on != slot.writes_on:
                slot.writes_on = writes_on
                self._around.also_write(slot.connection.socket, slot, writes_on)

    def _heard(self, slot: Slot, events: Sequence[Event]) -> None:
        connection = slot.connection
        if connection is not None and connection.is_lost:
            self._around.deaf_to(connection.socket)
        for event in events:
            if isinstance(event, Ended):
                if slot.under_way is not None:
                    row, slot.under_way = slot.under_way, None
                    self._judge(slot, row, event.answer)
            elif slot.next is not None and slot.next.is_open:
                slot.next.said = event if isinstance(event, Go) else event.answer
                self._forward(slot)
        if connection is not None and connection is slot.connection and connection.is_lost and not slot.asked:
            self._renew(slot)

    def _forward(self, slot: Slot) -> None:
        """The next message, once its row is ours and the server has answered to its envelope."""
        following, way, connection = slot.next, slot.way, slot.connection
        assert following is not None and way is not None and connection is not None
        if isinstance(following.said, Answer):
            refused_as_such = following.said.stage is not Stage.RCPT and following.said.code not in (None, 421)
            if following.row is not None and following.is_ahead and refused_as_such and not connection.is_lost:
                # its row was ours already when the refusal came: it says nothing of the reader, nor of us
                way.went_ahead_in_vain(for_good=(following.said.code or 0) >= 500)
                following.is_open, following.is_ahead, following.said = False, False, None
                assert isinstance(following.letter, Letter)
                self._hand_over(slot, following.letter, following.row)
            elif following.row is not None:
                row, slot.next = following.row, None
                self._judge(slot, row, following.said)
            elif following.said.stage is not Stage.RCPT or following.said.code is None:
                # The envelope behind a final dot as such may have been too much: it is said again in its turn.
                if following.said.code != 421:
                    way.went_ahead_in_vain(for_good=following.said.code is not None and following.said.code >= 500)
                following.is_open, following.said = False, None
            return
        if following.row is None or following.said is None:
            return
        assert isinstance(following.letter, Letter)
        slot.under_way, slot.next = following.row, None
        connection.dialogue.send(following.letter.content)
        if way.may_go_ahead and connection.dialogue.pipelining and not (way.is_worn or self._stop.is_set()):
            self._go_ahead(slot, connection)
        self._say(slot, connection)

    def _go_ahead(self, slot: Slot, connection: Connection) -> None:
        """The next envelope behind the final dot; its row is taken when the answer to the dot is there."""
        if self._ledger.left is not None:
            return
        slot.next = self._found()
        if slot.next is None or isinstance(slot.next.letter, Unfit):
            return
        letter = slot.next.letter
        try:
            connection.check(letter.envelope, len(letter.content))
        except (ValueError, SendStopped):
            return  # told when its row is ours
        slot.next.is_open = slot.next.is_ahead = True
        connection.dialogue.open(letter.envelope, len(letter.content))

    def _judge(self, slot: Slot, row: Claimed, answer: Answer) -> None:
        """What became of a message that was handed over, or whose envelope was refused."""
        verdict, why = judge(answer), str(answer)
        if (stops := self._watch.see(verdict, why)) is not None:
            self._end(stops)
        assert slot.way is not None
        if not slot.way.judged(verdict, why) and verdict.rests:
            self._end(refused(why))
        now, spread = self._clock.now(), self._spread.random()
        self._closed(slot, closed(row, answer, verdict, began=self._began, now=now, spread=spread))

    def _unfit(self, slot: Slot, unfit: Unfit, row: Claimed) -> None:
        """No message for this reader: theirs is the failure."""
        if unfit.is_ours:
            stops = self._watch.see(Verdict(DeliveryState.FAILED, suspicious=True), unfit.reason)
            if stops is not None:
                self._end(stops)
        slot.next = None
        self._closed(slot, Closed(id=row.id, attempt=row.attempt, state=DeliveryState.FAILED, reply=unfit.reason))

    def _cannot(self, slot: Slot, cause: SendStopped, row: Claimed) -> None:
        """The server takes no message of this issue."""
        assert slot.way is not None
        if not slot.way.cannot(cause.message):
            self._end(cause)
        if slot.next is not None:
            slot.next.row = None
        self._closed(slot, Closed(id=row.id, attempt=row.attempt, state=BACK))

    def _closed(self, slot: Slot, outcome: Closed) -> None:
        """The row's outcome is known: on to the next one, on a fresh connection where this one is worn."""
        slot.outcome = outcome
        if slot.next is not None and slot.next.row is not None:  # it goes back to where it was, and is asked for again
            slot.next.row = None
        worn = slot.way is None or slot.way.is_worn
        holds_envelope = slot.next is not None and slot.next.is_open
        if worn and not (holds_envelope and slot.connection is not None and not slot.connection.is_lost):
            self._renew(slot)
        else:
            self._ask(slot)
