"""What became of what a source brought: how much is there, how much was picked, how much was sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, or_, select

from newsletter.model.item import Triage
from newsletter.model.publication import PublicationId
from newsletter.model.source import Source, SourceId
from newsletter.store import sources
from newsletter.store.engine import Tx
from newsletter.store.schema import block, block_item, issue, item, item_edit, item_version, triage

_SENT = ("sending", "paused", "sent")


@dataclass(frozen=True, kw_only=True)
class Use:
    """The items of one source in one publication."""

    items: int = 0
    picked: int = 0
    """Picked now."""
    sent: int = 0
    """In an issue that went out, or is going out."""
    used: int = 0
    """Picked or sent: an item may be both."""
    newest: str = ""
    """The title of the one that came last."""
    newest_at: datetime | None = None


NO_USE = Use()


def by_source(tx: Tx, publication: PublicationId) -> dict[SourceId, Use]:
    """How the items of each source are used; a source without items is not in it."""
    picked = func.sum(case((triage.c.state == Triage.PICKED.value, 1), else_=0))
    out = (
        select(block_item.c.item_id)
        .join(block, block.c.id == block_item.c.block_id)
        .join(issue, issue.c.id == block.c.issue_id)
        .where(issue.c.publication_id == publication, issue.c.state.in_(_SENT))
    )
    sent = func.sum(case((item.c.id.in_(out), 1), else_=0))
    used = func.sum(case((or_(triage.c.state == Triage.PICKED.value, item.c.id.in_(out)), 1), else_=0))
    mine = and_(triage.c.item_id == item.c.id, triage.c.publication_id == publication)
    counted = tx.execute(
        select(item.c.source_id, func.count(), picked, sent, used, func.max(item.c.id))
        .join(triage, mine)
        .where(item.c.source_id.is_not(None))
        .group_by(item.c.source_id)
    ).all()
    edit = and_(item_edit.c.item_id == item.c.id, item_edit.c.publication_id == publication)
    titles = (
        select(item.c.id, item.c.first_seen, func.coalesce(item_edit.c.title, item_version.c.title).label("title"))
        .join(item_version, and_(item_version.c.item_id == item.c.id, item_version.c.number == item.c.latest))
        .outerjoin(item_edit, edit)
        .where(item.c.id.in_([newest for *_, newest in counted]))
    )
    newest = {row.id: row for row in tx.execute(titles)} if counted else {}
    return {
        SourceId(key): Use(
            items=int(count),
            picked=int(chosen),
            sent=int(gone_out),
            used=int(either),
            newest=newest[last].title,
            newest_at=newest[last].first_seen,
        )
        for key, count, chosen, gone_out, either, last in counted
    }


def dead_sources(tx: Tx, publication: PublicationId, now: datetime) -> list[Source]:
    """The sources that have given nothing for a week, though they were asked; not those that were switched off."""
    return [one for one in sources.listing(tx, publication) if one.active and one.is_dead(now)]
