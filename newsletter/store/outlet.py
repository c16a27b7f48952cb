"""What an item shows: the editors' words, else its own, else those of its source."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import case, func

from newsletter.model.item import ItemVersion
from newsletter.model.source import SourceKind
from newsletter.store.schema import item_edit, item_version, source

OUTLET = func.coalesce(
    item_version.c.outlet, source.c.outlet, case((source.c.kind == SourceKind.FEED.value, source.c.name))
)
"""As the item says, else its source; the name of a folder credits nobody."""

OVERLAID = (
    func.coalesce(item_edit.c.title, item_version.c.title).label("shown_title"),
    func.coalesce(item_edit.c.excerpt, item_version.c.excerpt).label("shown_excerpt"),
    func.coalesce(item_edit.c.url, item_version.c.url).label("shown_url"),
    func.coalesce(item_edit.c.outlet, OUTLET).label("shown_outlet"),
    func.coalesce(item_edit.c.published, item_version.c.published).label("shown_published"),
    item_edit.c.changed_at.label("edited_at"),
)
"""For queries that join `item_version`, `source` and `item_edit`."""


def overlaid(version: ItemVersion, row: Any) -> ItemVersion:
    """A version with what a row with `OVERLAID` shows instead."""
    return replace(
        version,
        title=row.shown_title,
        excerpt=row.shown_excerpt,
        url=row.shown_url or None,
        outlet=row.shown_outlet or None,
        published=row.shown_published,
    )
