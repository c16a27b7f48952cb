"""Stories in the store: joined, parted, led, and never offered again once one was sent; edits over items."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsletter.errors import NewsletterError, NotFound
from newsletter.model.issue import Block, BlockKind, IssueState, Outline, PinnedItem, Section
from newsletter.model.item import Item, ItemData, ItemId
from newsletter.model.publication import Publication
from newsletter.model.source import SourceKind
from newsletter.store import Store, Tx, issues, item_edits, items, publications, sources, stories

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


@pytest.fixture
def ids(store: Store, publication: Publication) -> list[ItemId]:
    """An item of each of four outlets: A, B, C, D."""
    found = []
    with store.writing() as tx:
        for host in "abcd":
            url = f"https://{host}.example/feed"
            source = sources.add(tx, publication.id, kind=SourceKind.FEED, url=url, name=host.upper(), now=NOW)
            data = ItemData(title=f"Bridge {host}", url=f"https://{host}.example/1", excerpt="x")
            found += items.keep(tx, source.id, [data], now=NOW)
    return found


def queue(tx: Tx, publication: Publication) -> dict[ItemId, Item]:
    return {one.id: one for one in items.listing(tx, publication.id, now=NOW)}


def outlets(item: Item) -> list[str | None]:
    return [one.outlet for one in item.place.also_in] if item.place else []


def test_new_items_join_the_story_of_what_they_are_alike(
    store: Store, publication: Publication, ids: list[ItemId]
) -> None:
    a, b, c, d = ids
    with store.writing() as tx:
        assert stories.add(tx, [(b, a), (c, b)], now=NOW) == 3
        assert stories.add(tx, [(c, d), (d, c)], now=NOW) == 1
        found = queue(tx, publication)
    assert outlets(found[a]) == ["B", "C", "D"]
    assert outlets(found[c]) == ["A", "B", "D"]
    assert [one.id for one in found.values() if one.place and one.place.leads] == [a]


def test_the_editors_order_of_outlets_says_who_leads_and_an_editor_may_say_otherwise(
    store: Store, publication: Publication, ids: list[ItemId]
) -> None:
    a, b, c, _ = ids
    with store.writing() as tx:
        stories.add(tx, [(b, a), (c, a)], now=NOW)
        publications.change(tx, publication.id, {"outlets": ("c", "B")})
        assert outlets(queue(tx, publication)[a]) == ["C", "B"]
        stories.lead(tx, b)
        assert outlets(queue(tx, publication)[a]) == ["B", "C"]
        assert items.newest(tx, publication.id, 9, now=NOW) == [ids[3], b]
        with pytest.raises(NewsletterError, match="in no story"):
            stories.lead(tx, ids[3])


def test_what_was_split_stays_apart_and_what_was_joined_together(
    store: Store, publication: Publication, ids: list[ItemId]
) -> None:
    a, b, c, d = ids
    with store.writing() as tx:
        stories.add(tx, [(b, a), (c, a)], now=NOW)
        stories.split(tx, c, now=NOW)
        assert stories.apart(tx) == {(a, c), (b, c)}
        assert stories.add(tx, [(c, a)], now=NOW) == 0
        assert queue(tx, publication)[c].place is None
        stories.join(tx, [c, d], now=NOW)
        stories.join(tx, [d, a], now=NOW)
        assert outlets(queue(tx, publication)[b]) == ["A", "C", "D"]
        assert stories.apart(tx) == set()
        for key in (a, b, c):
            stories.split(tx, key, now=NOW)
        assert all(one.place is None for one in queue(tx, publication).values())
        with pytest.raises(NewsletterError, match="in no story"):
            stories.split(tx, d, now=NOW)
        with pytest.raises(NewsletterError, match="two items"):
            stories.join(tx, [d, d], now=NOW)


def test_an_item_whose_story_was_sent_is_not_offered_again(
    store: Store, publication: Publication, ids: list[ItemId]
) -> None:
    a, b, _, d = ids
    block = Block(kind=BlockKind.ITEM, items=(PinnedItem(a, 1),))
    with store.writing() as tx:
        stories.add(tx, [(b, a)], now=NOW)
        issue = issues.create(tx, publication.id, Outline((Section(blocks=(block,)),)), title=None, theme=None, now=NOW)
        issues.change(tx, issue.id, {"state": IssueState.SENT.value})
        found = queue(tx, publication)
        assert {key: one.sent_in for key, one in found.items() if one.sent_in} == {a: (1,), b: (1,)}
        assert set(items.newest(tx, publication.id, 9, now=NOW)) == {ids[2], d}
        assert issues.carried(tx, publication.id) == {a, b}


def test_edits_lie_over_an_item_in_their_publication_and_come_off_again(
    store: Store, publication: Publication, ids: list[ItemId]
) -> None:
    block = Block(kind=BlockKind.ITEM, items=(PinnedItem(ids[0], 1),))
    with store.writing() as tx:
        other = publications.add(tx, "Other Letter", now=NOW)
        sources.add(tx, other.id, kind=SourceKind.FEED, url="https://a.example/feed", name="A", now=NOW)
        issue = issues.create(tx, publication.id, Outline((Section(blocks=(block,)),)), title=None, theme=None, now=NOW)
        fields = {"title": "Ours", "outlet": "", "published": NOW}
        shown = item_edits.lay(tx, publication.id, ids[0], fields, now=NOW)
        assert (shown.latest.title, shown.latest.outlet, shown.latest.published) == ("Ours", None, NOW)
        assert (shown.latest.url, shown.edited) == ("https://a.example/1", True)
        assert [one.latest.title for one in items.listing(tx, publication.id, now=NOW, search="ours")] == ["Ours"]
        (version,) = issues.versions(tx, issue.id).values()
        assert version.title == "Ours"
        assert queue(tx, other)[ids[0]].latest.title == "Bridge a"
        assert items.versions(tx, ids[0])[0].title == "Bridge a"
        bare = item_edits.lay(tx, publication.id, ids[0], {"title": None, "outlet": None, "published": None}, now=NOW)
        assert (bare.latest.title, bare.latest.outlet, bare.edited) == ("Bridge a", "A", False)
        with pytest.raises(NotFound):
            item_edits.lay(tx, publication.id, ItemId(99), {"title": "x"}, now=NOW)
