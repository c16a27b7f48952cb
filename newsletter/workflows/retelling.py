"""Stories by hand, as the command line and programs make them: joined, parted, led by another item.

The desk's own keys do the same with a step back (`queue/triage.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from newsletter.model.item import Item, ItemId
from newsletter.store import Tx, items, stories
from newsletter.workflows.publish import Desk


def join(desk: Desk, wanted: Sequence[ItemId]) -> list[Item]:
    """Make these one story; that is remembered. Raises NotFound."""
    return _changed(desk, wanted, lambda tx: stories.join(tx, list(wanted), now=desk.clock.now()))


def split(desk: Desk, wanted: Sequence[ItemId]) -> list[Item]:
    """Take these out of their story; that is remembered. Raises NotFound."""

    def work(tx: Tx) -> None:
        for one in wanted:
            stories.split(tx, one, now=desk.clock.now())

    return _changed(desk, wanted, work)


def lead(desk: Desk, item: ItemId) -> Item:
    """Let an item lead its story. Raises NotFound."""
    return _changed(desk, [item], lambda tx: stories.lead(tx, item))[0]


def _changed(desk: Desk, wanted: Sequence[ItemId], work: Callable[[Tx], object]) -> list[Item]:
    now = desk.clock.now()
    with desk.store.writing() as tx:
        items.get(tx, desk.publication.id, wanted, now=now)  # all are there, or nothing changes
        work(tx)
        return items.get(tx, desk.publication.id, wanted, now=now)
