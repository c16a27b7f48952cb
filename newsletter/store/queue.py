"""The queue as the desk shows it: each story once, as it stood at a moment, so that nothing moves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from newsletter.model.issue import BlockId, IssueState
from newsletter.model.item import TOLD, ItemId, Triage
from newsletter.model.publication import PublicationId
from newsletter.model.wanted import Row, Used, Wanted
from newsletter.store import items, search
from newsletter.store.engine import Tx
from newsletter.store.schema import (
    block,
    block_item,
    issue,
    item,
    item_edit,
    source_publication,
    story_item,
    triage,
    triage_change,
    triage_step,
)

_CHUNK = 5_000


def listing(tx: Tx, publication: PublicationId, wanted: Wanted, *, now: datetime, limit: int) -> list[Row]:
    """The first rows of the queue, the newest first: each story stands where its newest item does."""
    moment = items.shown_moment(now).label("moment")
    found = _found(tx, publication, wanted, now, (story_item.c.story_id, moment, triage.c.item_id))
    newest_first = found.order_by(moment.desc(), triage.c.item_id.desc())
    many, moments = limit + limit // 2 + 20, dict[int, datetime]()
    while True:  # grouping ten thousand items for the first fifty rows takes three times as long
        rows = tx.execute(newest_first.limit(many)).all()
        for row in rows:
            moments.setdefault(_of(row), row.moment)
        if len(rows) < many or len(moments) >= limit:
            break
        many *= 4
    return _rows(tx, publication, found, dict(islice(moments.items(), limit)), now)


def count(tx: Tx, publication: PublicationId, wanted: Wanted, *, now: datetime) -> int:
    """How many rows there are."""
    of = story_item.c.story_id
    every = func.count(), func.count(of), func.count(of.distinct())
    found, told, stories = tx.execute(_found(tx, publication, wanted, now, every, dated=False)).one()
    return int(found - told + stories)


def _of(row: Any) -> int:
    """What is one row: a story (below zero), or an item."""
    return int(row.item_id) if row.story_id is None else -int(row.story_id)


def _found(
    tx: Tx,
    publication: PublicationId,
    wanted: Wanted,
    now: datetime,
    columns: Sequence[ColumnElement[Any]],
    *,
    dated: bool = True,
) -> Select[Any]:
    """What a question finds. `dated`: whether the columns tell the moment of an item."""
    conditions = [triage.c.publication_id == publication, *_as_it_stood(publication, wanted)]
    if wanted.upto is not None:
        conditions.append(triage.c.item_id <= wanted.upto)
    if wanted.source is not None:
        conditions.append(item.c.source_id == wanted.source)
    if wanted.language:
        conditions.append(_begins(tx, item.c.language, wanted.language))
    if wanted.since is not None:
        conditions.append(items.shown_moment(now) >= wanted.since)
    query = (
        select(*columns)
        .select_from(triage)
        .join(item, item.c.id == triage.c.item_id)
        .outerjoin(story_item, story_item.c.item_id == triage.c.item_id)
    )
    if dated or wanted.since is not None:
        its_edit = and_(item_edit.c.item_id == item.c.id, item_edit.c.publication_id == triage.c.publication_id)
        query = query.outerjoin(item_edit, its_edit)
    if wanted.section:
        query = query.outerjoin(
            source_publication,
            and_(
                source_publication.c.source_id == item.c.source_id,
                source_publication.c.publication_id == triage.c.publication_id,
            ),
        )
        section = func.coalesce(triage.c.section, source_publication.c.section)
        conditions.append(section.in_(_spellings(tx, publication, wanted.section)))
    return query.where(*conditions, *search.holds(tx, publication, wanted.words))


def _begins(tx: Tx, column: ColumnElement[str | None], start: str) -> ColumnElement[bool]:
    """Whether a text of ASCII begins so, in any case: SQLite's LIKE knows ASCII's cases by itself."""
    if tx.dialect.name == "sqlite":
        return column.startswith(start, autoescape=True)
    return column.istartswith(start, autoescape=True)


def _spellings(tx: Tx, publication: PublicationId, name: str) -> list[str]:
    """How a section is written, in any case: to compare a few names is faster than each row's."""
    return [one for one in sections(tx, publication) if one.lower() == name.lower()]


