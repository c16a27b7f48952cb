"""Uploaded pictures."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import insert, select

from newsletter.model.asset import Asset, AssetId
from newsletter.model.publication import PublicationId
from newsletter.store.engine import Tx
from newsletter.store.schema import asset as table


def add(tx: Tx, asset: Asset) -> Asset:
    """Keep what is known of a new picture; its id is given."""
    values = {name: value for name, value in vars(asset).items() if name not in ("id", "publication")} | {
        "publication_id": asset.publication
    }
    key = tx.execute(insert(table).values(values)).inserted_primary_key
    assert key is not None
    return replace(asset, id=AssetId(key[0]))


def named(tx: Tx, names: Collection[str]) -> dict[str, Asset]:
    """Those of these names that there are."""
    if not names:
        return {}
    rows = tx.execute(select(table).where(table.c.name.in_(sorted(set(names)))))
    return {row.name: _asset(row) for row in rows}


def latest(tx: Tx, publication: PublicationId, *, limit: int = 50) -> list[Asset]:
    """The pictures of a publication, the newest first."""
    query = select(table).where(table.c.publication_id == publication).order_by(table.c.id.desc()).limit(limit)
    return [_asset(row) for row in tx.execute(query)]


def _asset(row: Any) -> Asset:
    values = dict(row._mapping)
    return Asset(publication=PublicationId(values.pop("publication_id")), **values)
