"""The queue as programs list it: a page at a time, from where the page before ended, items or whole stories.

The order is found on the narrow columns first, and texts are read for the rows of the page only: to carry the bodies of
ten thousand items through a sort takes longer than all else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from newsletter.model.item import Item, ItemId, Triage
from newsletter.model.publication import PublicationId
from newsletter.model.source import SourceId
from newsletter.model.wanted import Listed, Spot
from newsletter.store import items
from newsletter.store.engine import Tx
from newsletter.store.schema import item, item_edit, item_version, source, story_item, triage

_CHUNK = 5_000


def page(
    tx: Tx,
    publication: PublicationId,
    *,
    now: datetime,
    state: Triage | None = None,
    search: str | None = None,
    source_id: SourceId | None = None,
    stories: bool = False,
    after: Spot | None = None,
    limit: int | None = None,
) -> list[Listed]:
    """The items of the queue that stand behind `after`, the newest first, in the order of `items.listing`.

    With `stories` each story is one row, where its newest item that is found stands: the item that leads it, or that
    newest one where the leading one is not among those found. What has arrived between two pages moves none of them.
    """
    moment = items.shown_moment(now)
    found = _found(publication, moment, state, search, source_id)
    behind = found if after is None else found.where(_behind(moment, after))
    ordered = behind.order_by(moment.desc(), triage.c.item_id.desc())
    if not stories:
        rows = tx.execute(ordered.limit(limit)).all()
        by_id = _read(tx, publication, [row.item_id for row in rows], now)
        return [Listed(by_id[row.item_id], Spot(row.moment, ItemId(row.item_id))) for row in rows]
    spots = _spots_of_stories(tx, found, ordered, after, limit)
    return _leading(tx, publication, found, spots, now)


def _found(
    publication: PublicationId,
    moment: ColumnElement[datetime],
    state: Triage | None,
    search: str | None,
    source_id: SourceId | None,
) -> Select[Any]:
    conditions = [triage.c.publication_id == publication]
    if state is not None:
        conditions.append(triage.c.state == state)
    if source_id is not None:
        conditions.append(item.c.source_id == source_id)
    query = (
        select(moment.label("moment"), triage.c.item_id, story_item.c.story_id)
        .select_from(triage)
        .join(item, item.c.id == triage.c.item_id)
        .outerjoin(story_item, story_item.c.item_id == triage.c.item_id)
        .outerjoin(
            item_edit, and_(item_edit.c.item_id == item.c.id, item_edit.c.publication_id == triage.c.publication_id)
        )
    )
    words = (search or "").split()
    if words:
        latest = and_(item_version.c.item_id == item.c.id, item_version.c.number == item.c.latest)
        query = query.join(item_version, latest).outerjoin(source, source.c.id == item.c.source_id)
        conditions.extend(items.holds(word) for word in words)
    return query.where(*conditions)


def _behind(moment: ColumnElement[datetime], spot: Spot) -> ColumnElement[bool]:
    return or_(moment < spot.moment, and_(moment == spot.moment, triage.c.item_id < spot.item))


def _spots_of_stories(
    tx: Tx, found: Select[Any], ordered: Select[Any], after: Spot | None, limit: int | None
) -> dict[int, Spot]:
    """Where the rows of a page stand, each by its story (below zero) or its item."""
    many = None if limit is None else limit + limit // 2 + 20
    while True:
        rows = tx.execute(ordered.limit(many)).all()
        spots: dict[int, Spot] = {}
        for row in rows:
            spots.setdefault(_of(row), Spot(row.moment, ItemId(row.item_id)))
        if after is not None:  # a story that began on a page before was told there
            for row in _members(tx, found, [-key for key in spots if key < 0]):
                if Spot(row.moment, row.item_id) >= after:
                    spots.pop(_of(row), None)
        if many is None or limit is None or len(rows) < many or len(spots) >= limit:
            return dict(islice(spots.items(), limit))
        many *= 4


def _of(row: Any) -> int:
    return int(row.item_id) if row.story_id is None else -int(row.story_id)


def _members(tx: Tx, found: Select[Any], stories: Sequence[int]) -> Iterable[Any]:
    for start in range(0, len(stories), _CHUNK):
        told = select(story_item.c.item_id).where(story_item.c.story_id.in_(stories[start : start + _CHUNK]))
        members = tx.execute(told).scalars().all()  # as values: else SQLite reads the whole queue for them
        for at in range(0, len(members), _CHUNK):
            yield from tx.execute(found.where(triage.c.item_id.in_(members[at : at + _CHUNK])))


def _leading(
    tx: Tx, publication: PublicationId, found: Select[Any], spots: dict[int, Spot], now: datetime
) -> list[Listed]:
    by_id = _read(tx, publication, [spot.item for spot in spots.values()], now)
    leads = {
        key: one.place.also_in[0].id
        for key, spot in spots.items()
        if (one := by_id[spot.item]).place is not None and not one.place.leads
    }
    wanted, present = list(leads.values()), set[int]()
    for start in range(0, len(wanted), _CHUNK):
        rows = tx.execute(found.where(triage.c.item_id.in_(wanted[start : start + _CHUNK])))
        present |= {row.item_id for row in rows}
    by_id |= _read(tx, publication, sorted(present), now)
    shown = {key: leads[key] if leads.get(key) in present else spot.item for key, spot in spots.items()}
    return [Listed(by_id[shown[key]], spot) for key, spot in spots.items()]


def _read(tx: Tx, publication: PublicationId, ids: Sequence[int], now: datetime) -> dict[int, Item]:
    found: dict[int, Item] = {}
    for start in range(0, len(ids), _CHUNK):
        chunk = [ItemId(one) for one in ids[start : start + _CHUNK]]
        found |= {one.id: one for one in items.get(tx, publication, chunk, now=now)}
    return found
