"""The turns at the ledger that come together, for one commit of them all."""

from __future__ import annotations

from newsletter.clock import Clock
from newsletter.send.grouping import Grouping
from newsletter.send.ledger import Ledger, Turn
from newsletter.send.slot import Slot
from newsletter.store.deliveries import Closed


class Turns:
    """Collects what the connections of a run hand in. Used by one thread."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._grouping = Grouping()
        self._waiting: list[tuple[Turn, Slot | None]] = []

    def __bool__(self) -> bool:
        """Whether any turn waits for a commit."""
        return bool(self._waiting)

    def ask(self, slot: Slot) -> None:
        """Close the last attempt of a connection, and ask for the row that it has prepared."""
        assert slot.way is not None
        server = slot.way.server
        turn = Turn(
            closed=slot.outcome,
            candidate=slot.next.letter.candidate if slot.next is not None else None,
            server=server if server.limits and not slot.is_paid else None,
        )
        slot.outcome, slot.asked = None, True
        self._grouping.came(self._clock.monotonic(), is_first=not self._waiting)
        self._waiting.append((turn, slot))

    def close(self, outcome: Closed | None) -> None:
        """Only write down what became of an attempt, if anything did."""
        if outcome is not None:
            self._waiting.append((Turn(closed=outcome, wants=False), None))

    def patience(self, talking: int) -> float:
        """Seconds to wait for more of them, of so many connections that may come; 0: settle now."""
        return self._grouping.wait(len(self._waiting), talking, self._clock.monotonic())

    def settle(self) -> list[tuple[Turn, Slot | None]]:
        """One commit for all that came together; each turn says what it was given."""
        turns, self._waiting = self._waiting, []
        began = self._clock.monotonic()
        self._ledger.settle([turn for turn, _ in turns])
        self._grouping.took(self._clock.monotonic() - began)
        return turns
