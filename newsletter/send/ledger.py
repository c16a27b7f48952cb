"""The group commit: rows are closed and claimed for all connections of a run in one transaction.

The loop over the connections commits by itself: a writer in a thread of its own took three times the CPU, in turns
over Python's lock, and what arrives during a commit rides in the next one either way.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from enum import Enum

from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.model.delivery import DeliveryId
from newsletter.model.issue import IssueId, IssueState
from newsletter.model.splice import MessageIds
from newsletter.send.limited import Later, limited
from newsletter.settings import Smtp
from newsletter.store import Store, Tx, deliveries, due
from newsletter.store.deliveries import Claimed, Closed
from newsletter.store.due import Candidate

log = logging.getLogger(__name__)

_CANDIDATES = 1_000
"""Due rows kept in memory: one look at the queue for so many messages."""
_FEW = 100
"""Fewer than so many are left: it is time for the next look."""

PATIENCE = 90.0
"""Seconds that a commit is tried again: a database that is locked, full or gone for a minute may come back."""
PATIENCE_AT_THE_END = 10.0
"""The same, when somebody waits for the end of the run."""
_BETWEEN_TRIES = 1.0


class Word(Enum):
    """What a turn is told where it gets no row."""

    AGAIN = 1
    """This one is not to be had any more; others are."""
    OVER = 2
    """Nothing is left, or the run stops."""


@dataclass(eq=False)
class Turn:
    """What one connection hands in: the outcome of its last message, and the row it would like to take."""

    closed: Closed | None = None
    wants: bool = True
    candidate: Candidate | None = None
    """None: it found none."""
    server: Smtp | None = None
    """Whose limits count; none where it has none, or they are taken already."""
    given: Claimed | Later | Word = Word.OVER


class Ledger:
    """One transaction at a time; all that arrives meanwhile rides in the next. Used by one thread.

    So a row is *attempting* for certain before its message is handed over, and after a crash at most one row for each
    connection is in doubt.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        issue: IssueId,
        *,
        owner: str,
        names: MessageIds,
        stop: threading.Event,
        hurry: threading.Event | None = None,
    ) -> None:
        """Setting `stop` ends the run; `hurry` says that somebody waits for that."""
        self._store = store
        self._clock = clock
        self._issue = issue
        self._owner = owner
        self.names = names
        self._stop = stop
        self._hurry = hurry or threading.Event()
        self._candidates: deque[Candidate] = deque()
        self._given_out: set[DeliveryId] = set()
        self._held = ExitStack()
        self.failure: BaseException | None = None
        self.left: int | None = None
        """How many rows this run may still take; none: all."""
        self.reads_facts = False
        """Whether messages differ by what is known of a reader."""
        self._seen_all = False
        """Whether the last look found the end of the queue: then there is no other one before somebody needs it."""

    def __enter__(self) -> Ledger:
        self._writing = self._held.enter_context(self._store.standing())
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def candidate(self) -> Candidate | None:
        """A row that is due, to be prepared and then asked for in a turn. None: ask for more."""
        try:
            found = self._candidates.popleft()
        except IndexError:
            return None
        self._given_out.add(found.id)
        return found

    @property
    def at_hand(self) -> int:
        """How many candidates were read and not given out."""
        return len(self._candidates)

    def put_back(self, candidate: Candidate) -> None:
        """It was not asked for after all."""
        self._given_out.discard(candidate.id)
        self._candidates.appendleft(candidate)

    def settle(self, turns: Sequence[Turn]) -> None:
        """Close the last attempts and take the next rows, in one commit; each turn is told what it is given.

        Where a server has limits, they are taken from in the same commit. Where nothing can be written for long, the
        run is to stop, and `failure` says why.
        """
        try:
            self._keep(turns)
        except BaseException as cause:
            log.error("The ledger cannot be written: %s", cause)
            self.failure = self.failure or cause
            self._stop.set()
            for turn in turns:
                turn.given = Word.OVER
        for turn in turns:
            if turn.candidate is not None:
                self._given_out.discard(turn.candidate.id)

    def _keep(self, turns: Sequence[Turn]) -> None:
        """One transaction, tried again for a while: a busy or full disk, or a database, may recover."""
        began = self._clock.monotonic()
        is_first = True
        while True:
            try:
                with self._writing.writing() as tx:
                    if not is_first:  # the last commit may have been kept, and only its answer lost
                        due.give_back(tx, [turn.candidate.id for turn in turns if turn.candidate], self._owner)
                    taken = self._decide(tx, turns)
                if self.left is not None:
                    self.left -= taken
                return
            except NewsletterError as cause:
                is_first = False
                patience = 0.0 if self.failure else PATIENCE_AT_THE_END if self._hurry.is_set() else PATIENCE
                if self._clock.monotonic() + _BETWEEN_TRIES > began + patience:
                    raise
                log.warning("The ledger waits for the database: %s", cause.message)
                threading.Event().wait(_BETWEEN_TRIES)

    def _decide(self, tx: Tx, turns: Sequence[Turn]) -> int:
        """What each of them is given; how many rows were taken."""
        now = self._clock.now()
        deliveries.record(tx, [turn.closed for turn in turns if turn.closed], now=now)
        wanting = [turn for turn in turns if turn.wants]
        for turn in wanting:
            turn.given = Word.OVER
        if self._stop.is_set() or not wanting:
            return 0
        later = limited(tx, [(turn.server, turn) for turn in wanting if turn.server is not None], now=now)
        ids = [turn.candidate.id for turn in wanting if turn.candidate is not None and turn not in later]
        claimed = deliveries.claim(tx, self._issue, ids[: self.left], owner=self._owner, names=self.names, now=now)
        rows = {row.id: row for row in claimed}
        may_take = self.left is None or self.left > len(rows)
        served = len(rows) == len(wanting)
        goes_on = served or deliveries.sending(tx, self._issue).state is IssueState.SENDING
        more = goes_on and may_take and self._look(tx, forced=any(turn.candidate is None for turn in wanting))
        for turn in wanting:
            if turn.candidate is not None and turn.candidate.id in rows:
                turn.given = rows[turn.candidate.id]
            elif goes_on and turn in later:
                turn.given = later[turn]
            elif goes_on and may_take and (more or turn.candidate is not None):
                turn.given = Word.AGAIN
        return len(rows)

    def _look(self, tx: Tx, *, forced: bool) -> bool:
        """Read who is due where few are left; whether there is anybody, or there may be behind those just skipped."""
        skipped = 0
        if not self._candidates if forced or self._seen_all else len(self._candidates) < _FEW:
            known = {one.id for one in self._candidates} | self._given_out
            found, skipped = due.candidates(
                tx, self._issue, limit=_CANDIDATES, now=self._clock.now(), but=known, with_facts=self.reads_facts
            )
            self._candidates.extend(found)
            self._seen_all = len(found) + skipped < _CANDIDATES
        return bool(self._candidates or skipped)
