"""Outlines: sections, blocks and their pinned items. A save writes the difference and keeps what was before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from newsletter.errors import Conflict
from newsletter.model.issue import (
    UNSAVED_BLOCK,
    UNSAVED_SECTION,
    Block,
    BlockId,
    BlockKind,
    IssueId,
    Outline,
    PinnedItem,
    Section,
    SectionId,
    Standing,
)
from newsletter.model.item import ItemId
from newsletter.store.engine import Tx
from newsletter.store.schema import block as blocks
from newsletter.store.schema import block_item as block_items
from newsletter.store.schema import revision as revisions
from newsletter.store.schema import section as sections

_CONTENT = ("kind", "headline", "teaser", "teaser_rank", "blurb", "outlet", "url", "asset", "alt")


def load(tx: Tx, issue: IssueId) -> Outline:
    """The outline of an issue, in order."""
    pinned: dict[int, list[PinnedItem]] = {}
    rows = tx.execute(
        select(block_items)
        .join(blocks, blocks.c.id == block_items.c.block_id)
        .where(blocks.c.issue_id == issue)
        .order_by(block_items.c.block_id, block_items.c.rank)
    )
    for row in rows:
        pinned.setdefault(row.block_id, []).append(PinnedItem(ItemId(row.item_id), row.item_version))
    held: dict[int, list[Block]] = {}
    for row in tx.execute(select(blocks).where(blocks.c.issue_id == issue).order_by(blocks.c.rank, blocks.c.id)):
        held.setdefault(row.section_id, []).append(_block(row, tuple(pinned.get(row.id, ()))))
    return Outline(
        tuple(
            Section(id=SectionId(row.id), name=row.name, blocks=tuple(held.get(row.id, ())))
            for row in tx.execute(select(sections).where(sections.c.issue_id == issue).order_by(sections.c.rank))
        )
    )


def _block(row: Any, items: tuple[PinnedItem, ...]) -> Block:
    return Block(
        id=BlockId(row.id),
        version=row.version,
        kind=BlockKind(row.kind),
        items=items,
        headline=row.headline,
        teaser=row.teaser,
        teaser_rank=row.teaser_rank,
        blurb=row.blurb,
        outlet=row.outlet,
        url=row.url,
        asset=row.asset,
        alt=row.alt,
        standing=Standing(row.standing_first, row.standing_last) if row.standing else None,
    )


def save(tx: Tx, issue: IssueId, before: Outline, after: Outline) -> None:
    """Write the difference between two outlines; new sections and blocks have the id 0.

    A block whose content changed gets the next version. Raises Conflict where a block changed since it was read.
    """
    _save_sections(tx, issue, before, after)
    standing = select(sections.c.id).where(sections.c.issue_id == issue, sections.c.rank > 0)
    ids = list(tx.execute(standing.order_by(sections.c.rank)).scalars())
    old = {block.id: (block, place) for block, place in _placed(before, [section.id for section in before.sections])}
    new = _placed(after, ids)
    kept = {block.id for block, _ in new}
    for block, (section, rank) in new:
        if block.id == UNSAVED_BLOCK:
            _insert(tx, issue, block, section, rank)
        else:
            _update(tx, *old[block.id], block, (section, rank))
    for key in old.keys() - kept:
        _expect(tx.execute(delete(blocks).where(blocks.c.id == key, blocks.c.version == old[key][0].version)))
    gone = {section.id for section in before.sections} - {section.id for section in after.sections}
    if gone:
        tx.execute(delete(sections).where(sections.c.id.in_(gone)))


_Place = tuple[int, int]


def _placed(outline: Outline, ids: Sequence[int]) -> list[tuple[Block, _Place]]:
    return [
        (block, (section_id, rank))
        for section, section_id in zip(outline.sections, ids, strict=True)
        for rank, block in enumerate(section.blocks, 1)
    ]


def _save_sections(tx: Tx, issue: IssueId, before: Outline, after: Outline) -> None:
    old = {section.id: (section.name, rank) for rank, section in enumerate(before.sections, 1)}
    kept = {section.id for section in after.sections}
    for key in old.keys() - kept:  # out of the way of the order, until their blocks have moved
        tx.execute(update(sections).where(sections.c.id == key).values(rank=-1))
    for rank, section in enumerate(after.sections, 1):
        if section.id == UNSAVED_SECTION:
            tx.execute(insert(sections).values(issue_id=issue, name=section.name, rank=rank))
        elif old[section.id] != (section.name, rank):
            tx.execute(update(sections).where(sections.c.id == section.id).values(name=section.name, rank=rank))


def _columns(block: Block) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(block, name) for name in _CONTENT}
    values["kind"] = block.kind.value
    values["standing"] = block.standing is not None
    values["standing_first"] = block.standing.first if block.standing else None
    values["standing_last"] = block.standing.last if block.standing else None
    return values


def _insert(tx: Tx, issue: IssueId, block: Block, section: int, rank: int) -> None:
    key = tx.execute(
        insert(blocks).values(issue_id=issue, section_id=section, rank=rank, version=1, **_columns(block))
    ).inserted_primary_key
    assert key is not None
    _pin(tx, BlockId(key[0]), block.items)


def _pin(tx: Tx, block: BlockId, items: Sequence[PinnedItem]) -> None:
    if items:
        tx.execute(
            insert(block_items),
            [
                {"block_id": block, "rank": rank, "item_id": pinned.item, "item_version": pinned.version}
                for rank, pinned in enumerate(items, 1)
            ],
        )


def _update(tx: Tx, old: Block, was: _Place, new: Block, place: _Place) -> None:
    changed = old != new
    if not changed and was == place:
        return
    values: dict[str, Any] = {"section_id": place[0], "rank": place[1]}
    if changed:
        values |= _columns(new) | {"version": old.version + 1}
    _expect(tx.execute(update(blocks).where(blocks.c.id == old.id, blocks.c.version == old.version).values(values)))
    if old.items != new.items:
        tx.execute(delete(block_items).where(block_items.c.block_id == old.id))
        _pin(tx, old.id, new.items)


def _expect(result: Any) -> None:
    if result.rowcount != 1:
        raise Conflict("Somebody changed this block meanwhile; look at it again before you save.")


def remember(tx: Tx, issue: IssueId, before: Outline, *, who: str, change: str, now: datetime) -> None:
    """Keep a revision: what was done, by whom, and the outline before it."""
    tx.execute(insert(revisions).values(issue_id=issue, at=now, who=who, change=change, before=_as_json(before)))


def _as_json(outline: Outline) -> list[dict[str, Any]]:
    return [
        {"id": section.id, "name": section.name, "blocks": [_block_json(block) for block in section.blocks]}
        for section in outline.sections
    ]


def _block_json(block: Block) -> dict[str, Any]:
    values: dict[str, Any] = {"id": block.id, "version": block.version}
    values |= {name: value for name, value in _columns(block).items() if value is not None}
    for name in ("standing_first", "standing_last"):
        if name in values:
            values[name] = values[name].isoformat()
    values["items"] = [[pinned.item, pinned.version] for pinned in block.items]
    return values
