"""Who did what at the desk, when and from where. Only added to; it outlives the people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, func, insert, not_, or_, select, type_coerce, update

from newsletter.model.deed import Deed, Via
from newsletter.model.publication import PublicationId
from newsletter.store.engine import Tx
from newsletter.store.schema import audit as table
from newsletter.store.turns import Turn, wait_for

AGAIN = timedelta(minutes=10)
"""The same deed of the same person is told once in this time: a page that saves by itself would drown the rest."""

MOST_COUNTED = 200
"""Lines an hour for one deed of strangers: an attacker with many addresses does not fill the disk."""
MANY = "many"
"""Who it was where there were more than that."""
STRANGER = "stranger"
"""In `detail`: nobody of the desk, whatever stands as their name. Somebody may really be called “many”."""


def add(
    tx: Tx,
    *,
    at: datetime,
    who: str,
    via: Via,
    deed: str,
    subject: str,
    address: str | None = None,
    publication: PublicationId | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Remember a deed, unless the same was remembered a moment ago."""
    values = {"who": who, "via": via, "deed": deed, "subject": subject[:500], "address": address}
    told = {**values, "publication_id": publication, "detail": dict(detail) if detail else None}
    same = [table.c[name] == value if value is not None else table.c[name].is_(None) for name, value in values.items()]
    query = select(table).where(table.c.at > at - AGAIN, *same).order_by(table.c.id.desc()).limit(1)
    last = tx.execute(query).first()
    if last is not None and (last.publication_id, last.detail) == (publication, told["detail"]):
        return
    tx.execute(insert(table).values(at=at, **told))


def count(
    tx: Tx, *, at: datetime, who: str, via: Via, deed: str, subject: str, address: str, stranger: bool = False
) -> None:
    """Remember what anybody can make happen as often as they like: once an hour for each who, what and where, with how
    often in `detail["times"]`. Past `MOST_COUNTED` lines in an hour the rest share one, without an address.
    """
    wait_for(tx, Turn.REFUSALS)
    within = _within_the_hour(at, deed)
    for one, place, marked in ((who, address, stranger), (MANY, None, True)):
        same = _same(one, subject, place, stranger=marked)
        row = tx.execute(select(table.c.id, table.c.detail).where(*within, *same).limit(1)).first()
        if row is not None:
            detail = {**(row.detail or {}), "times": int((row.detail or {}).get("times", 1)) + 1}
            tx.execute(update(table).where(table.c.id == row.id).values(detail=detail))
            return
        lines = tx.execute(select(func.count()).select_from(table).where(*within)).scalar_one()
        if lines < MOST_COUNTED or place is None:
            values = {"who": one, "via": via, "deed": deed, "subject": subject[:500], "address": place}
            tx.execute(
                insert(table).values(at=at, **values, detail={"times": 1, **({STRANGER: True} if marked else {})})
            )
            return


def is_told(tx: Tx, *, at: datetime, who: str, deed: str, subject: str, address: str, stranger: bool = False) -> bool:
    """Whether a line of this hour tells of it already, so that telling it again needs no write."""
    same = or_(_same(who, subject, address, stranger=stranger), _same(MANY, subject, None, stranger=True))
    return tx.execute(select(table.c.id).where(*_within_the_hour(at, deed), same).limit(1)).first() is not None


def _within_the_hour(at: datetime, deed: str) -> tuple[ColumnElement[bool], ...]:
    hour = at.replace(minute=0, second=0, microsecond=0)
    return table.c.at >= hour, table.c.at < hour + timedelta(hours=1), table.c.deed == deed


def _is_marked() -> ColumnElement[bool]:
    return func.coalesce(type_coerce(table.c.detail, Text), "").contains(f'"{STRANGER}"')


def _same(who: str, subject: str, address: str | None, *, stranger: bool) -> ColumnElement[bool]:
    marked = _is_marked()
    place = table.c.address.is_(None) if address is None else table.c.address == address
    return and_(table.c.who == who, table.c.subject == subject, place, marked if stranger else not_(marked))


def listing(
    tx: Tx,
    *,
    who: str | None = None,
    deed: str | None = None,
    words: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[Deed]:
    """Deeds, the latest first; `deed` is how it begins, `before` the number of the last one on the page before."""
    query = select(table).order_by(table.c.id.desc()).limit(limit)
    if who:
        query = query.where(table.c.who == who)
    if deed:
        query = query.where(table.c.deed.startswith(deed, autoescape=True))
    if words:
        texts = [table.c.deed, table.c.subject, table.c.address, type_coerce(table.c.detail, Text)]
        query = query.where(or_(*(text.icontains(words, autoescape=True) for text in texts)))
    if since:
        query = query.where(table.c.at >= since)
    if until:
        query = query.where(table.c.at < until)
    if before:
        query = query.where(table.c.id < before)
    return [_deed(row) for row in tx.execute(query)]


def people(tx: Tx) -> list[str]:
    """Everybody who did something, by name."""
    return list(tx.execute(select(table.c.who).distinct().order_by(table.c.who)).scalars())


def colleagues(tx: Tx) -> list[str]:
    """Everybody who did something at the desk or by the API, also those who have left."""
    theirs = (table.c.via != "cli", not_(_is_marked()))
    return list(tx.execute(select(table.c.who).where(*theirs).distinct()).scalars())


def _deed(row: Any) -> Deed:
    return Deed(
        id=row.id,
        at=row.at,
        who=row.who,
        via=row.via,
        deed=row.deed,
        subject=row.subject,
        address=row.address,
        publication=None if row.publication_id is None else PublicationId(row.publication_id),
        detail=row.detail or {},
    )
