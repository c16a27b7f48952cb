"""UIDs that went into another event: what was merged once is not brought back by the next collection."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, insert, select, update

from newsletter.model.event import Event, EventId
from newsletter.store.engine import Tx
from newsletter.store.schema import event, event_publication
from newsletter.store.schema import event_alias as table

_CHUNK = 500  # names in one IN (…)


def targets(tx: Tx, uids: Sequence[str]) -> dict[str, EventId]:
    """The event that each of these UIDs went into; those that went into none are left out."""
    found: dict[str, EventId] = {}
    for at in range(0, len(uids), _CHUNK):
        query = select(table.c.uid, table.c.event_id).where(table.c.uid.in_(uids[at : at + _CHUNK]))
        found |= {row.uid: EventId(row.event_id) for row in tx.execute(query)}
    return found


def has_any(tx: Tx, into: EventId) -> bool:
    """Whether any event went into this one."""
    return tx.execute(select(table.c.uid).where(table.c.event_id == into).limit(1)).first() is not None


def absorb(tx: Tx, kept: Event, other: Event) -> None:
    """Let the other event go: its UID, and those that went into it before, now mean the one that is kept.

    The one that is kept appears in every publication in which the other did.
    """
    tx.execute(update(table).where(table.c.event_id == other.id).values(event_id=kept.id))
    tx.execute(insert(table).values(uid=other.data.uid, event_id=kept.id))
    shown = select(event_publication.c.publication_id).where(event_publication.c.event_id == kept.id)
    more = select(event_publication.c.publication_id).where(
        event_publication.c.event_id == other.id, event_publication.c.publication_id.not_in(shown)
    )
    rows = [{"event_id": kept.id, "publication_id": row.publication_id} for row in tx.execute(more)]
    if rows:
        tx.execute(insert(event_publication), rows)
    tx.execute(delete(event_publication).where(event_publication.c.event_id == other.id))
    tx.execute(delete(event).where(event.c.id == other.id))
