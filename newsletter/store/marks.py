"""What the machine remembers of itself by name: when it was last seen, when it was restored, what is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from newsletter.store.engine import Tx
from newsletter.store.schema import mark


@dataclass(frozen=True)
class Mark:
    """A moment (UTC) and a few words."""

    at: datetime
    text: str


def get(tx: Tx, name: str) -> Mark | None:
    """The mark of this name, where it was set."""
    row = tx.execute(select(mark).where(mark.c.name == name)).first()
    return None if row is None else Mark(row.at, row.text)


def put(tx: Tx, name: str, at: datetime, text: str = "") -> None:
    """Set a mark, in place of the one of this name."""
    if tx.execute(update(mark).where(mark.c.name == name).values(at=at, text=text)).rowcount == 0:
        tx.execute(insert(mark).values(name=name, at=at, text=text))


def drop(tx: Tx, name: str) -> bool:
    """Forget a mark; whether it was set."""
    return bool(tx.execute(delete(mark).where(mark.c.name == name)).rowcount)
