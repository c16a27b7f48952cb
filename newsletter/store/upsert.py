"""INSERT … ON CONFLICT, which SQLite and PostgreSQL both have and SQLAlchemy spells once for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sqlalchemy import Table

from newsletter.store.engine import Tx

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert


def upsert_into(tx: Tx, table: Table) -> Insert:
    """An INSERT that takes `on_conflict_do_update` and `on_conflict_do_nothing`, in the words of this database."""
    if tx.dialect.name == "sqlite":
        from sqlalchemy.dialects import sqlite

        return cast("Insert", sqlite.insert(table))
    from sqlalchemy.dialects import postgresql  # brings the words for five drivers, which SQLite need not wait for

    return postgresql.insert(table)
