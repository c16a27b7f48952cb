"""One reader at a time: what a person at the desk does on a reader's behalf."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from newsletter.audience.addresses import Address, BadAddress, read_address
from newsletter.audience.columns import BadRow, read_header, tags_of
from newsletter.clock import Clock
from newsletter.errors import NewsletterError, NotFound, Refused
from newsletter.model.publication import PublicationId
from newsletter.model.subscriber import Consent, Subscriber, SubscriberData
from newsletter.store import Store, Tx, subscriber_import, subscribers, suppressions
from newsletter.text.characters import tidy

HOW = "command"


def add(
    store: Store,
    clock: Clock,
    publication: PublicationId,
    email: str,
    *,
    name: str | None = None,
    tags: Sequence[str] = (),
    language: str | None = None,
    zone: str | None = None,
    how: str = HOW,
    also_who_left: bool = True,
) -> Subscriber:
    """Subscribe a reader by hand, or change one: what is not given stays, tags are added to those there are.

    Who had unsubscribed is subscribed again, unless `also_who_left` says otherwise: the person who does it says that
    the reader asked for it. Raises NewsletterError for an address, language or zone that cannot be used; Refused for a
    suppressed address, with the code `left` for who unsubscribed.
    """
    address = _address(email)
    _examine(address, name, language, zone)
    with store.writing() as tx:
        if why := suppressions.why(tx, address.key):
            raise Refused(f"{address.typed} must not be mailed: the address is suppressed ({why}).", where="EMAIL")
        known = subscriber_import.known(tx, publication, [address.key]).get(address.key)
        data = SubscriberData(
            email=address.typed,
            email_key=address.key,
            name=tidy(name).strip() if name is not None else known.name if known else "",
            tags=tuple(dict.fromkeys([*(known.tags if known else ()), *(one for tag in tags for one in tags_of(tag))])),
            language=language if language is not None else known.language if known else "",
            zone=zone if zone is not None else known.zone if known else "",
            fields=known.fields if known else {},
        )
        subscriber_import.keep(tx, publication, [data], how=how, now=clock.now())
        reader = subscribers.find(tx, publication, address.key)
        if reader.consent is Consent.UNSUBSCRIBED and not also_who_left:
            raise Refused(
                f"{reader.email} unsubscribed on {reader.consent_at:%Y-%m-%d}. Add them again only if they asked for "
                "it since.",
                code="left",
                where="EMAIL",
            )
        if reader.consent is not Consent.CONFIRMED:
            subscribers.set_consent(tx, publication, reader.id, Consent.CONFIRMED, how=how, now=clock.now())
        return subscribers.find(tx, publication, address.key)


def unsubscribe(store: Store, clock: Clock, publication: PublicationId, email: str) -> Subscriber:
    """End a reader's subscription to one publication; again is no mistake. Raises NotFound for an unknown address."""
    with store.writing() as tx:
        reader = find(tx, publication, email)
        subscribers.unsubscribe(tx, publication, reader.id, HOW, clock.now())
        return subscribers.find(tx, publication, reader.email_key)


def erase(store: Store, clock: Clock, email: str) -> None:
    """Forget a reader in every publication; the address is never mailed or imported again.

    Raises NotFound for an address of which nothing is stored.
    """
    address = _address(email)
    with store.writing() as tx:
        reader = subscribers.id_of(tx, address.key)
        if reader is None:
            raise NotFound(f"There is no subscriber {address.typed}.", where="EMAIL")
        subscribers.erase(tx, reader, now=clock.now())


def find(tx: Tx, publication: PublicationId, email: str) -> Subscriber:
    """A reader of a publication by address, however it is typed. Raises NotFound."""
    return subscribers.find(tx, publication, _address(email).key)


def _address(email: str) -> Address:
    address = read_address(email)
    if isinstance(address, BadAddress):
        raise NewsletterError(
            f"“{address.typed}” is not an address that can be mailed: {address.reason}.", where="EMAIL"
        )
    return address


def _examine(address: Address, name: str | None, language: str | None, zone: str | None) -> None:
    """The rules of an import, for one reader."""
    said = {"email": address.typed, "name": name or "", "language": language or "", "timezone": zone or ""}
    row = read_header(list(said), Path()).read(1, list(said.values()))
    if isinstance(row, BadRow):
        raise NewsletterError(f"{address.typed} was not added: {row.reason}.", where="EMAIL")
