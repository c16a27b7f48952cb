"""Full-text search over items: FTS5 on SQLite, a tsvector under GIN on PostgreSQL, the same words in both.

`item_search` holds a row for what was collected (its key is the item) and one for each publication whose editors
wrote over it (below zero). It is no table of the schema: SQLAlchemy knows neither kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import unescape

from sqlalchemy import BigInteger, ColumnElement, cast, literal_column, or_, select, table, text

from newsletter.model.item import ItemData, ItemId
from newsletter.model.publication import PublicationId
from newsletter.model.words import words
from newsletter.store.engine import Tx
from newsletter.store.schema import item, item_edit, item_version, source, triage

MOST = 12_000
"""Characters of an item whose words are kept: title and excerpt come first."""
MOST_WORDS = 12
"""Words of a question; the others are not looked at."""
_CHUNK = 1_000
_TAG = re.compile("<[^>]*>")


def create(tx: Tx) -> None:
    """Make the place for the words, where it is not there."""
    if tx.dialect.name == "sqlite":
        tx.exec_driver_sql(
            "CREATE VIRTUAL TABLE IF NOT EXISTS item_search USING fts5("
            "words, tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* Co M*'\")"
        )
    else:
        tx.exec_driver_sql(
            "CREATE TABLE IF NOT EXISTS item_search (key BIGINT NOT NULL PRIMARY KEY, words TSVECTOR NOT NULL)"
        )
        tx.exec_driver_sql("CREATE INDEX IF NOT EXISTS ix_item_search_words ON item_search USING gin (words)")


def fill(tx: Tx) -> int:
    """Find the words of every item that has none yet: after a migration, or a copy. How many there were."""
    ids = [ItemId(number) for number in tx.execute(_MISSING[tx.dialect.name]).scalars()]
    keep(tx, ids)
    edited = tx.execute(select(item_edit.c.publication_id, item_edit.c.item_id)).all() if ids else []
    for row in edited:
        keep_edit(tx, PublicationId(row.publication_id), ItemId(row.item_id))
    return len(ids)


def keep(tx: Tx, ids: Sequence[ItemId]) -> None:
    """Remember the words of these items as they are now. Bulk."""
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        found = tx.execute(
            select(
                item.c.id,
                item_version.c.title,
                item_version.c.excerpt,
                item_version.c.body,
                item_version.c.outlet,
                item_version.c.author,
            )
            .join(item_version, (item_version.c.item_id == item.c.id) & (item_version.c.number == item.c.latest))
            .where(item.c.id.in_(chunk))
        )
        _put(tx, [(row.id, _said(row.title, row.outlet, row.author, row.excerpt, row.body)) for row in found])


def keep_new(tx: Tx, found: Mapping[ItemId, ItemData]) -> None:
    """Remember the words of items that have just been stored: none of them has any yet. Bulk."""
    _insert(tx, [(key, _said(one.title, one.outlet, one.author, one.excerpt, one.body)) for key, one in found.items()])


def keep_edit(tx: Tx, publication: PublicationId, key: ItemId) -> None:
    """Remember the words that the editors of a publication wrote over an item; what was collected is found as well."""
    mine = -((publication << 32) | key)
    row = tx.execute(
        select(item_edit.c.title, item_edit.c.excerpt, item_edit.c.outlet).where(
            item_edit.c.publication_id == publication, item_edit.c.item_id == key
        )
    ).first()
    _put(tx, [(mine, _said(row.title, row.outlet, None, row.excerpt, None) if row else [])])


def _said(*texts: str | None) -> list[str]:
    joined = " ".join(unescape(_TAG.sub(" ", one)) for one in dict.fromkeys(texts) if one)
    return list(dict.fromkeys(words(joined[:MOST])))


def _put(tx: Tx, rows: Iterable[tuple[int, list[str]]]) -> None:
    given = list(rows)
    if not given:
        return
    tx.execute(_DELETE[tx.dialect.name], [{"key": number} for number, _ in given])
    _insert(tx, given)


def _insert(tx: Tx, given: Iterable[tuple[int, list[str]]]) -> None:
    full = [{"key": number, "words": " ".join(said)} for number, said in given if said]
    if full:
        tx.execute(_INSERT[tx.dialect.name], full)


_DELETE = {
    "sqlite": text("DELETE FROM item_search WHERE rowid = :key"),
    "postgresql": text("DELETE FROM item_search WHERE key = :key"),
}
_INSERT = {
    "sqlite": text("INSERT INTO item_search (rowid, words) VALUES (:key, :words)"),
    "postgresql": text(
        "INSERT INTO item_search (key, words) VALUES (:key, array_to_tsvector(string_to_array(:words, ' ')))"
    ),
}
_MISSING = {
    "sqlite": text("SELECT id FROM item WHERE id NOT IN (SELECT rowid FROM item_search) ORDER BY id"),
    "postgresql": text("SELECT id FROM item WHERE id NOT IN (SELECT key FROM item_search) ORDER BY id"),
}


def holds(tx: Tx, publication: PublicationId, question: str) -> list[ColumnElement[bool]]:
    """What a query over `triage` and `item` must meet, so that its items hold all words of a question.

    A word is found at the beginning of a word, also of the name of the source that an item is credited to. No
    condition for a question without words.
    """
    asked = list(dict.fromkeys(words(question)))[:MOST_WORDS]
    if not asked:
        return []
    of_source: dict[str, list[int]] = {word: [] for word in asked}
    for row in tx.execute(select(source.c.id, source.c.name, source.c.outlet)):
        said = words(f"{row.name} {row.outlet or ''}")
        for word in asked:
            if any(one.startswith(word) for one in said):
                of_source[word].append(row.id)
    plain = [word for word in asked if not of_source[word]]
    conditions = [_found(tx, publication, plain)] if plain else []
    for word in asked:
        if of_source[word]:
            conditions.append(or_(_found(tx, publication, [word]), item.c.source_id.in_(of_source[word])))
    return conditions


def _found(tx: Tx, publication: PublicationId, asked: Sequence[str]) -> ColumnElement[bool]:
    low = publication << 32  # what was written over items lies between -low - 2**32 and -low
    key: ColumnElement[int]
    if tx.dialect.name == "sqlite":
        key, matches = literal_column("rowid", BigInteger), literal_column("item_search").op("MATCH")
        found = matches(" AND ".join(f'"{word}"*' for word in asked))
    else:
        from sqlalchemy.dialects.postgresql import TSQUERY

        key = literal_column("key", BigInteger)
        found = literal_column("words").op("@@")(cast(" & ".join(f"'{word}':*" for word in asked), TSQUERY))
    every = select(key).select_from(table("item_search")).where(found)
    collected = every.where(key > 0)
    edited = every.with_only_columns(-key - low).where(key.between(-(low + 2**32), -low - 1))
    return or_(triage.c.item_id.in_(collected), triage.c.item_id.in_(edited))
