"""How much of the queue is decided."""

from __future__ import annotations

from sqlalchemy import func, select

from newsletter.model.item import ItemId, Triage
from newsletter.model.publication import PublicationId
from newsletter.store.engine import Tx
from newsletter.store.schema import triage


def counts(tx: Tx, publication: PublicationId) -> dict[Triage, int]:
    """The number of items in each state, the empty ones too."""
    rows = tx.execute(
        select(triage.c.state, func.count()).where(triage.c.publication_id == publication).group_by(triage.c.state)
    )
    found = {Triage(state): int(number) for state, number in rows}
    return {state: found.get(state, 0) for state in Triage}


def picked(tx: Tx, publication: PublicationId) -> set[ItemId]:
    """The items that are picked, whether an issue has them already or not."""
    rows = tx.execute(
        select(triage.c.item_id).where(triage.c.publication_id == publication, triage.c.state == Triage.PICKED.value)
    )
    return {ItemId(row.item_id) for row in rows}
