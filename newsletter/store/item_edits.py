"""What editors wrote over an item: an overlay of their publication. What was collected stays below."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete

from newsletter.model.item import Item, ItemId
from newsletter.model.publication import PublicationId
from newsletter.store import items, search
from newsletter.store.engine import Tx
from newsletter.store.schema import item_edit
from newsletter.store.upsert import upsert_into


def lay(tx: Tx, publication: PublicationId, key: ItemId, fields: Mapping[str, Any], *, now: datetime) -> Item:
    """Lay words over an item: `title excerpt url outlet published`; none means as it was collected. Raises NotFound."""
    items.get(tx, publication, [key], now=now)
    values = {**fields, "changed_at": now}
    statement = upsert_into(tx, item_edit).values(publication_id=publication, item_id=key, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["publication_id", "item_id"], set_=values))
    columns = (item_edit.c.title, item_edit.c.excerpt, item_edit.c.url, item_edit.c.outlet, item_edit.c.published)
    bare = and_(*(column.is_(None) for column in columns))
    tx.execute(delete(item_edit).where(item_edit.c.publication_id == publication, item_edit.c.item_id == key, bare))
    search.keep_edit(tx, publication, key)
    return items.get(tx, publication, [key], now=now)[0]
