"""The ledger's noun: one rendition to one reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from newsletter.model.issue import IssueId, RenditionId
from newsletter.model.subscriber import SubscriberId

DeliveryId = NewType("DeliveryId", int)


class DeliveryState(StrEnum):
    """Where a delivery is. The audience of an issue is the sum over all of these, at any moment."""

    QUEUED = "queued"
    ATTEMPTING = "attempting"
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    SKIPPED = "skipped"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


DELIVERY_MOVES: dict[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.QUEUED: frozenset({DeliveryState.ATTEMPTING, DeliveryState.SKIPPED}),
    DeliveryState.DEFERRED: frozenset({DeliveryState.ATTEMPTING, DeliveryState.SKIPPED}),
    DeliveryState.ATTEMPTING: frozenset(
        {
            DeliveryState.SENT,
            DeliveryState.FAILED,
            DeliveryState.DEFERRED,
            DeliveryState.UNCERTAIN,
            DeliveryState.QUEUED,  # only if nothing had been written
        }
    ),
    DeliveryState.SENT: frozenset({DeliveryState.BOUNCED, DeliveryState.COMPLAINED}),
    DeliveryState.UNCERTAIN: frozenset(
        {
            DeliveryState.BOUNCED,
            DeliveryState.COMPLAINED,
            DeliveryState.QUEUED,
            DeliveryState.SENT,
            # a late answer closes its row if the attempt number matches
            DeliveryState.FAILED,
            DeliveryState.DEFERRED,
        }
    ),
    DeliveryState.FAILED: frozenset(),
    DeliveryState.SKIPPED: frozenset(),
    DeliveryState.BOUNCED: frozenset(),
    DeliveryState.COMPLAINED: frozenset(),
}


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One row of the ledger. It outlives the reader's erasure."""

    id: DeliveryId
    issue: IssueId
    subscriber: SubscriberId
    rendition: RenditionId
    email: str
    """The address, as typed, at the freeze."""
    name: str = ""
    state: DeliveryState
    attempts: int = 0
    owner: str | None = None
    due_at: datetime | None = None
    code: int | None = None
    reply: str | None = None
    message_id: str | None = None
    at: datetime | None = None
    """When the state last changed, UTC."""
    why: str | None = None
    """Why it was skipped."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """The counts of one issue's ledger."""

    audience: int = 0
    queued: int = 0
    attempting: int = 0
    sent: int = 0
    deferred: int = 0
    failed: int = 0
    uncertain: int = 0
    skipped: int = 0
    bounced: int = 0
    complained: int = 0
