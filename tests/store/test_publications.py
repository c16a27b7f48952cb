"""Publications on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsletter.clock import Clock
from newsletter.errors import NewsletterError, NotFound
from newsletter.model.issue import Outline
from newsletter.model.publication import Publication
from newsletter.model.rendition import RenditionData
from newsletter.store import Store, issues, publications, renditions

FROZEN = RenditionData(
    subject="s",
    sender="a@example.org",
    reply_to="",
    list_id="<a>",
    html="h",
    text="t",
    base_url="https://x.example",
    nonce="n",
)


def test_a_publication_comes_back_as_it_was_kept(store: Store, publication: Publication) -> None:
    with store.reading() as tx:
        assert publications.find(tx, "alderwick letter") == publication
        assert publications.find(tx, None) == publication


def test_a_second_publication_of_the_same_name_is_refused(store: Store, publication: Publication) -> None:
    with pytest.raises(NewsletterError, match="already"), store.writing() as tx:
        publications.add(tx, publication.name, now=publication.created_at)


def test_an_unknown_publication_is_told_with_the_names_there_are(store: Store, publication: Publication) -> None:
    with pytest.raises(NotFound, match="Alderwick Letter"), store.reading() as tx:
        publications.find(tx, "Lantern")


def test_fields_change_and_durations_survive(store: Store, publication: Publication) -> None:
    with store.writing() as tx:
        publications.change(tx, publication.id, {"send_late_within": timedelta(minutes=5), "zone": "Europe/Berlin"})
    with store.reading() as tx:
        changed = publications.get(tx, publication.id)
    assert (changed.send_late_within, changed.zone) == (timedelta(minutes=5), "Europe/Berlin")


def test_the_slug_follows_the_name_until_readers_may_know_it(
    store: Store, publication: Publication, clock: Clock
) -> None:
    with store.writing() as tx:
        renamed = publications.change(tx, publication.id, {"name": "The Lantern"})
        issue = issues.create(tx, publication.id, Outline(), title=None, theme=None, now=clock.now())
        renditions.add(tx, issue.id, FROZEN, clock.now())
        later = publications.change(tx, publication.id, {"name": "The Beacon"})
    assert (renamed.slug, later.name, later.slug) == ("the-lantern", "The Beacon", "the-lantern")
