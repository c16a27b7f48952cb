"""How much an SMTP server may still take. Kept in rows, so that a restart forgets nothing and issues share it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select, update

from newsletter.store.engine import Tx
from newsletter.store.schema import server_use as table
from newsletter.store.upsert import upsert_into

_SOON = timedelta(milliseconds=20)


def take(tx: Tx, server: str, limits: Mapping[int, int], wanted: int, *, now: datetime) -> tuple[int, datetime]:
    """Take up to so many messages from what is left; how many, and when to ask again where it were fewer.

    `limits`: seconds of a span and how many may go out in any such span. What went out in the span before counts by
    the part of it that still lies within the last so many seconds.
    """
    granted, again = wanted, now
    short: set[int] = set()
    rows: list[tuple[int, datetime, int, int]] = []
    for span, limit in sorted(limits.items()):
        began, used, before = _current(tx, server, span, now)
        passed = min(max((now - began).total_seconds(), 0.0) / span, 1.0)
        left = max(0, int(limit - used - before * (1 - passed) + 1e-6))
        if left < wanted:
            short.add(span)
        granted = min(granted, left)
        rows.append((span, began, used, before))
    if granted:
        for span, began, used, before in rows:
            tx.execute(
                update(table)
                .where(table.c.server == server, table.c.span == span)
                .values(began=began, used=used + granted, before=before)
            )
    for span, began, used, before in rows:
        if span in short:
            again = max(again, now + _SOON, _again(began, span, limits[span], used + granted, before))
    return granted, again


def _current(tx: Tx, server: str, span: int, now: datetime) -> tuple[datetime, int, int]:
    where = (table.c.server == server, table.c.span == span)
    row = tx.execute(select(table.c.began, table.c.used, table.c.before).where(*where).with_for_update()).first()
    if row is None:
        values = {"server": server, "span": span, "began": now, "used": 0, "before": 0}
        tx.execute(upsert_into(tx, table).values(values).on_conflict_do_nothing())
        row = tx.execute(select(table.c.began, table.c.used, table.c.before).where(*where).with_for_update()).one()
    spans = int((now - row.began).total_seconds() // span)
    if spans <= 0:
        return row.began, row.used, row.before
    return row.began + timedelta(seconds=spans * span), 0, row.used if spans == 1 else 0


def _again(began: datetime, span: int, limit: int, used: int, before: int) -> datetime:
    """When one more may go out."""
    if used >= limit:  # this span is full; in the next one it fades
        return began + timedelta(seconds=span * (1 + 1 / max(used, 1)))
    share = 1 - (limit - used - 1) / before if before else 0.0
    return began + timedelta(seconds=span * min(max(share, 0.0), 1.0))
