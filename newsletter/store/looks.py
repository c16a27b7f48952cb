"""The values that editors gave to the variables of a theme, over those of its files."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, insert, select

from newsletter.model.publication import PublicationId
from newsletter.store.engine import Tx
from newsletter.store.schema import theme_look as table

Values = dict[str, str | int | float | bool]


def get(tx: Tx, publication: PublicationId, theme: str) -> Values:
    """The values of a theme in a newsletter; empty where nobody gave any."""
    found = tx.execute(
        select(table.c.variables).where(table.c.publication_id == publication, table.c.theme == theme)
    ).scalar()
    return dict(found or {})


def keep(tx: Tx, publication: PublicationId, theme: str, values: Mapping[str, str | int | float | bool]) -> None:
    """These values and no others."""
    tx.execute(delete(table).where(table.c.publication_id == publication, table.c.theme == theme))
    if values:
        tx.execute(insert(table).values(publication_id=publication, theme=theme, variables=dict(values)))
