"""Readers, what they said, and what becomes of their waiting copies, on both databases."""

from __future__ import annotations

import pytest

from newsletter.clock import Clock
from newsletter.errors import NotFound
from newsletter.model.issue import Issue, IssueState, Outline
from newsletter.model.publication import Publication
from newsletter.model.rendition import RenditionData
from newsletter.model.subscriber import Consent, Subscriber, SubscriberData
from newsletter.store import (
    Store,
    audience,
    deliveries,
    issues,
    publications,
    renditions,
    subscriber_import,
    subscribers,
    suppressions,
)

RENDITION = RenditionData(
    subject="Alderwick Letter",
    sender="Alderwick Letter <desk@letter.example.org>",
    reply_to="",
    list_id="",
    html="<p>Hello</p>",
    text="Hello",
    base_url="https://letter.example.org",
    nonce="n",
)


def reader(name: str, consent: Consent = Consent.CONFIRMED, **fields: str) -> SubscriberData:
    email = f"{name}@example.org"
    return SubscriberData(email=email.title(), email_key=email, name=name, consent=consent, fields=fields)


@pytest.fixture
def readers(store: Store, clock: Clock, publication: Publication) -> dict[str, Subscriber]:
    """Ada, Bob and Cid are confirmed, Dot is not yet."""
    said = [
        reader("ada", town="Alderwick"),
        reader("bob"),
        reader("cid", street="Mill"),
        reader("dot", Consent.UNCONFIRMED),
    ]
    with store.writing() as tx:
        subscriber_import.keep(tx, publication.id, said, how="import", now=clock.now())
        return {one.name: one for one in subscribers.listing(tx, publication.id)}


@pytest.fixture
def sending(store: Store, clock: Clock, publication: Publication, readers: dict[str, Subscriber]) -> Issue:
    """An issue whose ledger is complete, and of which nothing has been sent."""
    with store.writing() as tx:
        issue = issues.create(tx, publication.id, Outline(), title=None, theme=None, now=clock.now())
        rendition = renditions.add(tx, issue.id, RENDITION, clock.now())
        values = {"state": IssueState.SENDING.value, "rendition_id": rendition.id, "sending_at": clock.now()}
        issues.change(tx, issue.id, values)
        while not audience.freeze(tx, issue.id, limit=2, now=clock.now()):
            pass
    return issue


def states(store: Store, issue: Issue) -> dict[str, tuple[str, str | None]]:
    with store.reading() as tx:
        return {one.email: (one.state.value, one.why) for one in deliveries.listing(tx, issue.id)}


def test_readers_come_back_in_pages_by_status_and_by_text(
    store: Store, publication: Publication, readers: dict[str, Subscriber]
) -> None:
    with store.reading() as tx:
        first = subscribers.listing(tx, publication.id, limit=2)
        assert [one.name for one in first] == ["ada", "bob"]
        assert [one.name for one in subscribers.listing(tx, publication.id, after=first[-1].id)] == ["cid", "dot"]
        assert [one.name for one in subscribers.listing(tx, publication.id, consent=Consent.UNCONFIRMED)] == ["dot"]
        assert [one.name for one in subscribers.listing(tx, publication.id, search="CID@")] == ["cid"]
        assert subscribers.listing(tx, publication.id, search="%") == []
        assert [one.name for one in subscribers.stream(tx, publication.id)] == ["ada", "bob", "cid", "dot"]
        assert subscribers.field_names(tx, publication.id) == ["town", "street"]
        assert subscribers.counts(tx, publication.id) == {
            Consent.UNCONFIRMED: 1,
            Consent.CONFIRMED: 3,
            Consent.UNSUBSCRIBED: 0,
        }
        assert subscribers.find(tx, publication.id, "ada@example.org").email == "Ada@Example.Org"


