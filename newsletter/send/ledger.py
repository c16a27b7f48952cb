"""The group commit: one writer thread closes and claims rows for all connections of a run."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from queue import Empty, SimpleQueue

from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.model.delivery import DeliveryId
from newsletter.model.issue import IssueId, IssueState
from newsletter.model.personal import Facts
from newsletter.model.splice import MessageIds
from newsletter.settings import Smtp
from newsletter.store import Store, Tx, deliveries, server_limits, subscribers
from newsletter.store.deliveries import Claimed, Closed

log = logging.getLogger(__name__)

_CANDIDATES = 1_000
"""Ids of due rows kept in memory: one look at the queue for so many messages."""

_LINGER = 0.001
"""Seconds that a commit waits for more turns: a transaction for four costs little more than for one."""

_TRIES = 4
_BETWEEN_TRIES = 1.0
"""Seconds; a busy or full disk may recover."""


@dataclass(frozen=True)
class Later:
    """The limits of the server are reached."""

    at: datetime
    """When to ask again."""


@dataclass(eq=False)
class _Turn:
    """What one connection hands in: the outcome of its last message, and whether it wants another."""

    closed: Closed | None
    wants: bool
    server: Smtp | None = None
    """Whose limits count; none where it has none, or they are taken already."""
    answer: SimpleQueue[Claimed | Later | None] = field(default_factory=SimpleQueue)


class Ledger:
    """One transaction at a time; all that arrives meanwhile rides in the next.

    So a row is *attempting* for certain before its message is handed over, and after a crash at most one row for each
    connection is in doubt.
    """

    def __init__(
        self, store: Store, clock: Clock, issue: IssueId, *, owner: str, names: MessageIds, stop: threading.Event
    ) -> None:
        self._store = store
        self._clock = clock
        self._issue = issue
        self._owner = owner
        self._names = names
        self._stop = stop
        self._together = 1
        self._inbox: SimpleQueue[_Turn | None] = SimpleQueue()
        self._candidates: deque[DeliveryId] = deque()
        self._writer = threading.Thread(target=self._write, name="ledger", daemon=True)
        self.failure: BaseException | None = None
        self.left: int | None = None
        """How many rows this run may still take; none: all."""
        self.reads_facts = False
        """Whether messages differ by what is known of a reader."""
        self._facts: dict[DeliveryId, Facts] = {}

    def serve(self, connections: int) -> None:
        """So many hand in their turns."""
        self._together = max(1, connections * 3 // 4)

    def __enter__(self) -> Ledger:
        self._writer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._inbox.put(None)
        self._writer.join()

    def next(self, closed: Closed | None = None, server: Smtp | None = None) -> Claimed | Later | None:
        """Close the last attempt and take the next row, in one commit. None: nothing is left, or the run stops.

        Where the server has limits, they are taken from in the same commit.
        """
        return self._hand_in(_Turn(closed, wants=True, server=server if server is not None and server.limits else None))

    def facts_of(self, row: Claimed) -> Facts | None:
        """What is known of the reader of a row that was just taken, where that is read."""
        return self._facts.pop(row.id, None)

    def close(self, closed: Closed) -> None:
        """Close the last attempt and take nothing."""
        self._hand_in(_Turn(closed, wants=False))

    def _hand_in(self, turn: _Turn) -> Claimed | Later | None:
        self._inbox.put(turn)
        return turn.answer.get()

    def _write(self) -> None:
        waiting: list[_Turn] = []
        open_ = True
        with self._store.standing() as self._writing:
            while open_ or waiting:
                arrived = self._arrived(wait=not waiting)
                open_ = open_ and None not in arrived
                waiting += [turn for turn in arrived if turn is not None]
                if waiting:
                    waiting = self._commit(waiting)

    def _arrived(self, *, wait: bool) -> list[_Turn | None]:
        """All that is there; where little is, what comes within a moment rides along."""
        arrived = [self._inbox.get()] if wait else []
        while True:
            try:
                linger = wait and len(arrived) < self._together
                arrived.append(self._inbox.get(timeout=_LINGER) if linger else self._inbox.get_nowait())
            except Empty:
                return arrived

    def _commit(self, turns: list[_Turn]) -> list[_Turn]:
        """One transaction for these; those that must wait for another one, because readers were skipped or taken."""
        wanting = [turn for turn in turns if turn.wants]
        try:
            rows, later = self._keep([turn.closed for turn in turns if turn.closed], wanting)
        except BaseException as cause:
            log.error("The ledger cannot be written: %s", cause)
            self.failure = self.failure or cause
            self._stop.set()
            for turn in turns:
                turn.answer.put(None)
            return []
        for turn in turns:
            turn.closed = None  # it is kept
            if not turn.wants:
                turn.answer.put(None)
        for turn, reached in later:
            turn.answer.put(reached)
            wanting.remove(turn)
        for turn, row in zip(wanting, rows, strict=False):
            turn.answer.put(row)
        unserved = wanting[len(rows) :]
        if rows:
            return unserved  # readers were skipped, or the candidates ran out: once more
        for turn in unserved:
            turn.answer.put(None)
        return []

    def _keep(
        self, closed: Sequence[Closed], wanting: Sequence[_Turn]
    ) -> tuple[list[Claimed], list[tuple[_Turn, Later]]]:
        for attempt in range(1, _TRIES + 1):
            try:
                now = self._clock.now()
                with self._writing.writing() as tx:
                    deliveries.record(tx, closed, now=now)
                    later = self._limited(tx, wanting, now)
                    rows = self._claim(tx, len(wanting) - len(later), now)
                for turn in wanting:
                    turn.server = None  # taken: who was unlucky asks for no second share
                return rows, later
            except NewsletterError:
                if attempt == _TRIES:
                    raise
                threading.Event().wait(_BETWEEN_TRIES)
        raise AssertionError("unreachable")

    def _limited(self, tx: Tx, wanting: Sequence[_Turn], now: datetime) -> list[tuple[_Turn, Later]]:
        """Those whose server may take no more now; none of them where the issue does not go on, so that they end."""
        later: list[tuple[_Turn, Later]] = []
        for server in {turn.server for turn in wanting if turn.server is not None}:
            theirs = [turn for turn in wanting if turn.server == server]
            granted, again = server_limits.take(tx, server.account, server.limits, len(theirs), now=now)
            later += [(turn, Later(again)) for turn in theirs[granted:]]
        if later and (self._stop.is_set() or deliveries.sending(tx, self._issue).state is not IssueState.SENDING):
            return []
        return later

    def _claim(self, tx: Tx, wanted: int, now: datetime) -> list[Claimed]:
        """Up to so many rows. Empty: none is due, or the issue is paused or cancelled."""
        if self.left is not None:
            wanted = min(wanted, self.left)
        while wanted and not self._stop.is_set():
            if not self._candidates:
                self._candidates.extend(deliveries.due_ids(tx, self._issue, limit=_CANDIDATES, now=now))
            ids = [self._candidates.popleft() for _ in range(min(wanted, len(self._candidates)))]
            if not ids:
                break
            rows = deliveries.claim(tx, self._issue, ids, owner=self._owner, names=self._names, now=now)
            if rows:
                if self.left is not None:
                    self.left -= len(rows)
                if self.reads_facts:
                    known = subscribers.facts(tx, [row.subscriber for row in rows])
                    self._facts.update({row.id: known[row.subscriber] for row in rows if row.subscriber in known})
                return rows
            if deliveries.sending(tx, self._issue).state is not IssueState.SENDING:
                break
        return []
