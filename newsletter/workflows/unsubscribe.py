"""What a reader's own link to unsubscribe does (RFC 8058): it ends that one subscription, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.clock import Clock
from newsletter.errors import NotFound
from newsletter.model.publication import Publication
from newsletter.model.subscriber import Consent, Subscriber
from newsletter.model.tokens import Purpose, Token, verify
from newsletter.settings import Settings
from newsletter.store import Store, Tx, publications, subscribers


@dataclass(frozen=True, kw_only=True)
class Unsubscribed:
    """Whose link it is and where they stand now. `email` is empty where the reader was erased since."""

    publication: Publication
    email: str
    already: bool
    """They are not subscribed (`peek`), or were not before this call: said calmly, and no mistake."""


def peek(store: Store, settings: Settings, text: str) -> Unsubscribed:
    """What the page behind a link shows. Changes nothing: mail scanners follow links.

    Raises NotFound for a token that no key of ours signed.
    """
    token = _verified(settings, text)
    with store.reading() as tx:
        publication, reader = _whose(tx, token)
    return Unsubscribed(publication=publication, email=reader.email if reader else "", already=_is_out(reader))


def unsubscribe_by_token(
    store: Store, settings: Settings, clock: Clock, text: str, *, how: str = "one-click"
) -> Unsubscribed:
    """End the subscription that a link names; again is no mistake. `how`: `one-click` or `page`.

    Raises NotFound for a token that no key of ours signed.
    """
    token = _verified(settings, text)
    with store.writing() as tx:
        publication, reader = _whose(tx, token)
        if reader is not None:
            subscribers.unsubscribe(tx, publication.id, reader.id, how, clock.now())
    return Unsubscribed(publication=publication, email=reader.email if reader else "", already=_is_out(reader))


def _verified(settings: Settings, text: str) -> Token:
    token = verify(settings.secret_keys, text, Purpose.UNSUBSCRIBE)
    if token is None:
        raise NotFound(
            "This link is not complete, and nothing has changed. Please use the whole link from your newsletter.",
            where="token",
        )
    if token.is_test:
        raise NotFound("This link came with a test message, so there is no subscription to end.", where="token")
    return token


def _whose(tx: Tx, token: Token) -> tuple[Publication, Subscriber | None]:
    return publications.get(tx, token.publication), subscribers.get(tx, token.publication, token.subscriber)


def _is_out(reader: Subscriber | None) -> bool:
    return reader is None or reader.consent is Consent.UNSUBSCRIBED
