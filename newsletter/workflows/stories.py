"""Grouping what was collected into stories."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from newsletter.model.item import ItemId
from newsletter.store import Store, stories
from newsletter.text.plain import plain

WITHIN = timedelta(days=14)
"""Older items are another story, however alike they are."""


def group_new(store: Store, new: Collection[ItemId], *, now: datetime) -> int:
    """Put new items beside those that tell the same; how many were put. Nothing that was grouped before changes."""
    if not new:
        return 0
    from newsletter.collect.stories import Candidate, group

    with store.reading() as tx:
        found = stories.comparable(tx, since=now - WITHIN)
        apart = stories.apart(tx)
    candidates = [
        Candidate(
            id=one.id,
            source=one.source,
            is_feed=one.is_feed,
            outlet=one.outlet,
            title=one.title,
            text=plain(one.excerpt),
            page=one.page,
        )
        for one in found
    ]
    fresh = frozenset(new)
    pairs = group(
        [one for one in candidates if one.id in fresh], [one for one in candidates if one.id not in fresh], apart
    )
    if not pairs:
        return 0
    with store.writing() as tx:
        return stories.add(tx, pairs, now=now)
