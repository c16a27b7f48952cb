"""Waivers: the warnings of an issue that its editors let pass. One of a block goes and returns with the block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select

from newsletter.model.issue import BlockId, IssueId
from newsletter.model.waiver import Waiver
from newsletter.store.engine import Tx
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
