"""How the stories of some items are at a moment, kept so that joining and parting can be taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from newsletter.model.item import ItemId
from newsletter.store import stories
from newsletter.store.engine import Tx
from newsletter.store.schema import story, story_apart, story_item
from newsletter.store.upsert import upsert_into

Picture = list[Any]
"""JSON: the items; their stories, each with its lead and its members (by hand or not); the pairs that were parted."""


def take(tx: Tx, ids: Iterable[ItemId]) -> Picture:
    """The stories of some items, and of all that are in those."""
    everyone = sorted(stories.with_siblings(tx, ids))
    found: dict[int, list[Any]] = {}
    rows = tx.execute(
        select(story_item, story.c.lead_id)
        .join(story, story.c.id == story_item.c.story_id)
        .where(story_item.c.item_id.in_(everyone))
        .order_by(story_item.c.item_id)
    )
    for row in rows:
        found.setdefault(row.story_id, [row.lead_id, []])[1].append([row.item_id, row.by_hand])
    parted = select(story_apart).where(story_apart.c.item_id.in_(everyone), story_apart.c.other_id.in_(everyone))
    pairs = [[row.item_id, row.other_id] for row in tx.execute(parted)]
    return [everyone, list(found.values()), pairs]


def bring_back(tx: Tx, picture: Picture, *, now: datetime) -> None:
    """Make the stories of those items what they were. What came into them since stands alone again."""
    everyone, held, pairs = picture
    touched = stories.with_siblings(tx, [ItemId(key) for key in everyone])
    _forget(tx, touched)
    for lead, members in held:
        key = tx.execute(insert(story).values(created_at=now, lead_id=lead)).inserted_primary_key
        assert key is not None
        rows = [{"item_id": one, "story_id": key[0], "by_hand": by_hand} for one, by_hand in members]
        tx.execute(insert(story_item), rows)
    tx.execute(delete(story_apart).where(story_apart.c.item_id.in_(everyone), story_apart.c.other_id.in_(everyone)))
    if pairs:
        given = [{"item_id": one, "other_id": other} for one, other in pairs]
        tx.execute(upsert_into(tx, story_apart).on_conflict_do_nothing(), given)


def _forget(tx: Tx, everyone: Collection[ItemId]) -> None:
    numbers = select(story_item.c.story_id).where(story_item.c.item_id.in_(everyone)).distinct()
    gone = list(tx.execute(numbers).scalars())
    tx.execute(delete(story_item).where(story_item.c.item_id.in_(everyone)))
    if gone:
        tx.execute(delete(story).where(story.c.id.in_(gone)))
