"""Publications on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsletter.errors import NewsletterError, NotFound
from newsletter.model.publication import Publication
from newsletter.store import Store, publications


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
