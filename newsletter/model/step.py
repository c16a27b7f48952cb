"""One thing that an editor did in the queue, with all that is needed to take it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from newsletter.model.item import ItemId, Triage


@dataclass(frozen=True)
class Decision:
    """What is decided about an item."""

    state: Triage
    section: str | None = None
    reason: str | None = None
    until: int | None = None


@dataclass(frozen=True)
class Change:
    """An item, what was decided about it before, and its state after."""

    item: ItemId
    before: Decision
    after: Triage


@dataclass(frozen=True, kw_only=True)
class Step:
    """What was done: `pick skip snooze restore add same part lead`."""

    id: int
    at: datetime
    what: str
    issue: int | None
    """The draft into which the items went."""
    stories: list[Any] | None
    """How the stories of the items were before, as `store.stories.picture` tells it."""
    changes: tuple[Change, ...]
