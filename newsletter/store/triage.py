"""How much of the queue is decided."""

from __future__ import annotations

from sqlalchemy import func, select

from newsletter.model.item import Triage
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
