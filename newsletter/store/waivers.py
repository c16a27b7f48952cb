"""Waivers: the warnings of an issue that its editors let pass. One of a block goes and returns with the block."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select

from newsletter.model.issue import BlockId, IssueId
from newsletter.model.waiver import Waiver
from newsletter.store.engine import Tx
from newsletter.store.schema import block
from newsletter.store.schema import gone_waiver as gone
from newsletter.store.schema import waiver as table


def listing(tx: Tx, issue: IssueId) -> list[Waiver]:
    """All waivers of an issue."""
    rows = tx.execute(select(table.c.code, table.c.block_id).where(table.c.issue_id == issue).order_by(table.c.id))
    return [Waiver(row.code, BlockId(row.block_id) if row.block_id is not None else None) for row in rows]


def add(tx: Tx, issue: IssueId, waivers: Sequence[Waiver], *, who: str, now: datetime) -> None:
    """Let these pass; what was waived already stays as it is."""
    known = set(listing(tx, issue))
    fresh = [one for one in dict.fromkeys(waivers) if one not in known]
    if fresh:
        tx.execute(
            insert(table),
            [{"issue_id": issue, "code": one.code, "block_id": one.block, "who": who, "at": now} for one in fresh],
        )


def remove(tx: Tx, issue: IssueId, waiver: Waiver) -> bool:
    """Warn of it again, without a block in all of them; whether it had been waived."""
    statement = delete(table).where(table.c.issue_id == issue, table.c.code == waiver.code)
    if waiver.block is not None:
        statement = statement.where(table.c.block_id == waiver.block)
    return bool(tx.execute(statement).rowcount)


def put_away(tx: Tx, blocks: Collection[BlockId]) -> None:
    """Keep the waivers of blocks that are about to go, for the day on which an undo brings one back."""
    theirs = table.c.block_id.in_(blocks)
    columns = ("issue_id", "block_id", "code", "who", "at")
    rows = select(*(table.c[name] for name in columns)).where(theirs).order_by(table.c.id)
    tx.execute(delete(gone).where(gone.c.block_id.in_(blocks)))
    tx.execute(insert(gone).from_select(columns, rows))


def bring_back(tx: Tx, issue: IssueId, blocks: Collection[BlockId]) -> None:
    """Blocks are there again under their numbers: so is what was let pass of them."""
    theirs = (gone.c.issue_id == issue, gone.c.block_id.in_(blocks), gone.c.block_id.in_(select(block.c.id)))
    columns = ("issue_id", "block_id", "code", "who", "at")
    tx.execute(insert(table).from_select(columns, select(*(gone.c[name] for name in columns)).where(*theirs)))
    tx.execute(delete(gone).where(*theirs))


def carry(tx: Tx, to: IssueId, blocks: Mapping[BlockId, BlockId]) -> None:
    """Keep the waivers of blocks that return in another issue, for their copies there."""
    if not blocks:
        return
    rows = tx.execute(select(table).where(table.c.block_id.in_(list(blocks))).order_by(table.c.id)).all()
    if rows:
        tx.execute(
            insert(table),
            [
                {
                    "issue_id": to,
                    "code": row.code,
                    "block_id": blocks[BlockId(row.block_id)],
                    "who": row.who,
                    "at": row.at,
                }
                for row in rows
            ],
        )