def test_who_unsubscribes_gets_no_copy_that_waits(
    store: Store, clock: Clock, publication: Publication, readers: dict[str, Subscriber], sending: Issue
) -> None:
    with store.writing() as tx:
        assert subscribers.unsubscribe(tx, publication.id, readers["ada"].id, "one-click", clock.now())
    assert states(store, sending) == {
        "Ada@Example.Org": ("skipped", "unsubscribed"),
        "Bob@Example.Org": ("queued", None),
        "Cid@Example.Org": ("queued", None),
    }
    with store.writing() as tx:
        assert not subscribers.unsubscribe(tx, publication.id, readers["ada"].id, "page", clock.now())
        ada = subscribers.get(tx, publication.id, readers["ada"].id)
    assert ada is not None and (ada.consent, ada.consent_how) == (Consent.UNSUBSCRIBED, "one-click")


def test_a_no_to_one_publication_leaves_the_others_alone(
    store: Store, clock: Clock, publication: Publication, readers: dict[str, Subscriber], sending: Issue
) -> None:
    with store.writing() as tx:
        other = publications.add(tx, "Towpath Notes", now=clock.now())
        subscriber_import.keep(tx, other.id, [reader("ada")], how="import", now=clock.now())
        assert subscribers.unsubscribe(tx, other.id, readers["ada"].id, "page", clock.now())
        still = subscribers.get(tx, publication.id, readers["ada"].id)
    assert still is not None and still.consent is Consent.CONFIRMED
    assert states(store, sending)["Ada@Example.Org"] == ("queued", None)


def test_a_list_that_says_no_takes_waiting_copies_with_it(
    store: Store, clock: Clock, publication: Publication, sending: Issue
) -> None:
    with store.writing() as tx:
        said = [reader("ada", Consent.UNSUBSCRIBED), reader("bob"), reader("eve", Consent.UNSUBSCRIBED)]
        subscriber_import.keep(tx, publication.id, said, how="import", now=clock.now())
    assert [state for state, _why in states(store, sending).values()] == ["skipped", "queued", "queued"]


def test_keeping_many_never_takes_a_no_back(
    store: Store, clock: Clock, publication: Publication, readers: dict[str, Subscriber]
) -> None:
    with store.writing() as tx:
        subscribers.unsubscribe(tx, publication.id, readers["ada"].id, "page", clock.now())
        subscriber_import.keep(tx, publication.id, [reader("ada", town="Weir")], how="import", now=clock.now())
        ada = subscribers.find(tx, publication.id, "ada@example.org")
    assert (ada.consent, ada.consent_how, ada.fields) == (Consent.UNSUBSCRIBED, "page", {"town": "Weir"})


def test_an_erased_reader_is_a_hash_and_a_nameless_row_of_the_ledger(
    store: Store, clock: Clock, publication: Publication, readers: dict[str, Subscriber], sending: Issue
) -> None:
    with store.writing() as tx:
        subscribers.erase(tx, readers["ada"].id, now=clock.now())
    with store.reading() as tx:
        assert subscribers.id_of(tx, "ada@example.org") is None
        assert subscribers.get(tx, publication.id, readers["ada"].id) is None
        assert suppressions.why(tx, "ada@example.org") == "erased"
        rows = deliveries.listing(tx, sending.id)
        assert deliveries.tally(tx, sending.id).audience == 3
    assert [(one.email, one.name, one.state.value, one.why) for one in rows] == [
        ("", "", "skipped", "erased"),
        ("Bob@Example.Org", "bob", "queued", None),
        ("Cid@Example.Org", "cid", "queued", None),
    ]
    with pytest.raises(NotFound), store.writing() as tx:
        subscribers.erase(tx, readers["ada"].id, now=clock.now())


def test_the_first_reason_of_a_suppression_stays(store: Store, clock: Clock) -> None:
    with store.writing() as tx:
        suppressions.add(tx, "ada@example.org", "bounced", now=clock.now())
        suppressions.add(tx, "ada@example.org", "erased", now=clock.now())
        assert suppressions.why(tx, "ada@example.org") == "bounced"
        assert suppressions.why(tx, "bob@example.org") is None
