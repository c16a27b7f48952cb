"""A reader's own link ends that one subscription, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.audience import readers
from newsletter.clock import Clock
from newsletter.errors import NotFound
from newsletter.model.issue import IssueId
from newsletter.model.publication import Publication
from newsletter.model.subscriber import Consent, Subscriber, SubscriberId
from newsletter.model.tokens import Purpose, Token, sign
from newsletter.settings import Settings
from newsletter.store import Store, publications, subscribers, suppressions
from newsletter.workflows.unsubscribe import peek, unsubscribe_by_token

SETTINGS = Settings(workspace=Path(), secret_keys=("today's key", "last year's key"))


@pytest.fixture
def ada(store: Store, clock: Clock, publication: Publication) -> Subscriber:
    """A confirmed reader."""
    return readers.add(store, clock, publication.id, "Ada@example.org", name="Ada")


def token_of(reader: Subscriber, publication: Publication, key: str = "today's key") -> str:
    token = Token(purpose=Purpose.UNSUBSCRIBE, publication=publication.id, subscriber=reader.id, issue=IssueId(7))
    return sign([key], token)


def consent(store: Store, publication: Publication, reader: Subscriber) -> Consent:
    with store.reading() as tx:
        found = subscribers.get(tx, publication.id, reader.id)
    assert found is not None
    return found.consent


@pytest.mark.parametrize("key", SETTINGS.secret_keys)
def test_a_link_ends_one_subscription_and_suppresses_nothing(
    store: Store, clock: Clock, publication: Publication, ada: Subscriber, key: str
) -> None:
    with store.writing() as tx:
        other = publications.add(tx, "Towpath Notes", now=clock.now())
    readers.add(store, clock, other.id, "ada@example.org")
    done = unsubscribe_by_token(store, SETTINGS, clock, token_of(ada, publication, key))
    assert (done.publication, done.email, done.already) == (publication, "Ada@example.org", False)
    assert consent(store, publication, ada) is Consent.UNSUBSCRIBED
    assert consent(store, other, ada) is Consent.CONFIRMED
    with store.reading() as tx:
        assert suppressions.why(tx, "ada@example.org") is None


def test_looking_changes_nothing_and_doing_it_again_is_no_mistake(
    store: Store, clock: Clock, publication: Publication, ada: Subscriber
) -> None:
    token = token_of(ada, publication)
    assert not peek(store, SETTINGS, token).already
    assert consent(store, publication, ada) is Consent.CONFIRMED
    assert not unsubscribe_by_token(store, SETTINGS, clock, token, how="page").already
    assert unsubscribe_by_token(store, SETTINGS, clock, token).already
    assert peek(store, SETTINGS, token).already
    with store.reading() as tx:
        assert subscribers.find(tx, publication.id, "ada@example.org").consent_how == "page"


def test_the_link_of_an_erased_reader_is_answered_calmly(
    store: Store, clock: Clock, publication: Publication, ada: Subscriber
) -> None:
    readers.erase(store, clock, "ada@example.org")
    done = unsubscribe_by_token(store, SETTINGS, clock, token_of(ada, publication))
    assert done.already and done.email == ""


def test_a_link_that_no_key_signed_changes_nothing(
    store: Store, clock: Clock, publication: Publication, ada: Subscriber
) -> None:
    for text in (token_of(ada, publication, "somebody else's key"), token_of(ada, publication)[:-1], "", "é" * 44):
        with pytest.raises(NotFound, match="nothing has changed"):
            unsubscribe_by_token(store, SETTINGS, clock, text)
        with pytest.raises(NotFound):
            peek(store, SETTINGS, text)
    assert consent(store, publication, ada) is Consent.CONFIRMED


def test_the_link_of_a_test_message_says_so(store: Store, publication: Publication) -> None:
    token = Token(purpose=Purpose.UNSUBSCRIBE, publication=publication.id, subscriber=SubscriberId(0))
    with pytest.raises(NotFound, match="test message"):
        peek(store, SETTINGS, sign(SETTINGS.secret_keys, token))


def test_the_link_of_an_erased_reader_never_becomes_somebody_elses(
    store: Store, clock: Clock, publication: Publication, ada: Subscriber
) -> None:
    token = token_of(ada, publication)
    readers.erase(store, clock, ada.email)
    ben = readers.add(store, clock, publication.id, "ben@example.org")
    assert "ben" not in peek(store, SETTINGS, token).email
    unsubscribe_by_token(store, SETTINGS, clock, token)
    assert consent(store, publication, ben) is Consent.CONFIRMED
