"""What editors set of a theme: the values of its variables, for one newsletter."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table

from newsletter.store.schema.columns import Json, metadata

theme_look = Table(
    "theme_look",
    metadata,
    Column("publication_id", ForeignKey("publication.id"), primary_key=True),
    Column("theme", String(100), primary_key=True),
    Column("variables", Json, nullable=False),
)
