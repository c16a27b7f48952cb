"""Statements that run thousands of times a second: compiled once, handed to the driver as text.

SQLAlchemy's way from a statement to the driver costs several times what the database needs for the few rows of one
commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import UpdateBase
from sqlalchemy.exc import DatabaseError, OperationalError

from newsletter.store.engine import Tx

_Process = Callable[[Any], Any]


class _Text:
    """One statement as one driver wants it."""

    def __init__(self, tx: Tx, statement: UpdateBase) -> None:
        compiled = statement.compile(dialect=tx.dialect)
        self.sql = str(compiled)
        self._by_place = bool(compiled.positional)
        self._steps: list[tuple[str, _Process | None, Any]] = []
        for name in (
            compiled.positiontup if compiled.positional and compiled.positiontup is not None else compiled.binds
        ):
            process = compiled.binds[name].type.dialect_impl(tx.dialect).bind_processor(tx.dialect)
            own = compiled.binds[name].effective_value
            self._steps.append((name, process, process(own) if process and own is not None else own))

    def parameters(self, values: Mapping[str, Any], seen: dict[int, Any]) -> Any:
        """What the driver takes: by place, or by name. Values that are not given are those of the statement.

        `seen` keeps what was made of each object: the rows of one commit share their moment.
        """
        found = []
        for name, process, own in self._steps:
            if name not in values:
                found.append(own)
                continue
            value = values[name]
            if process is not None and value is not None:
                key = id(value)
                if key not in seen:
                    seen[key] = process(value)
                value = seen[key]
            found.append(value)
        if self._by_place:
            return tuple(found)
        return {step[0]: value for step, value in zip(self._steps, found, strict=True)}


class Prepared:
    """An UPDATE with named parameters, over many rows.

    `build` makes it for so many ids, named `id0`, `id1`, … in it; or for none, where the database takes arrays: then
    they come as one, `ids`, and there is one statement to prepare whatever their count.
    """

    def __init__(self, build: Callable[[int | None], UpdateBase]) -> None:
        self._build = build
        self._texts: dict[tuple[str, int | None], _Text] = {}

    def run(self, tx: Tx, ids: Sequence[int], values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Once, for these ids; the rows that it returns."""
        if _takes_arrays(tx):
            return self._run_with_arrays(tx, {**values, "ids": list(ids)})
        text = self._text(tx, len(ids))
        given = text.parameters({**values, **{f"id{number}": id_ for number, id_ in enumerate(ids)}}, {})
        with _cursor(tx, text.sql) as cursor:
            cursor.execute(text.sql, given)
            return cursor.fetchall() if cursor.description else []

    def run_many(self, tx: Tx, rows: Sequence[Mapping[str, Any]], values: Mapping[str, Any]) -> None:
        """Once for each of these rows, which all have the same names; `values` are those of all of them.

        Where the database takes arrays, each name of the rows is one.
        """
        if _takes_arrays(tx):
            self._run_with_arrays(tx, {**values, **{name: [row[name] for row in rows] for name in rows[0]}})
            return
        text = self._text(tx, 0)
        seen: dict[int, Any] = {}
        with _cursor(tx, text.sql) as cursor:
            cursor.executemany(text.sql, [text.parameters({**values, **row}, seen) for row in rows])

    def _run_with_arrays(self, tx: Tx, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        text = self._text(tx, None)
        with _cursor(tx, text.sql) as cursor:
            cursor.execute(text.sql, text.parameters(values, {}), prepare=True)
            return cursor.fetchall() if cursor.description else []

    def _text(self, tx: Tx, length: int | None) -> _Text:
        key = (tx.dialect.name, length)
        found = self._texts.get(key)
        if found is None:
            found = self._texts[key] = _Text(tx, self._build(length))
        return found


def _takes_arrays(tx: Tx) -> bool:
    return tx.dialect.name == "postgresql"


@contextmanager
def _cursor(tx: Tx, sql: str) -> Iterator[Any]:
    """The driver's own; its failures are told as those of all other statements are."""
    assert tx.in_transaction()
    dbapi = tx.dialect.loaded_dbapi
    cursor = tx.connection.cursor()
    try:
        yield cursor
    except dbapi.OperationalError as cause:
        raise OperationalError(sql, None, cause) from cause
    except dbapi.DatabaseError as cause:
        raise DatabaseError(sql, None, cause) from cause
    finally:
        cursor.close()
