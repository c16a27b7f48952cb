"""Opening a workspace's database: make the tables, or bring them to today's revision."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.exc import ProgrammingError

from newsletter.errors import NewsletterError
from newsletter.store import archive_search, items, search
from newsletter.store.engine import Store, Tx, first_line, open_engine
from newsletter.store.schema import metadata

HEAD = "0004"
"""The newest migration; a test compares it with the folder."""

_SCHEMA_LOCK = 7_061_001
"""The PostgreSQL advisory lock under which one process at a time makes or changes tables."""


def open_store(url: str, workspace: Path | None = None) -> Store:
    """Open the database and see that its tables are today's.

    Raises NewsletterError where it cannot be reached, or was written by a newer version of this program.
    """
    store = Store(open_engine(url, workspace))
    try:
        if _revision(store) != HEAD:
            _bring_up_to_date(store)
    except ProgrammingError as cause:  # an option in the URL that the driver does not know
        store.close()
        raise NewsletterError(
            f"The database cannot be used: {first_line(cause)}. Look at database.url.", code="database"
        ) from cause
    except BaseException:
        store.close()
        raise
    return store


def _revision(store: Store) -> str | None:
    with store.reading() as tx:
        return _revision_in(tx)


def _revision_in(tx: Tx) -> str | None:
    if not inspect(tx).has_table("alembic_version"):
        return None
    return tx.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _bring_up_to_date(store: Store) -> None:
    with store.writing() as tx:
        if not store.is_sqlite:
            tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SCHEMA_LOCK})
        revision = _revision_in(tx)  # another process may have been faster
        if revision == HEAD:
            return
        if revision is None and not inspect(tx).has_table("publication"):
            metadata.create_all(tx)
            search.create(tx)
            archive_search.create(tx)
            tx.execute(
                text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
            )
            tx.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})
            return
        _migrate(tx, revision)
        search.fill(tx)
        archive_search.fill(tx)
        items.summarise(tx)


def _migrate(tx: Tx, revision: str | None) -> None:
    from newsletter.store.migrations import known, upgrade

    if revision is not None and revision not in known():
        raise NewsletterError(
            f"The database was written by a newer version of this program (revision {revision}); update the program.",
            code="database",
        )
    upgrade(tx)
