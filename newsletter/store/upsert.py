"""INSERT … ON CONFLICT, which SQLite and PostgreSQL both have and SQLAlchemy spells once for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from newsletter.store.engine import Tx

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert


def upsert_into(tx: Tx, table: Table) -> Insert:
    """An INSERT that takes `on_conflict_do_update` and `on_conflict_do_nothing`, in the words of this database."""
    if tx.dialect.name == "sqlite":
        return cast("Insert", sqlite.insert(table))
    return postgresql.insert(table)
