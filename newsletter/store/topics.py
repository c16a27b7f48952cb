"""What public issues are about: tags of their blocks, names of their sections, and what stands under each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, literal, or_, select

from newsletter.model.issue import BlockId, BlockKind, IssueId
from newsletter.model.publication import PublicationId
from newsletter.store.archive import is_public
from newsletter.store.engine import Tx
from newsletter.store.schema import block, section
from newsletter.store.schema import issue as table

_TOLD = (BlockKind.ITEM.value, BlockKind.TEXT.value)


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A block of a public issue."""

    block: BlockId
    issue: IssueId
    number: int
    at: datetime
    """When the issue began to go out (UTC)."""


def tags(tx: Tx, publication: PublicationId) -> list[tuple[str, int]]:
    """The tags of the blocks of public issues as they are kept, and on how many blocks each of these texts is."""
    rows = tx.execute(
        select(block.c.tags, func.count())
        .join(table, table.c.id == block.c.issue_id)
        .where(*is_public(publication), block.c.tags.is_not(None), block.c.kind.in_(_TOLD))
        .group_by(block.c.tags)
    )
    return [(row[0], row[1]) for row in rows]


def sections(tx: Tx, publication: PublicationId) -> list[tuple[str, int]]:
    """The names of the sections of public issues, and how many blocks stand under each."""
    rows = tx.execute(
        select(section.c.name, func.count())
        .join(table, table.c.id == section.c.issue_id)
        .join(block, block.c.section_id == section.c.id)
        .where(*is_public(publication), section.c.name != "", block.c.kind.in_(_TOLD))
        .group_by(section.c.name)
    )
    return [(row[0], row[1]) for row in rows]


def under_tag(tx: Tx, publication: PublicationId, names: Collection[str], *, limit: int, offset: int) -> list[Placed]:
    """Blocks that bear one of these tags, exactly so written; those of the newest issue first, in its order."""
    kept = literal(", ").concat(block.c.tags).concat(", ")
    borne = or_(*(kept.contains(f", {name}, ", autoescape=True) for name in names))
    return _placed(tx, publication, borne, limit, offset)


def under_section(
    tx: Tx, publication: PublicationId, names: Collection[str], *, limit: int, offset: int
) -> list[Placed]:
    """Blocks in sections of one of these names; those of the newest issue first, in its order."""
    return _placed(tx, publication, section.c.name.in_(list(names)), limit, offset)


def _placed(tx: Tx, publication: PublicationId, wanted: ColumnElement[bool], limit: int, offset: int) -> list[Placed]:
    rows = tx.execute(
        select(block.c.id, block.c.issue_id, table.c.number, table.c.sending_at, table.c.created_at)
        .join(table, table.c.id == block.c.issue_id)
        .join(section, section.c.id == block.c.section_id)
        .where(*is_public(publication), wanted, block.c.kind.in_(_TOLD))
        .order_by(table.c.number.desc(), section.c.rank, block.c.rank, block.c.id)
        .limit(limit)
        .offset(offset)
    )
    return [
        Placed(
            block=BlockId(row.id), issue=IssueId(row.issue_id), number=row.number, at=row.sending_at or row.created_at
        )
        for row in rows
    ]
