"""Items: what was collected, in versions, and what the editors of each publication decided about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, insert, or_, select, update

from newsletter.errors import NotFound
from newsletter.model.item import LEFT_OUT, Item, ItemData, ItemId, ItemVersion, KnownItem, Triage
from newsletter.model.publication import PublicationId
from newsletter.model.source import SourceId
from newsletter.model.story import Place
from newsletter.store import search, stories
from newsletter.store.engine import Tx
from newsletter.store.outlet import OUTLET, OVERLAID, overlaid
from newsletter.store.schema import (
    block,
    block_item,
    issue,
    item,
    item_edit,
    item_version,
    source,
    source_publication,
    triage,
)

_SENT = ("sending", "paused", "sent")
_CHUNK = 5_000
_OLDEST = datetime.fromisoformat("1995-01-01T00:00:00+00:00")  # an older date is a mistake of its source


def known(tx: Tx, number: SourceId) -> tuple[KnownItem, ...]:
    """All that a source has shown, the oldest first."""
    columns = (item.c.id, item.c.guid, item.c.canonical_url, item.c.digest, item.c.latest)
    rows = tx.execute(select(*columns).where(item.c.source_id == number).order_by(item.c.id))
    return tuple(KnownItem(**row._mapping) for row in rows)


def keep(tx: Tx, number: SourceId, found: Sequence[ItemData], *, now: datetime) -> list[ItemId]:
    """Store new items of a source, in the order in which the source showed them (the newest first).

    Each publication that takes from the source gets them as new. Bulk: a few statements, whatever their number.
    """
    if not found:
        return []
    oldest_first = list(reversed(found))
    rows = [_item_row(one) | {"source_id": number, "latest": 1, "first_seen": now} for one in oldest_first]
    # Matched by digest: asked to keep the order, SQLAlchemy inserts row by row on SQLite.
    by_digest: dict[str, list[ItemData]] = defaultdict(list)
    for one in found:
        by_digest[one.digest].append(one)
    stored = tx.execute(insert(item).returning(item.c.id, item.c.digest), rows).all()
    data = {ItemId(row.id): by_digest[row.digest].pop() for row in stored}
    versions_of = [_version_row(key, 1, one, now) for key, one in data.items()]
    tx.execute(insert(item_version), versions_of)
    ids = sorted(data)
    search.keep_new(tx, data)
    taken = select(source_publication.c.publication_id).where(source_publication.c.source_id == number)
    decided = [
        {"publication_id": publication, "item_id": key, "state": _first_state(data[key])}
        for publication in tx.execute(taken).scalars().all()
        for key in ids
    ]
    if decided:
        tx.execute(insert(triage), decided)
    return ids


def summarise(tx: Tx) -> None:
    """Say of each item what its latest version says, where a database of an earlier version did not."""
    latest = and_(item_version.c.item_id == item.c.id, item_version.c.number == item.c.latest)
    values = {name: select(item_version.c[name]).where(latest).scalar_subquery() for name in ("published", "language")}
    tx.execute(update(item).values(values).where(item.c.published.is_(None), item.c.language.is_(None)))


def _first_state(one: ItemData) -> Triage:
    return Triage.SKIPPED if LEFT_OUT in one.flags else Triage.NEW


def revise(tx: Tx, changed: Sequence[tuple[KnownItem, ItemData]], *, now: datetime) -> None:
    """Store a new version of each of these items; the old ones stay."""
    if not changed:
        return
    tx.execute(insert(item_version), [_version_row(old.id, old.latest + 1, new, now) for old, new in changed])
    rows = [_item_row(new) | {"b_id": old.id, "latest": old.latest + 1} for old, new in changed]
    tx.execute(update(item).where(item.c.id == bindparam("b_id")), rows)
    search.keep(tx, [old.id for old, _ in changed])


def rename(tx: Tx, renamed: Sequence[tuple[KnownItem, ItemData]]) -> None:
    """Give unchanged items the identity under which their source shows them now."""
    if renamed:
        rows = [{"b_id": old.id, "guid": new.guid, "canonical_url": new.canonical_url} for old, new in renamed]
        tx.execute(update(item).where(item.c.id == bindparam("b_id")), rows)


def _item_row(one: ItemData) -> dict[str, Any]:
    return {
        "guid": one.guid,
        "canonical_url": one.canonical_url,
        "digest": one.digest,
        "flags": list(one.flags),
        "published": one.published,
        "language": one.language,
    }


def _version_row(key: ItemId, number: int, one: ItemData, now: datetime) -> dict[str, Any]:
    return {
        "item_id": key,
        "number": number,
        "title": one.title,
        "excerpt": one.excerpt,
        "body": one.body,
        "url": one.url,
        "outlet": one.outlet,
        "author": one.author,
        "published": one.published,
        "language": one.language,
        "digest": one.digest,
        "seen_at": now,
    }


def listing(
    tx: Tx,
    publication: PublicationId,
    *,
    now: datetime,
    state: Triage | None = None,
    search: str | None = None,
    source_id: SourceId | None = None,
    limit: int | None = None,
) -> list[Item]:
    """The queue of a publication, the newest first: by its date, or by when it was seen where that makes no sense.

    `search` finds items that hold all of its words in title, excerpt, outlet or author, in any case.
    """
    conditions: list[ColumnElement[bool]] = []
    if state is not None:
        conditions.append(triage.c.state == state)
    if source_id is not None:
        conditions.append(item.c.source_id == source_id)
    conditions.extend(holds(word) for word in (search or "").split())
    return _items(tx, publication, _queue(publication, now).where(*conditions).limit(limit))


def newest(tx: Tx, publication: PublicationId, count: int, *, now: datetime) -> list[ItemId]:
    """The newest items nobody has decided about: one of each story, and none whose story was sent."""
    found = [one for one in listing(tx, publication, now=now, state=Triage.NEW) if not one.sent_in]
    present = {one.id for one in found}
    chosen: list[ItemId] = []
    told: set[int] = set()
    for one in found:
        if one.place is None:
            chosen.append(one.id)
        elif one.place.story not in told:
            told.add(one.place.story)
            ranked = [one.id] if one.place.leads else [other.id for other in one.place.also_in if other.id in present]
            chosen.append(ranked[0] if ranked else one.id)
    return chosen[:count]


def get(tx: Tx, publication: PublicationId, ids: Iterable[ItemId], *, now: datetime) -> list[Item]:
    """Some items, in the order of asking, each once. Raises NotFound where the publication has one of them not."""
    wanted = list(dict.fromkeys(ids))
    found = _items(tx, publication, _queue(publication, now).where(item.c.id.in_(wanted)))
    by_id = {one.id: one for one in found}
    missing = [str(key) for key in wanted if key not in by_id]
    if missing:
        word = "item" if len(missing) == 1 else "items"
        raise NotFound(f"There is no {word} {', '.join(missing)}; see: newsletter items list", where=missing[0])
    return [by_id[key] for key in wanted]


def decide(
    tx: Tx,
    publication: PublicationId,
    ids: Iterable[ItemId],
    state: Triage,
    *,
    section: str | None = None,
    reason: str | None = None,
    now: datetime,
) -> list[Item]:
    """Set what the editors decided about some items; picking keeps their section, else takes that of their source.

    What is snoozed comes back with the next issue that is begun. Raises NotFound, and then changes nothing.
    """
    wanted = [one.id for one in get(tx, publication, ids, now=now)]
    default = (
        select(source_publication.c.section)
        .join(item, item.c.source_id == source_publication.c.source_id)
        .where(source_publication.c.publication_id == publication, item.c.id == triage.c.item_id)
        .scalar_subquery()
    )
    values: dict[str, Any] = {"state": state, "changed_at": now, "reason": reason, "until": None}
    if state is Triage.SNOOZED:
        last = select(func.max(issue.c.number)).where(issue.c.publication_id == publication)
        values["until"] = (tx.execute(last).scalar() or 0) + 1
    if state is Triage.PICKED:
        values["section"] = section if section is not None else func.coalesce(triage.c.section, default)
    for start in range(0, len(wanted), _CHUNK):
        chosen = triage.c.item_id.in_(wanted[start : start + _CHUNK])
        tx.execute(update(triage).where(triage.c.publication_id == publication, chosen).values(values))
    return get(tx, publication, wanted, now=now)


def versions(tx: Tx, key: ItemId) -> list[ItemVersion]:
    """All versions of an item, the first one first; their outlet is what they say themselves."""
    rows = tx.execute(select(item_version).where(item_version.c.item_id == key).order_by(item_version.c.number))
    return [version_of(row, row.outlet) for row in rows]


def holds(word: str) -> ColumnElement[bool]:
    """Whether an item has a word in title, excerpt, outlet or author, in any case: for queries that join its tables."""
    escaped = word.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    places = (
        func.coalesce(item_edit.c.title, item_version.c.title),
        func.coalesce(item_edit.c.excerpt, item_version.c.excerpt),
        item_version.c.author,
        func.coalesce(item_edit.c.outlet, OUTLET),
    )
    return or_(*(func.lower(place).like(f"%{escaped}%", escape="\\") for place in places))


def shown_moment(now: datetime) -> ColumnElement[datetime]:
    """When an item was published, or first seen where that makes no sense: for queries that join its tables."""
    published = func.coalesce(item_edit.c.published, item.c.published)
    return case((and_(published <= now, published >= _OLDEST), published), else_=item.c.first_seen)


def _queue(publication: PublicationId, now: datetime) -> Select[Any]:
    return (
        select(
            item.c.source_id,
            item.c.first_seen,
            item.c.flags,
            item_version,
            triage.c.state,
            triage.c.reason,
            triage.c.until,
            func.coalesce(triage.c.section, source_publication.c.section).label("section"),
            *OVERLAID,
        )
        .join(item, item.c.id == triage.c.item_id)
        .join(item_version, and_(item_version.c.item_id == item.c.id, item_version.c.number == item.c.latest))
        .outerjoin(source, source.c.id == item.c.source_id)
        .outerjoin(
            source_publication,
            and_(
                source_publication.c.source_id == item.c.source_id,
                source_publication.c.publication_id == triage.c.publication_id,
            ),
        )
        .outerjoin(
            item_edit,
            and_(item_edit.c.item_id == item.c.id, item_edit.c.publication_id == triage.c.publication_id),
        )
        .where(triage.c.publication_id == publication)
        .order_by(shown_moment(now).desc(), item.c.id.desc())
    )


def _items(tx: Tx, publication: PublicationId, query: Select[Any]) -> list[Item]:
    rows = tx.execute(query).all()
    places = stories.places_of(tx, publication, [ItemId(row.item_id) for row in rows])
    ids = dict.fromkeys(int(row.item_id) for row in rows)
    ids |= dict.fromkeys(int(other.id) for place in places.values() for other in place.also_in)
    sent = sent_in(tx, publication, list(ids))
    return [
        Item(
            id=ItemId(row.item_id),
            source=SourceId(row.source_id) if row.source_id is not None else None,
            latest=overlaid(version_of(row, None), row),
            state=Triage(row.state),
            section=row.section,
            first_seen=row.first_seen,
            flags=tuple(row.flags),
            sent_in=_sent_in(row.item_id, places.get(row.item_id), sent),
            place=places.get(row.item_id),
            edited=row.edited_at is not None,
            reason=row.reason,
            until=row.until,
        )
        for row in rows
    ]


def _sent_in(key: int, place: Place | None, sent: Mapping[int, list[int]]) -> tuple[int, ...]:
    numbers = {*sent.get(key, ())}
    for other in place.also_in if place else ():
        numbers.update(sent.get(other.id, ()))
    return tuple(sorted(numbers))


def sent_in(tx: Tx, publication: PublicationId, ids: Sequence[int]) -> dict[int, list[int]]:
    """The numbers of the issues in which each of these items was sent, or is being sent."""
    found: dict[int, list[int]] = defaultdict(list)
    for start in range(0, len(ids), _CHUNK):
        numbers = (
            select(block_item.c.item_id, issue.c.number)
            .join(block, block.c.id == block_item.c.block_id)
            .join(issue, issue.c.id == block.c.issue_id)
            .where(
                issue.c.publication_id == publication,
                issue.c.state.in_(_SENT),
                block_item.c.item_id.in_(ids[start : start + _CHUNK]),
            )
            .distinct()
            .order_by(issue.c.number)
        )
        for key, number in tx.execute(numbers):
            found[key].append(number)
    return found


def version_of(row: Any, outlet: str | None) -> ItemVersion:
    """A row of `item_version` as its noun, credited to an outlet."""
    return ItemVersion(
        item=ItemId(row.item_id),
        number=row.number,
        title=row.title,
        excerpt=row.excerpt,
        body=row.body,
        url=row.url,
        outlet=outlet,
        author=row.author,
        published=row.published,
        language=row.language,
        seen_at=row.seen_at,
    )
