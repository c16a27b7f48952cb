"""A fresh schema equals a migrated one, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from newsletter.errors import NewsletterError
from newsletter.store.engine import Store, open_engine
from newsletter.store.migrations import known, upgrade
from newsletter.store.opening import HEAD, open_store
from newsletter.store.schema import metadata


def differences(store: Store) -> list[object]:
    with store.reading() as tx:
        options = {"compare_type": True, "compare_server_default": True, "include_object": is_of_the_schema}
        return list(compare_metadata(MigrationContext.configure(tx, opts=options), metadata))


def is_of_the_schema(_object: object, name: str | None, kind: str, *_: object) -> bool:
    """Full-text search has tables of its own kind on each database."""
    return kind != "table" or not (name or "").startswith(("item_search", "rendition_search"))


def test_a_migrated_database_equals_a_fresh_one(empty_database_url: str) -> None:
    migrated = Store(open_engine(empty_database_url))
    with migrated.writing() as tx:
        upgrade(tx)
    assert differences(migrated) == []
    migrated.close()
    reopened = open_store(empty_database_url)
    assert differences(reopened) == []
    reopened.close()


def test_the_newest_migration_is_the_one_that_opening_expects() -> None:
    assert max(known()) == HEAD


def test_a_database_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'newer.db'}"
    store = open_store(url)
    with store.writing() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(NewsletterError, match="newer version"):
        open_store(url)
