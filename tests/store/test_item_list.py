"""The queue a page at a time: the same rows as the whole list, whatever the size of a page and whatever arrives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from newsletter.model.item import ItemData, ItemId, Triage
from newsletter.model.publication import Publication
from newsletter.model.source import SourceId, SourceKind
from newsletter.model.story import folded
from newsletter.model.wanted import Listed, Spot
from newsletter.store import Store, Tx, item_list, items, publications, sources, stories

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


@pytest.fixture
def queue(store: Store, publication: Publication) -> list[ItemId]:
    """Sixty items of three sources, with equal, missing and future dates, many in stories, some skipped."""
    chance = Random(7)
    ids: list[ItemId] = []
    with store.writing() as tx:
        for host in "abc":
            url = f"https://{host}.example/feed"
            source = sources.add(tx, publication.id, kind=SourceKind.FEED, url=url, name=host.upper(), now=NOW)
            dates = [None, *(NOW + timedelta(hours=chance.randint(-9, 2)) for _ in range(19))]
            found = [
                ItemData(title=f"{host} {at}", url=f"https://{host}.example/{at}", published=date)
                for at, date in enumerate(dates)
            ]
            ids += items.keep(tx, source.id, found, now=NOW - timedelta(hours=1))
        pairs = [(one, chance.choice(ids[: ids.index(one)])) for one in chance.sample(ids[1:], 30)]
        stories.add(tx, pairs, now=NOW)
        for one in chance.sample(ids, 8):
            if one in (key for pair in pairs for key in pair):
                stories.lead(tx, one)
        items.decide(tx, publication.id, chance.sample(ids, 15), Triage.SKIPPED, now=NOW)
    return ids


def paged(tx: Tx, number: Publication, size: int, **question: object) -> list[Listed]:
    """All pages of a list, one after the other."""
    found: list[Listed] = []
    after: Spot | None = None
    while rows := item_list.page(tx, number.id, now=NOW, after=after, limit=size, **question):  # type: ignore[arg-type]
        found += rows
        after = rows[-1].spot
    return found


@pytest.mark.parametrize("size", [4, 100])
@pytest.mark.parametrize(
    "question",
    [{}, {"state": Triage.NEW}, {"state": Triage.SKIPPED}, {"search": "A 1"}, {"source_id": SourceId(2)}],
    ids=["all", "new", "skipped", "searched", "of-a-source"],
)
def test_pages_join_to_the_whole_list(
    store: Store, publication: Publication, queue: list[ItemId], size: int, question: dict[str, object]
) -> None:
    with store.reading() as tx:
        whole = items.listing(tx, publication.id, now=NOW, **question)  # type: ignore[arg-type]
        assert [row.item for row in paged(tx, publication, size, **question)] == whole
        told = [first for first, _ in folded(whole)]
        assert [row.item for row in paged(tx, publication, size, stories=True, **question)] == told
        assert [row.item for row in item_list.page(tx, publication.id, now=NOW, stories=True, **question)] == told  # type: ignore[arg-type]


@pytest.mark.parametrize("by_story", [False, True])
def test_what_arrives_between_two_pages_shows_nothing_twice(
    store: Store, publication: Publication, queue: list[ItemId], by_story: bool
) -> None:
    with store.writing() as tx:
        before = [row.item.id for row in item_list.page(tx, publication.id, now=NOW, stories=by_story)]
        first = item_list.page(tx, publication.id, now=NOW, stories=by_story, limit=5)
        new = [ItemData(title=f"Late {at}", url=f"https://a.example/late/{at}") for at in range(600)]
        late = items.keep(tx, SourceId(1), new, now=NOW)
        told = first[0].item.id
        stories.add(tx, [(late[0], told)], now=NOW)
        rest = item_list.page(tx, publication.id, now=NOW, stories=by_story, after=first[-1].spot)
    assert [row.item.id for row in (*first, *rest)] == before


def test_a_story_of_two_newsletters_is_told_of_those_that_each_has(
    store: Store, publication: Publication, queue: list[ItemId]
) -> None:
    with store.writing() as tx:
        other = publications.add(tx, "Other Letter", now=NOW)
        mine = sources.add(tx, other.id, kind=SourceKind.FEED, url="https://d.example/feed", name="D", now=NOW)
        (one,) = items.keep(tx, mine.id, [ItemData(title="D", url="https://d.example/1")], now=NOW)
        stories.add(tx, [(one, queue[0])], now=NOW)
        (row,) = item_list.page(tx, other.id, now=NOW, stories=True)
        assert (row.item.id, row.item.place) == (one, None)
