"""Outlines: sections, blocks and their pinned items. A save writes the difference and keeps what was before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select, update

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
from newsletter.store import waivers
from newsletter.store.engine import Tx
from newsletter.store.schema import block as blocks
from newsletter.store.schema import block_item as block_items
from newsletter.store.schema import gone_block
from newsletter.store.schema import section as sections

_CONTENT = ("kind", "headline", "teaser", "teaser_rank", "blurb", "outlet", "url", "asset", "alt", "tags")


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
            Section(id=SectionId(row.id), name=row.name, most=row.most, blocks=tuple(held.get(row.id, ())))
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
        tags=row.tags,
        standing=Standing(row.standing_first, row.standing_last) if row.standing else None,
    )


def save(tx: Tx, issue: IssueId, before: Outline, after: Outline) -> None:
    """Write the difference between two outlines; new sections and blocks have the id 0.

    Those that are not there any more, as in an undo, come back with their ids. A block whose content changed gets the
    next version. Raises Conflict where a block changed since it was read.
    """
    _save_sections(tx, issue, before, after)
    standing = select(sections.c.id).where(sections.c.issue_id == issue, sections.c.rank > 0)
    ids = list(tx.execute(standing.order_by(sections.c.rank)).scalars())
    old = {block.id: (block, place) for block, place in _placed(before, [section.id for section in before.sections])}
    new = _placed(after, ids)
    kept = {block.id for block, _ in new}
    for block, (section, rank) in new:
        if block.id not in old:
            _insert(tx, issue, block, section, rank)
        else:
            _update(tx, *old[block.id], block, (section, rank))
    fresh = kept - old.keys() - {UNSAVED_BLOCK}
    if lost := old.keys() - kept:
        waivers.put_away(tx, lost)
    for key in lost:
        _expect(tx.execute(delete(blocks).where(blocks.c.id == key, blocks.c.version == old[key][0].version)))
        if tx.execute(select(gone_block.c.id).where(gone_block.c.id == key)).first() is None:
            tx.execute(insert(gone_block).values(id=key))
    if fresh:
        waivers.bring_back(tx, issue, fresh)
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
    old = {section.id: (section.name, section.most, rank) for rank, section in enumerate(before.sections, 1)}
    kept = {section.id for section in after.sections}
    for key in old.keys() - kept:  # out of the way of the order, until their blocks have moved
        tx.execute(update(sections).where(sections.c.id == key).values(rank=-1))
    for rank, section in enumerate(after.sections, 1):
        values = {"name": section.name, "most": section.most, "rank": rank}
        if section.id not in old:
            tx.execute(insert(sections).values(issue_id=issue, **values, **_free(tx, section.id)))
        elif old[section.id] != (section.name, section.most, rank):
            tx.execute(update(sections).where(sections.c.id == section.id).values(values))


def _free(tx: Tx, wanted: SectionId) -> dict[str, int]:
    """The id of a section that comes back, unless another has it by now."""
    taken = wanted == UNSAVED_SECTION or tx.execute(select(sections.c.id).where(sections.c.id == wanted)).first()
    return {} if taken else {"id": wanted}


def _columns(block: Block) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(block, name) for name in _CONTENT}
    values["kind"] = block.kind.value
    values["standing"] = block.standing is not None
    values["standing_first"] = block.standing.first if block.standing else None
    values["standing_last"] = block.standing.last if block.standing else None
    return values


def _insert(tx: Tx, issue: IssueId, block: Block, section: int, rank: int) -> None:
    values = {"issue_id": issue, "section_id": section, "rank": rank, "version": 1, **_columns(block)}
    if block.id != UNSAVED_BLOCK and tx.execute(select(blocks.c.id).where(blocks.c.id == block.id)).first() is None:
        values |= {"id": block.id, "version": block.version + 1}
    elif tx.dialect.name == "sqlite":  # which gives the highest number again when it is free
        values["id"] = max(tx.execute(select(func.max(table.c.id))).scalar() or 0 for table in (blocks, gone_block)) + 1
    key = tx.execute(insert(blocks).values(values)).inserted_primary_key
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
