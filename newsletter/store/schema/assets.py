"""Uploaded pictures: what is known of them. Their bytes are files of the workspace."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text, UniqueConstraint

from newsletter.store.schema.columns import Utc, metadata, of_publication, row_id

asset = Table(
    "asset",
    metadata,
    row_id(),
    of_publication(index=True),
    Column("name", String(64), nullable=False),
    Column("media_type", String(40), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("origin", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("created_at", Utc, nullable=False),
    UniqueConstraint("name"),
)
