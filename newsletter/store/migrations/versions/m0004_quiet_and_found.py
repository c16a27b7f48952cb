"""When a feed asks to be left alone; and the words of what was sent, for the archive."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Only new tables and new columns: SQLite would rebuild a table for more, and with it lose what refers to it."""
    op.add_column("source", sa.Column("quiet", sa.Text(), nullable=True))
    _create_search(op.get_bind())


def _create_search(connection: sa.Connection) -> None:
    """The words themselves are found when the store is opened."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(
            "CREATE VIRTUAL TABLE IF NOT EXISTS rendition_search USING fts5("
            "subject, words, tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* Co M*'\")"
        )
    else:
        connection.exec_driver_sql(
            "CREATE TABLE IF NOT EXISTS rendition_search "
            "(key BIGINT NOT NULL PRIMARY KEY, subject TSVECTOR NOT NULL, words TSVECTOR NOT NULL)"
        )
        connection.exec_driver_sql(
            "CREATE INDEX IF NOT EXISTS ix_rendition_search_words ON rendition_search USING gin (words)"
        )