def _as_it_stood(publication: PublicationId, wanted: Wanted) -> list[ColumnElement[bool]]:
    """In the state that is asked for: now, or at a moment, so that what is decided stays in its place until then."""
    if wanted.state is None:
        return []
    is_now = triage.c.state == wanted.state.value
    if wanted.state is Triage.SKIPPED:
        is_now = and_(is_now, or_(triage.c.reason.is_(None), triage.c.reason != TOLD))
    if wanted.at is None:
        return [is_now]
    was = (
        select(triage_change.c.item_id)
        .join(triage_step, triage_step.c.id == triage_change.c.step_id)
        .where(
            triage_step.c.publication_id == publication,
            triage_step.c.at >= wanted.at,
            triage_change.c.before == wanted.state.value,
        )
    )
    unchanged = or_(triage.c.changed_at.is_(None), triage.c.changed_at < wanted.at)
    return [or_(and_(is_now, unchanged), triage.c.item_id.in_(was))]


def _rows(
    tx: Tx, publication: PublicationId, found: Select[Any], moments: dict[int, datetime], now: datetime
) -> list[Row]:
    if not moments:
        return []
    members: dict[int, list[int]] = defaultdict(list, {key: [key] for key in moments if key > 0})
    stories = [-key for key in moments if key < 0]
    if stories:
        told = tx.execute(select(story_item.c.item_id).where(story_item.c.story_id.in_(stories))).scalars().all()
        for row in tx.execute(found.where(triage.c.item_id.in_(told))):
            members[_of(row)].append(row.item_id)
    every = [ItemId(key) for keys in members.values() for key in keys]
    by_id = {one.id: one for one in items.get(tx, publication, every, now=now)}
    family = {*every, *(other.id for one in by_id.values() if one.place for other in one.place.also_in)}
    used = uses(tx, publication, family)
    result = []
    for key, moment in moments.items():
        held = sorted((by_id[ItemId(one)] for one in members[key]), key=lambda one: one.id)
        lead = next((one for one in held if one.place and one.place.leads), held[0])
        others = [other.id for other in lead.place.also_in] if lead.place else []
        result.append(
            Row(
                item=lead,
                members=tuple(one.id for one in held),
                shown_at=moment,
                used=tuple(use for one in (lead.id, *others) for use in used.get(one, ())),
            )
        )
    return result


def uses(tx: Tx, publication: PublicationId, ids: Sequence[ItemId] | set[ItemId]) -> dict[ItemId, list[Used]]:
    """In which issues some items stand, the oldest first; cancelled ones do not count."""
    wanted, found = sorted(ids), defaultdict[ItemId, list[Used]](list)
    for start in range(0, len(wanted), _CHUNK):
        rows = tx.execute(
            select(
                block_item.c.item_id,
                issue.c.number,
                issue.c.state,
                issue.c.sent_at,
                block.c.id,
                (block_item.c.item_version < item.c.latest).label("changed"),
            )
            .join(block, block.c.id == block_item.c.block_id)
            .join(issue, issue.c.id == block.c.issue_id)
            .join(item, item.c.id == block_item.c.item_id)
            .where(
                issue.c.publication_id == publication,
                issue.c.state != IssueState.CANCELLED.value,
                block_item.c.item_id.in_(wanted[start : start + _CHUNK]),
            )
            .order_by(issue.c.number, block.c.id)
        )
        for row in rows:
            use = Used(
                ItemId(row.item_id), row.number, IssueState(row.state), row.sent_at, BlockId(row.id), bool(row.changed)
            )
            found[use.item].append(use)
    return dict(found)


def languages(tx: Tx, publication: PublicationId) -> list[str]:
    """The languages of what the sources of a publication bring, without their regions."""
    mine = select(source_publication.c.source_id).where(source_publication.c.publication_id == publication)
    of_mine = item.c.source_id.in_(mine), item.c.language.is_not(None)
    query = select(func.lower(item.c.language)).where(*of_mine).distinct()
    return sorted({str(one).replace("_", "-").split("-")[0] for one in tx.execute(query).scalars() if one})


def sections(tx: Tx, publication: PublicationId) -> list[str]:
    """The sections into which sources and editors put items."""
    of_sources = select(source_publication.c.section).where(source_publication.c.publication_id == publication)
    of_items = select(triage.c.section).where(triage.c.publication_id == publication, triage.c.section.is_not(None))
    found = {*tx.execute(of_sources.distinct()).scalars(), *tx.execute(of_items.distinct()).scalars()}
    return sorted((one for one in found if one), key=str.casefold)
