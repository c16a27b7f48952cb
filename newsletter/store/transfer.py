"""A database copied into another one, SQLite or PostgreSQL: all of it in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Column, Integer, Table, func, insert, inspect, select, text

from newsletter.errors import Refused
from newsletter.store import archive_search, search
from newsletter.store.engine import Store, Tx
from newsletter.store.schema import block, gone_block, metadata

CHUNK = 2_000
"""Rows in memory at a time."""

_GONE = ((block, gone_block),)
"""Tables whose numbers are kept in another one when their rows go: SQLite has no sequence that would know them."""

Progress = Callable[[str, int], None]
"""Called with the name of a table and how many of its rows are copied."""


def copy(source: Store, target: Store, progress: Progress | None = None) -> dict[str, int]:
    """Copy every row of one moment, and the numbers that were given; how many rows each table has.

    Raises Refused where the target holds anything; then it is as it was.
    """
    counts: dict[str, int] = {}
    with _moment(source) as old, target.writing() as new:
        _refuse_rows(new)
        for table in metadata.sorted_tables:
            counts[table.name] = _copy_table(old, new, table, progress)
        for table in metadata.sorted_tables:
            _keep_numbers(old, new, table)
        search.fill(new)
        archive_search.fill(new)
    return counts


@contextmanager
def _moment(source: Store) -> Iterator[Tx]:
    """One consistent view, however long it takes."""
    if source.is_sqlite:
        with source.reading() as tx:
            yield tx
        return
    with source.engine.connect().execution_options(isolation_level="REPEATABLE READ") as tx, tx.begin():
        yield tx


def _refuse_rows(new: Tx) -> None:
    for table in metadata.sorted_tables:
        if new.execute(select(text("1")).select_from(table).limit(1)).first() is not None:
            raise Refused(
                f"The database to copy into is not empty: there are rows in “{table.name}”. Nothing was changed; name "
                "an empty one.",
                code="not-empty",
                where="URL",
            )


def _copy_table(old: Tx, new: Tx, table: Table, progress: Progress | None) -> int:
    count = 0
    rows = old.execute(select(table).execution_options(yield_per=CHUNK))
    adding = insert(table)
    for chunk in rows.mappings().partitions(CHUNK):
        new.execute(adding, [dict(row) for row in chunk])
        count += len(chunk)
        if progress is not None:
            progress(table.name, count)
    return count


def _keep_numbers(old: Tx, new: Tx, table: Table) -> None:
    """Numbers go on where they were: none is given twice, also of a row that is gone."""
    key = _counted(table)
    if key is None:
        return
    known = [key, *(one.c.id for of, one in _GONE if of is table)]
    held = [int(new.execute(select(func.max(one))).scalar() or 0) for one in known]
    last = max(_last_given(old, table, key), *held)
    if not last:
        return
    if new.dialect.name == "postgresql":
        new.execute(text("SELECT setval(pg_get_serial_sequence(:name, :key), :last)"), _named(table, key, last))
    elif table.dialect_options["sqlite"]["autoincrement"]:
        new.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        new.execute(
            text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), {"name": table.name, "last": last}
        )


def _counted(table: Table) -> Column[int] | None:
    keys = list(table.primary_key.columns)
    if len(keys) != 1 or not isinstance(keys[0].type, Integer) or table.autoincrement_column is not keys[0]:
        return None
    return keys[0]


def _last_given(old: Tx, table: Table, key: Column[int]) -> int:
    if old.dialect.name == "postgresql":
        query = text("SELECT pg_sequence_last_value(pg_get_serial_sequence(:name, :key)::regclass)")
        return int(old.execute(query, {"name": table.name, "key": key.name}).scalar() or 0)
    if not inspect(old).has_table("sqlite_sequence"):
        return 0
    return int(
        old.execute(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name}).scalar() or 0
    )


def _named(table: Table, key: Column[int], last: int) -> dict[str, object]:
    return {"name": table.name, "key": key.name, "last": last}
