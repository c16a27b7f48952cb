"""Stories: which items tell the same, and what editors said about that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, func, insert, select, update

from newsletter.errors import NewsletterError
from newsletter.model.item import ItemId
from newsletter.model.publication import PublicationId
from newsletter.model.source import SourceKind
from newsletter.model.story import AlsoIn, Place, StoryId, places
from newsletter.store.engine import Tx
from newsletter.store.outlet import OUTLET
from newsletter.store.schema import (
    item,
    item_edit,
    item_version,
    publication,
    source,
    story,
    story_apart,
    story_item,
    triage,
)
from newsletter.store.upsert import upsert_into

_CHUNK = 5_000


@dataclass(frozen=True, kw_only=True)
class Comparable:
    """What of an item is compared to see whether it tells a known story. `excerpt` is clean HTML."""

    id: ItemId
    source: int | None
    is_feed: bool
    outlet: str | None
    title: str
    excerpt: str
    page: str | None


def comparable(tx: Tx, *, since: datetime) -> list[Comparable]:
    """All items of the workspace that were first seen since then, the oldest first."""
    rows = tx.execute(
        select(
            item.c.id,
            item.c.source_id,
            source.c.kind,
            OUTLET.label("shown_outlet"),
            item_version.c.title,
            item_version.c.excerpt,
            item.c.canonical_url,
        )
        .join(item_version, and_(item_version.c.item_id == item.c.id, item_version.c.number == item.c.latest))
        .outerjoin(source, source.c.id == item.c.source_id)
        .where(item.c.first_seen >= since)
        .order_by(item.c.id)
    )
    return [
        Comparable(
            id=ItemId(row.id),
            source=row.source_id,
            is_feed=row.kind == SourceKind.FEED.value,
            outlet=row.shown_outlet,
            title=row.title,
            excerpt=row.excerpt,
            page=row.canonical_url,
        )
        for row in rows
    ]


def apart(tx: Tx) -> set[tuple[int, int]]:
    """The pairs of items that an editor said are two stories, the smaller id first."""
    return {(row.item_id, row.other_id) for row in tx.execute(select(story_apart))}


def add(tx: Tx, pairs: Sequence[tuple[ItemId, ItemId]], *, now: datetime) -> int:
    """Put new items into the story of the item each is paired with, or into a new one with it; how many were put.

    An item that is in a story stays there, and none joins a story with an item that it was parted from.
    """
    if not pairs:
        return 0
    of = _story_of(tx, {key for pair in pairs for key in pair})
    parted = apart(tx)
    members: dict[int, list[int]] = defaultdict(list)
    for key, number in _members(tx, set(of.values())):
        members[number].append(key)
    rows: list[dict[str, object]] = []
    for new, old in pairs:
        if new in of:
            continue
        if old not in of:
            of[old] = number = _new_story(tx, now)
            rows.append({"item_id": old, "story_id": number, "by_hand": False})
            members[number].append(old)
        number = of[old]
        if any((min(new, one), max(new, one)) in parted for one in members[number]):
            continue
        of[new] = number
        members[number].append(new)
        rows.append({"item_id": new, "story_id": number, "by_hand": False})
    if rows:
        tx.execute(insert(story_item), rows)
    return len(rows)


def join(tx: Tx, ids: Sequence[ItemId], *, now: datetime) -> StoryId:
    """Make some items, and those of their stories, one story; what parted them is forgotten.

    Raises NewsletterError for fewer than two.
    """
    wanted = list(dict.fromkeys(ids))
    if len(wanted) < 2:
        raise NewsletterError("Name two items or more to join.", code="usage", where="ID")
    of = _story_of(tx, wanted)
    numbers = sorted(set(of.values()))
    number = numbers[0] if numbers else _new_story(tx, now)
    everyone = {*wanted, *(key for key, _ in _members(tx, numbers))}
    tx.execute(delete(story_item).where(story_item.c.item_id.in_(everyone)))
    rows = [{"item_id": key, "story_id": number, "by_hand": True} for key in sorted(everyone)]
    tx.execute(insert(story_item), rows)
    tx.execute(delete(story).where(story.c.id.in_(numbers[1:])))
    tx.execute(delete(story_apart).where(story_apart.c.item_id.in_(everyone), story_apart.c.other_id.in_(everyone)))
    return StoryId(number)


def split(tx: Tx, key: ItemId, *, now: datetime) -> None:
    """Take an item out of its story, for good. Raises NewsletterError where it is in none."""
    number = _story_of(tx, [key]).get(key)
    if number is None:
        raise NewsletterError(f"Item {key} is in no story with others.", where=str(key))
    others = [one for one, _ in _members(tx, [number]) if one != key]
    rows = [{"item_id": min(key, one), "other_id": max(key, one)} for one in others]
    if rows:
        tx.execute(upsert_into(tx, story_apart).on_conflict_do_nothing(), rows)
    gone = [key] if len(others) > 1 else [key, *others]
    tx.execute(delete(story_item).where(story_item.c.item_id.in_(gone)))
    if len(others) > 1:
        tx.execute(update(story).where(story.c.id == number, story.c.lead_id == key).values(lead_id=None))
    else:
        tx.execute(delete(story).where(story.c.id == number))


def lead(tx: Tx, key: ItemId) -> None:
    """Let an item lead its story. Raises NewsletterError where it is in none."""
    number = _story_of(tx, [key]).get(key)
    if number is None:
        raise NewsletterError(f"Item {key} is in no story with others.", where=str(key))
    tx.execute(update(story).where(story.c.id == number).values(lead_id=key))


def places_of(tx: Tx, number: PublicationId, ids: Iterable[ItemId]) -> dict[ItemId, Place]:
    """The places of some items in their stories, among the items that this publication has."""
    stories = sorted(set(_story_of(tx, ids).values()))
    if not stories:
        return {}
    order = tx.execute(select(publication.c.outlets).where(publication.c.id == number)).scalar() or ()
    members: dict[int, list[AlsoIn]] = defaultdict(list)
    leads: dict[int, ItemId | None] = {}
    told = sorted(key for key, _ in _members(tx, stories))
    for start in range(0, len(told), _CHUNK):
        chunk = told[start : start + _CHUNK]
        rows = tx.execute(
            select(
                story_item.c.story_id,
                story_item.c.item_id,
                story.c.lead_id,
                func.coalesce(item_edit.c.outlet, OUTLET).label("shown_outlet"),
                func.coalesce(item_edit.c.url, item_version.c.url).label("shown_url"),
            )
            .join(story, story.c.id == story_item.c.story_id)
            .join(item, item.c.id == story_item.c.item_id)
            .join(item_version, and_(item_version.c.item_id == item.c.id, item_version.c.number == item.c.latest))
            .join(triage, and_(triage.c.item_id == item.c.id, triage.c.publication_id == number))
            .outerjoin(source, source.c.id == item.c.source_id)
            .outerjoin(item_edit, and_(item_edit.c.item_id == item.c.id, item_edit.c.publication_id == number))
            # of both: else SQLite begins with all that the publication has
            .where(story_item.c.item_id.in_(chunk), triage.c.item_id.in_(chunk))
            .order_by(story_item.c.item_id)
        )
        for row in rows:
            members[row.story_id].append(AlsoIn(ItemId(row.item_id), row.shown_outlet, row.shown_url))
            leads[row.story_id] = ItemId(row.lead_id) if row.lead_id is not None else None
    found: dict[ItemId, Place] = {}
    for key, held in members.items():
        if len(held) > 1:
            found |= places(StoryId(key), held, order, leads[key])
    return found


def with_siblings(tx: Tx, ids: Iterable[ItemId]) -> set[ItemId]:
    """Some items, and all that tell the same stories."""
    wanted = set(ids)
    return wanted | {ItemId(key) for key, _ in _members(tx, set(_story_of(tx, wanted).values()))}


def siblings(tx: Tx, ids: Iterable[ItemId]) -> dict[ItemId, set[ItemId]]:
    """For each of some items that is in a story all that tell it, itself included."""
    of = _story_of(tx, ids)
    held: dict[int, set[ItemId]] = defaultdict(set)
    for key, number in _members(tx, set(of.values())):
        held[number].add(ItemId(key))
    return {key: held[number] for key, number in of.items()}


def _new_story(tx: Tx, now: datetime) -> int:
    key = tx.execute(insert(story).values(created_at=now)).inserted_primary_key
    assert key is not None
    return int(key[0])


def _story_of(tx: Tx, ids: Iterable[ItemId]) -> dict[ItemId, int]:
    wanted = list(ids)
    found: dict[ItemId, int] = {}
    for start in range(0, len(wanted), _CHUNK):
        chosen = story_item.c.item_id.in_(wanted[start : start + _CHUNK])
        rows = tx.execute(select(story_item.c.item_id, story_item.c.story_id).where(chosen))
        found |= {ItemId(row.item_id): row.story_id for row in rows}
    return found


def _members(tx: Tx, stories: Iterable[int]) -> list[tuple[int, int]]:
    wanted = sorted(stories)
    found: list[tuple[int, int]] = []
    for start in range(0, len(wanted), _CHUNK):
        chosen = story_item.c.story_id.in_(wanted[start : start + _CHUNK])
        rows = tx.execute(select(story_item.c.item_id, story_item.c.story_id).where(chosen))
        found += [(row.item_id, row.story_id) for row in rows.all()]
    return found
