"""The audience of an issue is frozen: its readers at the cut-off become rows of the ledger."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, insert, literal, select, text, update

from newsletter.model.delivery import DeliveryState
from newsletter.model.issue import IssueId, IssueState
from newsletter.model.publication import PublicationId
from newsletter.model.subscriber import Consent
from newsletter.store.engine import Tx
from newsletter.store.schema import delivery as table
from newsletter.store.schema import issue as issues
from newsletter.store.schema import subscriber, subscription, suppression


def cut_off(tx: Tx, publication: PublicationId, now: datetime) -> datetime:
    """The moment that decides who is in an issue that starts now: everyone who has said yes, and nobody later.

    Clocks of two machines differ, and a rehearsal starts its clock anew: whose yes is in the table came before.
    """
    said = select(func.max(func.coalesce(subscription.c.confirmed_at, subscription.c.changed_at))).where(
        subscription.c.publication_id == publication, subscription.c.status == Consent.CONFIRMED.value
    )
    latest = tx.execute(said).scalar()
    return now if latest is None else max(now, latest)


def _has(issue: int) -> ColumnElement[bool]:
    """Whether a reader has an earlier issue: it was sent, or a person said so."""
    first = table.alias("first")
    return exists().where(
        first.c.issue_id == issue,
        first.c.subscriber_id == subscriber.c.id,
        first.c.state == DeliveryState.SENT.value,
    )


def size(tx: Tx, publication: PublicationId, corrects: IssueId | None) -> int:
    """How many readers an issue of this publication would have now; a correction, of those who have the first."""
    readers = (
        select(func.count())
        .select_from(subscriber)
        .join(subscription, subscription.c.subscriber_id == subscriber.c.id)
        .where(
            subscription.c.publication_id == publication,
            subscription.c.status == Consent.CONFIRMED.value,
            ~exists().where(suppression.c.email_hash == subscriber.c.email_hash),
            *([] if corrects is None else [_has(corrects)]),
        )
    )
    return int(tx.execute(readers).scalar_one())


def freeze(tx: Tx, issue: IssueId, *, limit: int, now: datetime) -> bool:
    """Put the next `limit` readers into the ledger; whether it is complete, or may not grow now.

    Readers are those confirmed at the recorded cut-off and not suppressed. Progress is kept in the same transaction,
    so that a run that was interrupted goes on where it stood.
    """
    row = tx.execute(
        select(
            issues.c.publication_id,
            issues.c.state,
            issues.c.rendition_id,
            issues.c.sending_at,
            issues.c.frozen_at,
            issues.c.frozen_to,
            issues.c.corrects_id,
        )
        .where(issues.c.id == issue)
        .with_for_update()
    ).one()
    if row.frozen_at is not None or row.state != IssueState.SENDING.value:
        return True
    in_publication = subscription.c.publication_id == row.publication_id
    chunk = (
        select(subscription.c.subscriber_id.label("id"))
        .where(in_publication, subscription.c.subscriber_id > row.frozen_to)
        .order_by(subscription.c.subscriber_id)
        .limit(limit)
        .subquery()
    )
    upto = tx.execute(select(func.max(chunk.c.id))).scalar()
    if upto is None:
        tx.execute(update(issues).where(issues.c.id == issue).values(frozen_at=now))
        return True
    readers = (
        select(
            literal(issue),
            subscriber.c.id,
            literal(row.rendition_id),
            subscriber.c.email,
            subscriber.c.name,
            literal(DeliveryState.QUEUED.value),
            literal(0),
            literal(row.sending_at, table.c.due_at.type),
            literal(now, table.c.at.type),
        )
        .join(subscription, subscription.c.subscriber_id == subscriber.c.id)
        .where(
            in_publication,
            subscription.c.subscriber_id > row.frozen_to,
            subscription.c.subscriber_id <= upto,
            subscription.c.status == Consent.CONFIRMED.value,
            func.coalesce(subscription.c.confirmed_at, subscription.c.changed_at) <= row.sending_at,
            ~exists().where(suppression.c.email_hash == subscriber.c.email_hash),
            *([] if row.corrects_id is None else [_has(row.corrects_id)]),
        )
    )
    columns = ["issue_id", "subscriber_id", "rendition_id", "email", "name", "state", "attempts", "due_at", "at"]
    tx.execute(insert(table).from_select(columns, readers, include_defaults=False))
    tx.execute(update(issues).where(issues.c.id == issue).values(frozen_to=upto))
    return False


def take_stock(tx: Tx) -> None:
    """Let PostgreSQL count what was just written: a plan that was made for empty tables reads all of them each time."""
    if tx.dialect.name == "postgresql":
        tx.execute(text("ANALYZE delivery, subscriber, subscription, suppression"))
