"""Readers, and their yes to a publication."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Text, delete, func, or_, select, type_coerce, update

from newsletter.errors import NotFound
from newsletter.model.personal import Facts
from newsletter.model.publication import PublicationId
from newsletter.model.subscriber import Consent, Subscriber, SubscriberId
from newsletter.store import suppressions
from newsletter.store.engine import Tx
from newsletter.store.schema import delivery, issue, subscriber, subscription

_STREAMED = 2_000  # rows


def _of(publication: PublicationId) -> Select[Any]:
    return (
        select(
            subscriber.c.id,
            subscriber.c.email,
            subscriber.c.email_key,
            subscriber.c.name,
            subscriber.c.tags,
            subscriber.c.language,
            subscriber.c.zone,
            subscriber.c.fields,
            subscription.c.status,
            subscription.c.changed_at,
            subscription.c.how,
        )
        .join(subscription, subscription.c.subscriber_id == subscriber.c.id)
        .where(subscription.c.publication_id == publication)
    )


def _row(row: Any) -> Subscriber:
    return Subscriber(
        id=row.id,
        email=row.email,
        email_key=row.email_key,
        name=row.name,
        tags=tuple(row.tags),
        language=row.language,
        zone=row.zone,
        fields=row.fields,
        consent=Consent(row.status),
        consent_at=row.changed_at,
        consent_how=row.how,
    )


def get(tx: Tx, publication: PublicationId, reader: SubscriberId) -> Subscriber | None:
    """A reader of a publication, whatever they said to it; none where they are unknown to it or were erased."""
    row = tx.execute(_of(publication).where(subscriber.c.id == reader)).first()
    return None if row is None else _row(row)


def find(tx: Tx, publication: PublicationId, email_key: str) -> Subscriber:
    """A reader of a publication by address. Raises NotFound."""
    row = tx.execute(_of(publication).where(subscriber.c.email_key == email_key)).first()
    if row is None:
        raise NotFound(f"There is no subscriber {email_key}.", where="EMAIL")
    return _row(row)


def id_of(tx: Tx, email_key: str) -> SubscriberId | None:
    """The reader with this address, in whichever publication; none where it is unknown."""
    return tx.execute(select(subscriber.c.id).where(subscriber.c.email_key == email_key)).scalar()


def facts(tx: Tx, ids: Collection[SubscriberId]) -> dict[SubscriberId, Facts]:
    """What personal places of these readers' messages are filled from; those who were erased are missing."""
    rows = tx.execute(
        select(
            subscriber.c.id,
            subscriber.c.name,
            subscriber.c.email,
            subscriber.c.language,
            subscriber.c.tags,
            subscriber.c.fields,
        ).where(subscriber.c.id.in_(ids))
    )
    return {
        SubscriberId(row.id): Facts(
            name=row.name, email=row.email, language=row.language, tags=tuple(row.tags), fields=row.fields
        )
        for row in rows
    }


def listing(
    tx: Tx,
    publication: PublicationId,
    *,
    consent: Consent | None = None,
    search: str | None = None,
    after: SubscriberId | None = None,
    limit: int | None = None,
) -> list[Subscriber]:
    """Readers in the order of their ids, a page at a time: those after an id. `search` looks in address and name."""
    wanted = _of(publication).order_by(subscriber.c.id).limit(limit)
    if consent is not None:
        wanted = wanted.where(subscription.c.status == consent)
    if search:
        needle = search.casefold()
        wanted = wanted.where(
            or_(
                subscriber.c.email_key.contains(needle, autoescape=True),
                func.lower(subscriber.c.name).contains(needle, autoescape=True),
            )
        )
    if after is not None:
        wanted = wanted.where(subscriber.c.id > after)
    return [_row(row) for row in tx.execute(wanted)]


def stream(tx: Tx, publication: PublicationId) -> Iterator[Subscriber]:
    """All readers of a publication in the order of their ids, memory flat in their number."""
    wanted = _of(publication).order_by(subscriber.c.id).execution_options(yield_per=_STREAMED)
    for row in tx.execute(wanted):
        yield _row(row)


