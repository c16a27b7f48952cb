"""The report of each run of collecting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from newsletter.model.publication import PublicationId
from newsletter.store.engine import Tx
from newsletter.store.schema import collection

KEPT = 500
"""Runs of a publication; older reports go."""


@dataclass(frozen=True)
class Run:
    """One run of collecting. `report`: what `collect --json` printed."""

    started_at: datetime
    finished_at: datetime
    report: dict[str, Any]


def keep(tx: Tx, publication: PublicationId, run: Run) -> None:
    """Keep the report of a run."""
    values = {"started_at": run.started_at, "finished_at": run.finished_at, "report": run.report}
    tx.execute(insert(collection).values(publication_id=publication, **values))
    mine = collection.c.publication_id == publication
    newest = select(collection.c.id).where(mine).order_by(collection.c.id.desc()).limit(1).offset(KEPT)
    tx.execute(delete(collection).where(mine, collection.c.id <= newest.scalar_subquery()))


def listing(tx: Tx, publication: PublicationId, limit: int = 20) -> list[Run]:
    """The latest runs, the newest first."""
    rows = tx.execute(
        select(collection)
        .where(collection.c.publication_id == publication)
        .order_by(collection.c.id.desc())
        .limit(limit)
    )
    return [Run(row.started_at, row.finished_at, row.report) for row in rows]
