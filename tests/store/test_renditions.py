"""A rendition comes back as it was frozen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert

from newsletter.clock import Clock
from newsletter.errors import NotFound
from newsletter.model.issue import IssueId, RenditionId
from newsletter.model.publication import Publication
from newsletter.model.rendition import Link, RenditionData
from newsletter.store import Store, renditions
from newsletter.store.schema import issue as issue_table


@pytest.fixture
def issue(store: Store, publication: Publication, clock: Clock) -> IssueId:
    """A stored issue, without an outline."""
    with store.writing() as tx:
        key = tx.execute(
            insert(issue_table).values(
                publication_id=publication.id, number=1, title="", state="draft", version=1, created_at=clock.now()
            )
        ).inserted_primary_key
    assert key is not None
    return IssueId(key[0])


def _data(links: int = 3, **over: str) -> RenditionData:
    given = {
        "subject": "Grüße 図書館",
        "sender": "Letter <desk@letter.example.org>",
        "reply_to": "",
        "list_id": "Letter <letter.letter.example.org>",
        "html": "<p>“a” &amp; b</p>",
        "text": "a & b\n",
        "base_url": "https://letter.example.org",
        "nonce": "0" * 20,
    }
    targets = tuple(Link(number, f"https://x.example/{number}?a=1&b=ü") for number in range(1, links + 1))
    return RenditionData(links=targets, **(given | over))


@pytest.mark.parametrize("links", [0, 3, 1500])
def test_a_rendition_comes_back_with_its_links_in_order(store: Store, issue: IssueId, clock: Clock, links: int) -> None:
    data = _data(links)
    now = clock.now()
    with store.writing() as tx:
        kept = renditions.add(tx, issue, data, now)
    assert (kept.data, kept.issue) == (data, issue)
    assert kept.data.checksum == data.checksum
    assert abs(kept.created_at - now) < timedelta(seconds=1)
    with store.reading() as tx:
        assert renditions.get(tx, kept.id) == kept


def test_the_renditions_of_an_issue_are_listed_oldest_first(store: Store, issue: IssueId, clock: Clock) -> None:
    with store.writing() as tx:
        first = renditions.add(tx, issue, _data(2), clock.now())
        second = renditions.add(tx, issue, _data(1, subject="Corrected"), clock.now())
    with store.reading() as tx:
        assert renditions.of_issue(tx, issue) == [first, second]
        assert renditions.of_issue(tx, IssueId(issue + 1)) == []


def test_an_unknown_rendition_is_told(store: Store) -> None:
    with store.reading() as tx, pytest.raises(NotFound, match="no rendition 99"):
        renditions.get(tx, RenditionId(99))
