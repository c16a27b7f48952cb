"""Full-text search over what was frozen to be sent, for the archive: words and their beginnings, as in `search`.

`rendition_search` is no table of the schema: SQLAlchemy knows neither FTS5 nor a tsvector. Its key is the rendition.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, ColumnElement, cast, false, literal_column, select, table, text

from newsletter.model.issue import RenditionId
from newsletter.model.words import words
from newsletter.store.engine import Tx
from newsletter.store.schema import rendition
from newsletter.store.search import MOST_WORDS

MOST = 200_000
"""Characters of a text whose words are kept; no mail that arrives whole is longer."""
_CHUNK = 200


def create(tx: Tx) -> None:
    """Make the place for the words, where it is not there."""
    if tx.dialect.name == "sqlite":
        tx.exec_driver_sql(
            "CREATE VIRTUAL TABLE IF NOT EXISTS rendition_search USING fts5("
            "subject, words, tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* Co M*'\")"
        )
    else:
        tx.exec_driver_sql(
            "CREATE TABLE IF NOT EXISTS rendition_search "
            "(key BIGINT NOT NULL PRIMARY KEY, subject TSVECTOR NOT NULL, words TSVECTOR NOT NULL)"
        )
        tx.exec_driver_sql("CREATE INDEX IF NOT EXISTS ix_rendition_search_words ON rendition_search USING gin (words)")


def fill(tx: Tx) -> int:
    """Find the words of every rendition that has none yet: after a migration, or a copy. How many there were."""
    missing = list(tx.execute(_MISSING[tx.dialect.name]).scalars())
    for start in range(0, len(missing), _CHUNK):
        chunk = rendition.c.id.in_(missing[start : start + _CHUNK])
        for row in tx.execute(select(rendition.c.id, rendition.c.subject, rendition.c.text).where(chunk)).all():
            keep(tx, RenditionId(row.id), row.subject, row.text)
    return len(missing)


def keep(tx: Tx, key: RenditionId, subject: str, said: str) -> None:
    """Remember the words of a rendition."""
    named = list(dict.fromkeys(words(subject)))
    whole = list(dict.fromkeys([*named, *words(said[:MOST])]))
    row = {"key": key, "subject": " ".join(named), "words": " ".join(whole)}
    tx.execute(_DELETE[tx.dialect.name], {"key": key})
    tx.execute(_INSERT[tx.dialect.name], row)


_DELETE = {
    "sqlite": text("DELETE FROM rendition_search WHERE rowid = :key"),
    "postgresql": text("DELETE FROM rendition_search WHERE key = :key"),
}
_INSERT = {
    "sqlite": text("INSERT INTO rendition_search (rowid, subject, words) VALUES (:key, :subject, :words)"),
    "postgresql": text(
        "INSERT INTO rendition_search (key, subject, words) VALUES (:key, "
        "array_to_tsvector(array_remove(string_to_array(:subject, ' '), '')), "
        "array_to_tsvector(array_remove(string_to_array(:words, ' '), '')))"
    ),
}
_MISSING = {
    "sqlite": text("SELECT id FROM rendition WHERE id NOT IN (SELECT rowid FROM rendition_search) ORDER BY id"),
    "postgresql": text("SELECT id FROM rendition WHERE id NOT IN (SELECT key FROM rendition_search) ORDER BY id"),
}


def holds(tx: Tx, shown: ColumnElement[int], question: str) -> ColumnElement[bool] | None:
    """What a query must meet, so that the rendition `shown` holds all words of a question, at a word's beginning.

    None for an empty question; nothing meets one that has signs and no words.
    """
    return _found(tx, shown, question, "words")


def is_about(tx: Tx, shown: ColumnElement[int], question: str) -> ColumnElement[bool] | None:
    """Whether all these words stand in its subject."""
    return _found(tx, shown, question, "subject")


def _found(tx: Tx, shown: ColumnElement[int], question: str, where: str) -> ColumnElement[bool] | None:
    asked = list(dict.fromkeys(words(question)))[:MOST_WORDS]
    if not asked:
        return false() if question.strip() else None
    key: ColumnElement[int]
    if tx.dialect.name == "sqlite":
        key = literal_column("rowid", BigInteger)
        wanted = " AND ".join(f'{where} : "{word}"*' for word in asked)
        found = literal_column("rendition_search").op("MATCH")(wanted)
    else:
        from sqlalchemy.dialects.postgresql import TSQUERY

        key = literal_column("key", BigInteger)
        found = literal_column(where).op("@@")(cast(" & ".join(f"'{word}':*" for word in asked), TSQUERY))
    return shown.in_(select(key).select_from(table("rendition_search")).where(found))
