"""The pages behind items: what a shortcut leads to, and whole texts fetched on request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, and_, cast, insert, select, update

from newsletter.model.item import LINK_ONLY, ItemData, ItemId, Triage
from newsletter.model.publication import PublicationId
from newsletter.store import search
from newsletter.store.engine import Tx
from newsletter.store.schema import full_text, item, item_version, triage
from newsletter.store.upsert import upsert_into


@dataclass(frozen=True)
class FullText:
    """The whole text of an item as its page had it: clean HTML."""

    item: ItemId
    url: str
    html: str
    fetched_at: datetime


def link_only(tx: Tx, publication: PublicationId, most: int, *, since: datetime) -> dict[ItemId, str]:
    """Items that nobody has decided about and whose page has not been asked yet, with its address; the newest first."""
    rows = tx.execute(
        select(item.c.id, item_version.c.url)
        .join(item_version, and_(item_version.c.item_id == item.c.id, item_version.c.number == item.c.latest))
        .join(triage, and_(triage.c.item_id == item.c.id, triage.c.publication_id == publication))
        .where(item.c.first_seen >= since, triage.c.state == Triage.NEW.value)
        .where(cast(item.c.flags, Text).like(f'%"{LINK_ONLY}"%'))
        .order_by(item.c.id.desc())
        .limit(most)
    )
    return {ItemId(row.id): row.url for row in rows if row.url}


def enrich(tx: Tx, key: ItemId, found: ItemData, *, now: datetime) -> None:
    """Store what the page of an item says as a new version; what its source shows is compared as before."""
    number = tx.execute(select(item.c.latest).where(item.c.id == key).with_for_update()).scalar_one() + 1
    fields = ("title", "excerpt", "body", "url", "outlet", "author", "published", "language", "digest")
    values = {name: getattr(found, name) for name in fields}
    tx.execute(insert(item_version).values(item_id=key, number=number, seen_at=now, **values))
    told = {"latest": number, "flags": list(found.flags), "published": found.published, "language": found.language}
    tx.execute(update(item).where(item.c.id == key).values(told))
    search.keep(tx, [key])


def keep_text(tx: Tx, text: FullText) -> None:
    """Keep the whole text of an item, in the place of an earlier one."""
    values = {"url": text.url, "html": text.html, "fetched_at": text.fetched_at}
    statement = upsert_into(tx, full_text).values(item_id=text.item, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["item_id"], set_=values))


def text_of(tx: Tx, key: ItemId) -> FullText | None:
    """The whole text of an item, where somebody asked for it."""
    row = tx.execute(select(full_text).where(full_text.c.item_id == key)).first()
    return None if row is None else FullText(ItemId(row.item_id), row.url, row.html, row.fetched_at)
