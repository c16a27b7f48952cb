"""The statements that move rows of the ledger: every move is one conditional UPDATE, built once and run for many rows.

Building them costs more than running them. What never varies is written into them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    String,
    UpdateBase,
    and_,
    any_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    update,
)
from sqlalchemy import column as of

from newsletter.model.delivery import DeliveryState
from newsletter.store.prepared import Prepared
from newsletter.store.schema import delivery as table
from newsletter.store.schema import issue as issues
from newsletter.store.schema import subscriber, subscription, suppression


def when_due(state: DeliveryState, now: datetime) -> list[ColumnElement[bool]]:
    """Who is queued is due whatever the clock says: it may have been set back since the issue began."""
    return [] if state is DeliveryState.QUEUED else [table.c.due_at <= now]


_OPEN_TO_US = (
    or_(
        table.c.state == literal_column("'queued'"),
        and_(
            table.c.state == literal_column("'deferred'"),
            table.c.due_at <= bindparam("moment", type_=table.c.due_at.type),
        ),
    ),
    exists().where(issues.c.id == bindparam("issue"), issues.c.state == literal_column("'sending'")),
)
_READER = subscriber.c.id == table.c.subscriber_id
SAID_YES = exists().where(
    subscription.c.publication_id
    == select(issues.c.publication_id).where(issues.c.id == bindparam("issue")).scalar_subquery(),
    subscription.c.subscriber_id == table.c.subscriber_id,
    subscription.c.status == literal_column("'confirmed'"),
)
SUPPRESSED = exists().where(and_(_READER, suppression.c.email_hash == subscriber.c.email_hash))


def _these(count: int | None) -> ColumnElement[bool]:
    if count is None:
        return table.c.id == any_(bindparam("ids", type_=ARRAY(table.c.id.type)))
    return table.c.id.in_([bindparam(f"id{number}", type_=table.c.id.type) for number in range(count)])


def _claiming(count: int | None) -> UpdateBase:
    return (
        update(table)
        .where(_these(count), *_OPEN_TO_US, SAID_YES, ~SUPPRESSED)
        .values(
            state=literal_column("'attempting'"),
            was=table.c.state,
            attempts=table.c.attempts + literal_column("1"),
            owner=bindparam("worker"),
            at=bindparam("moment", type_=table.c.at.type),
            message_id=bindparam("before", type_=String) + cast(table.c.id, String) + bindparam("after", type_=String),
        )
        .returning(table.c.id, table.c.subscriber_id, table.c.email, table.c.name, table.c.attempts, table.c.message_id)
    )


def _skipping(count: int | None) -> UpdateBase:
    return (
        update(table)
        .where(_these(count), *_OPEN_TO_US, or_(~SAID_YES, SUPPRESSED))
        .values(
            state=DeliveryState.SKIPPED.value,
            why=case((~exists().where(_READER), "erased"), (SUPPRESSED, "suppressed"), else_="unsubscribed"),
            at=bindparam("moment", type_=table.c.at.type),
        )
    )


_OF_EACH = {
    "which": table.c.id,
    "attempt": table.c.attempts,
    "to": table.c.state,
    "code": table.c.code,
    "reply": table.c.reply,
    "due": table.c.due_at,
}
"""What is given of each attempt that is closed, and the column that it is for."""


def _closing(count: int | None) -> UpdateBase:
    one: dict[str, ColumnElement[Any]] = {name: bindparam(name, type_=column.type) for name, column in _OF_EACH.items()}
    if count is None:
        arrays = [bindparam(name, type_=ARRAY(column.type)) for name, column in _OF_EACH.items()]
        columns = [of(name, column_.type) for name, column_ in _OF_EACH.items()]
        closed = func.unnest(*arrays).table_valued(*columns, name="closed").render_derived()
        one = dict(closed.c)
    return (
        update(table)
        .where(
            table.c.id == one["which"],
            table.c.attempts == one["attempt"],
            # not a list, which could not be used with executemany
            or_(table.c.state == literal_column("'attempting'"), table.c.state == literal_column("'uncertain'")),
        )
        .values(
            state=func.coalesce(one["to"], table.c.was, literal_column("'queued'")),
            code=one["code"],
            reply=one["reply"],
            due_at=func.coalesce(one["due"], table.c.due_at),
            at=bindparam("moment", type_=table.c.at.type),
            owner=null(),
        )
    )


CLAIM, SKIP, CLOSE = Prepared(_claiming), Prepared(_skipping), Prepared(_closing)
"""Take rows; pass over those whose readers may not be mailed any more; write down what became of an attempt."""
