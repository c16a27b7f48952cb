"""Publications: the newsletters of the workspace."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, insert, select, update

from newsletter.errors import NewsletterError, NotFound
from newsletter.model.publication import Publication, PublicationId
from newsletter.store.engine import Tx
from newsletter.store.schema import issue, rendition
from newsletter.store.schema import publication as table


def _query() -> Select[Any]:
    first = select(func.min(table.c.id)).scalar_subquery()
    return select(table, (table.c.id == first).label("is_first"))


def _row(row: Any) -> Publication:
    values = dict(row._mapping)
    values["path"] = "" if values.pop("is_first") else f"/p/{values['slug']}"
    values["send_late_within"] = timedelta(seconds=values["send_late_within"])
    values["event_zones"] = tuple(values["event_zones"])
    values["outlets"] = tuple(values["outlets"])
    return Publication(**values)


def _columns(fields: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(fields)
    if "send_late_within" in values:
        values["send_late_within"] = int(values["send_late_within"].total_seconds())
    if "outlets" in values:
        values["outlets"] = list(values["outlets"])
    if "event_zones" in values:
        values["event_zones"] = list(values["event_zones"])
    return values


def slug_of(name: str) -> str:
    """A name in lower case ASCII letters, digits and hyphens; `newsletter` where nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "newsletter"


def add(tx: Tx, name: str, *, now: datetime, **fields: Any) -> Publication:
    """A new publication. Raises NewsletterError where one of that name is there already."""
    slug = slug_of(name)
    if tx.execute(select(table.c.id).where(table.c.slug == slug)).first():
        raise NewsletterError(f"There is a publication called “{name}” already.", code="exists", where="name")
    plain = Publication(id=PublicationId(0), name=name, slug=slug, created_at=now, **fields)
    values = _columns({key: value for key, value in vars(plain).items() if key not in ("id", "path")})
    key = tx.execute(insert(table).values(values)).inserted_primary_key
    assert key is not None
    return get(tx, PublicationId(key[0]))


def get(tx: Tx, publication: PublicationId) -> Publication:
    """One publication by its id."""
    row = tx.execute(_query().where(table.c.id == publication)).first()
    if row is None:
        raise NotFound(f"There is no publication {publication}.")
    return _row(row)


def listing(tx: Tx) -> list[Publication]:
    """All publications, the first one first."""
    return [_row(row) for row in tx.execute(_query().order_by(table.c.id))]


def find(tx: Tx, wanted: str | None) -> Publication:
    """The publication with this name, slug or id; without one, the workspace's first.

    Raises NotFound with the names there are.
    """
    all_of_them = listing(tx)
    if not all_of_them:
        raise NotFound("This workspace has no publication. Add one with: newsletter publication add NAME")
    if wanted is None:
        return all_of_them[0]
    for one in all_of_them:
        if wanted in (one.slug, str(one.id)) or wanted.casefold() == one.name.casefold():
            return one
    names = ", ".join(f"“{one.name}”" for one in all_of_them)
    raise NotFound(f"There is no publication “{wanted}”; there are: {names}.", where="--publication")


def change(tx: Tx, publication: PublicationId, fields: Mapping[str, Any]) -> Publication:
    """Set fields of a publication. The slug follows its name until readers may have seen it in a List-Id."""
    values = _columns(fields)
    if "name" in fields and not _is_known(tx, publication):
        slug = slug_of(fields["name"])
        taken = select(table.c.id).where(table.c.slug == slug, table.c.id != publication)
        if tx.execute(taken).first() is None:
            values["slug"] = slug
    if values:
        tx.execute(update(table).where(table.c.id == publication).values(values))
    return get(tx, publication)


def _is_known(tx: Tx, publication: PublicationId) -> bool:
    frozen = select(rendition.c.id).join(issue, issue.c.id == rendition.c.issue_id)
    return tx.execute(frozen.where(issue.c.publication_id == publication).limit(1)).first() is not None