def field_names(tx: Tx, publication: PublicationId) -> list[str]:
    """The names of the custom fields that readers of a publication have, in the order of first use."""
    names: dict[str, None] = {}
    fields = (
        select(subscriber.c.fields)
        .join(subscription, subscription.c.subscriber_id == subscriber.c.id)
        .where(subscription.c.publication_id == publication, type_coerce(subscriber.c.fields, Text) != "{}")
        .order_by(subscriber.c.id)
        .execution_options(yield_per=_STREAMED)
    )
    for one in tx.execute(fields).scalars():
        names.update(dict.fromkeys(one))
    return list(names)


def counts(tx: Tx, publication: PublicationId) -> dict[Consent, int]:
    """How many readers said what to a publication."""
    rows = tx.execute(
        select(subscription.c.status, func.count())
        .where(subscription.c.publication_id == publication)
        .group_by(subscription.c.status)
    )
    found = {Consent(status): int(number) for status, number in rows}
    return {consent: found.get(consent, 0) for consent in Consent}


def set_consent(
    tx: Tx, publication: PublicationId, reader: SubscriberId, consent: Consent, *, how: str, now: datetime
) -> bool:
    """Keep what a reader said to a publication; whether that changed anything.

    A no takes the reader's waiting copies with it, in the same transaction.
    """
    values: dict[str, Any] = {"status": consent, "how": how, "changed_at": now}
    if consent is Consent.CONFIRMED:
        values["confirmed_at"] = now
    changed = tx.execute(
        update(subscription)
        .where(
            subscription.c.publication_id == publication,
            subscription.c.subscriber_id == reader,
            subscription.c.status != consent,
        )
        .values(values)
    )
    if consent is Consent.UNSUBSCRIBED:
        skip_waiting(tx, publication, select(subscriber.c.id).where(subscriber.c.id == reader), now=now)
    return changed.rowcount > 0


def unsubscribe(tx: Tx, publication: PublicationId, reader: SubscriberId, how: str, now: datetime) -> bool:
    """End one reader's subscription to one publication, their waiting copies included; whether it still ran."""
    return set_consent(tx, publication, reader, Consent.UNSUBSCRIBED, how=how, now=now)


def skip_waiting(tx: Tx, publication: PublicationId, readers: Select[Any], *, now: datetime) -> None:
    """Move the queued and deferred deliveries of readers (a SELECT of their ids) to skipped: unsubscribed."""
    running = select(issue.c.id).where(issue.c.publication_id == publication, issue.c.state.in_(("sending", "paused")))
    tx.execute(
        update(delivery)
        .where(
            delivery.c.issue_id.in_(running),
            delivery.c.subscriber_id.in_(readers),
            delivery.c.state.in_(("queued", "deferred")),
        )
        .values(state="skipped", why="unsubscribed", at=now)
    )


def erase(tx: Tx, reader: SubscriberId, *, now: datetime) -> None:
    """Forget a reader in all publications; the address stays suppressed as a hash, the ledger's rows without a name.

    Raises NotFound.
    """
    email_key = tx.execute(select(subscriber.c.email_key).where(subscriber.c.id == reader)).scalar()
    if email_key is None:
        raise NotFound(f"There is no subscriber {reader}.")
    suppressions.add(tx, email_key, "erased", now=now)
    theirs = (delivery.c.issue_id.in_(select(issue.c.id)), delivery.c.subscriber_id == reader)  # by the unique index
    tx.execute(
        update(delivery)
        .where(*theirs, delivery.c.state.in_(("queued", "deferred")))
        .values(state="skipped", why="erased", at=now)
    )
    tx.execute(update(delivery).where(*theirs).values(email="", name="", reply=None))  # servers repeat the address
    tx.execute(delete(subscription).where(subscription.c.subscriber_id == reader))
    tx.execute(delete(subscriber).where(subscriber.c.id == reader))
