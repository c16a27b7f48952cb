"""One connection of a run: what it carries, and what comes next on it."""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.send.dialogue import Go
from newsletter.send.fleet import Way
from newsletter.send.letter import Letter, Unfit
from newsletter.send.outcomes import Answer
from newsletter.send.smtp import Connection
from newsletter.store.deliveries import Claimed, Closed


@dataclass(eq=False)
class Next:
    """The message after the one under way."""

    letter: Letter | Unfit
    row: Claimed | None = None
    """Ours since the ledger said so."""
    is_open: bool = False
    """Whether its envelope was said."""
    is_ahead: bool = False
    """Whether it was said behind the final dot of another message."""
    said: Go | Answer | None = None
    """What the server answered to the envelope."""


@dataclass(eq=False)
class Slot:
    """At any time one row of it is *attempting*: that of the message under way, or else that of the next."""

    way: Way | None = None
    connection: Connection | None = None
    """None: there is no conversation, as where messages become files."""
    under_way: Claimed | None = None
    """Its message was written, or is being written."""
    next: Next | None = None
    outcome: Closed | None = None
    """What became of the last message; handed in with the next turn."""
    asked: bool = False
    """Whether a turn is at the ledger."""
    is_paid: bool = False
    """Whether the server's limits were taken from for a message that did not come about."""
    wakes_at: float | None = None
    """Monotonic seconds: when it asks again."""
    writes_on: bool = False
    """Whether the loop waits for its socket to take more."""
