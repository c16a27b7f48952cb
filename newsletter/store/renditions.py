"""Renditions: what sending and audit read. Written once, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select

from newsletter.errors import NotFound
from newsletter.model.issue import IssueId, RenditionId
from newsletter.model.personal import Place
from newsletter.model.rendition import Link, Rendition, RenditionData
from newsletter.store import archive_search
from newsletter.store.engine import Tx
from newsletter.store.schema import link as link_table
from newsletter.store.schema import rendition as table

_FROZEN = (
    "variant",
    "subject",
    "sender",
    "reply_to",
    "list_id",
    "html",
    "text",
    "base_url",
    "nonce",
    "day",
    "note",
    "checksum",
)


def add(tx: Tx, issue: IssueId, data: RenditionData, now: datetime) -> Rendition:
    """Freeze what an issue was rendered to, with its numbered links, and give it back with its id."""
    values = {name: getattr(data, name) for name in _FROZEN}
    values["personal"] = [[one.kind, one.expression, list(one.unless)] for one in data.personal]
    key = tx.execute(insert(table).values(issue_id=issue, created_at=now, **values)).inserted_primary_key
    assert key is not None
    archive_search.keep(tx, RenditionId(key[0]), data.subject, data.text)
    if data.links:
        tx.execute(
            insert(link_table),
            [{"rendition_id": key[0], "number": one.number, "target": one.target} for one in data.links],
        )
    return get(tx, RenditionId(key[0]))


def get(tx: Tx, rendition: RenditionId) -> Rendition:
    """One rendition with its links. Raises NotFound."""
    row = tx.execute(select(table).where(table.c.id == rendition)).first()
    if row is None:
        raise NotFound(f"There is no rendition {rendition}.")
    links = tx.execute(
        select(link_table.c.number, link_table.c.target)
        .where(link_table.c.rendition_id == rendition)
        .order_by(link_table.c.number)
    )
    return _rendition(row, tuple(Link(number, target) for number, target in links))


def of_issue(tx: Tx, issue: IssueId) -> list[Rendition]:
    """All renditions of an issue, the oldest first."""
    links: dict[int, list[Link]] = {}
    for rendition, number, target in tx.execute(
        select(link_table.c.rendition_id, link_table.c.number, link_table.c.target)
        .join(table, table.c.id == link_table.c.rendition_id)
        .where(table.c.issue_id == issue)
        .order_by(link_table.c.rendition_id, link_table.c.number)
    ):
        links.setdefault(rendition, []).append(Link(number, target))
    rows = tx.execute(select(table).where(table.c.issue_id == issue).order_by(table.c.id))
    return [_rendition(row, tuple(links.get(row.id, ()))) for row in rows]


def _rendition(row: Row[Any], links: tuple[Link, ...]) -> Rendition:
    values = {name: getattr(row, name) for name in _FROZEN if name != "checksum"}
    personal = tuple(Place(kind, expression, tuple(unless)) for kind, expression, unless in row.personal)
    return Rendition(
        id=RenditionId(row.id),
        issue=IssueId(row.issue_id),
        data=RenditionData(links=links, personal=personal, **values),
        created_at=row.created_at,
    )
