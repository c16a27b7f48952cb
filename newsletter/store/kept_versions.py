"""What a source changed in an item after a block had pinned it, and which of that the editors have seen."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select

from newsletter.errors import NotFound
from newsletter.model.issue import BlockId, IssueId
from newsletter.model.item import ItemId, ItemVersion
from newsletter.store import items
from newsletter.store.engine import Tx
from newsletter.store.schema import block, block_item, item_version
from newsletter.store.schema import item as item_table
from newsletter.store.schema import kept_version as table


@dataclass(frozen=True, kw_only=True)
class Changed:
    """An item of a block, as it was when it was put there, and as its source has it now."""

    block: BlockId
    item: ItemId
    pinned: int
    was: ItemVersion
    now: ItemVersion


def changed(tx: Tx, issue: IssueId, only: BlockId | None = None) -> list[Changed]:
    """What sources changed in the items of an issue, without what an editor has decided to keep as it was."""
    query = (
        select(
            block_item.c.block_id,
            block_item.c.item_id,
            block_item.c.item_version,
            item_table.c.latest,
        )
        .join(block, block.c.id == block_item.c.block_id)
        .join(item_table, item_table.c.id == block_item.c.item_id)
        .outerjoin(table, (table.c.block_id == block_item.c.block_id) & (table.c.item_id == block_item.c.item_id))
        .where(
            block.c.issue_id == issue,
            item_table.c.latest > block_item.c.item_version,
            item_table.c.latest > func.coalesce(table.c.version, 0),
        )
        .order_by(block_item.c.block_id, block_item.c.rank)
    )
    rows = tx.execute(query if only is None else query.where(block.c.id == only)).all()
    if not rows:
        return []
    wanted = {row.item_id for row in rows}
    versions = {
        (row.item_id, row.number): items.version_of(row, row.outlet)
        for row in tx.execute(select(item_version).where(item_version.c.item_id.in_(wanted)))
    }
    return [
        Changed(
            block=BlockId(row.block_id),
            item=ItemId(row.item_id),
            pinned=row.item_version,
            was=versions[row.item_id, row.item_version],
            now=versions[row.item_id, row.latest],
        )
        for row in rows
    ]


def keep(tx: Tx, one: BlockId, item: ItemId, version: int) -> None:
    """Remember that an editor saw this version of the source, and kept what the block has.

    Raises NotFound where the block does not hold the item.
    """
    held = select(block_item.c.item_id).where(block_item.c.block_id == one, block_item.c.item_id == item)
    if tx.execute(held).first() is None:
        raise NotFound(f"Block {one} holds no item {item}.", where="BLOCK")
    tx.execute(delete(table).where(table.c.block_id == one, table.c.item_id == item))
    tx.execute(insert(table).values(block_id=one, item_id=item, version=version))
