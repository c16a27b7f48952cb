"""What a found item means, given what its source has shown before."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.collect.canonical import canonical, links_without_tracking, without_tracking
from newsletter.collect.decide import Changed, Decision, Known, New, Renamed, Same, decide_all, distinct
from newsletter.model.item import ItemData, ItemId, KnownItem

BRIDGE = "https://alderwick.example.org/bridge"


def found(title: str = "Bridge reopens", guid: str | None = "1", url: str | None = BRIDGE, **more: str) -> ItemData:
    return ItemData(title=title, guid=guid, url=url, canonical_url=canonical(url), **more)


def remembered(*items: ItemData) -> Known:
    return Known(
        tuple(
            KnownItem(id=ItemId(at), guid=one.guid, canonical_url=one.canonical_url, digest=one.digest, latest=1)
            for at, one in enumerate(items, start=1)
        )
    )


def kinds(decisions: list[Decision]) -> list[type]:
    return [type(one) for one in decisions]


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (found(), found(), Same),
        (found(), found("Bridge reopens today"), Changed),
        (found(), found("Another", guid="2", url="https://alderwick.example.org/other"), New),
        (found(), found("Another", guid="2"), New),  # a podcast whose episodes all link to its home page
        (found(guid=None), found(guid=None), Same),
        (found(guid=None), found("Edited", guid=None), Changed),
        (found(guid=None), found("Edited", guid=None, url=BRIDGE.replace("https", "http") + "/?utm_source=x"), Changed),
        (found(guid=None), found("Edited", guid="1"), Changed),  # the feed has learned to give guids
        (found(guid=None, url=None), found(guid=None, url=None), Same),
        (found(guid=None, url=None), found("Edited", guid=None, url=None), New),
        (found(guid="a.md", url=None), found(guid="b.md", url=None), Renamed),
        (found(guid="old"), found(guid="new"), Same),  # its only entry, unchanged: guids are unstable
    ],
)
def test_an_item_is_new_changed_or_the_same(before: ItemData, now: ItemData, expected: type) -> None:
    assert kinds(decide_all([now], remembered(before))) == [expected]


def test_where_most_guids_are_new_and_links_known_the_link_decides() -> None:
    pages = [found(f"Story {n}", guid=f"run-1-{n}", url=f"{BRIDGE}/{n}") for n in range(5)]
    again = [replace(one, guid=f"run-2-{n}") for n, one in enumerate(pages)]
    assert kinds(decide_all(again, remembered(*pages))) == [Same] * 5
    edited = [replace(again[0], title="Edited"), *again[1:], found("Fresh", guid="run-2-9", url=f"{BRIDGE}/9")]
    assert kinds(decide_all(edited, remembered(*pages))) == [Changed, Same, Same, Same, Same, New]


def test_new_episodes_on_one_known_page_stay_new() -> None:
    old = [found(f"Episode {n}", guid=f"e{n}") for n in range(3)]
    new = [found(f"Episode {n}", guid=f"e{n}") for n in range(3, 6)]
    assert kinds(decide_all(new, remembered(*old))) == [New] * 3


def test_repetitions_in_one_document_collapse() -> None:
    twice = [found(), found("Edited later"), found(guid=None), found(guid="2"), found("Else", guid=None)]
    assert [one.title for one in distinct(twice)] == ["Bridge reopens", "Else"]


def test_one_guid_for_all_entries_is_no_identity() -> None:
    items = [found(f"Story {n}", guid="feed", url=f"{BRIDGE}/{n}") for n in range(3)]
    decisions = decide_all(items, Known())
    assert kinds(decisions) == [New] * 3
    stored = remembered(*(one.found for one in decisions if isinstance(one, New)))
    assert kinds(decide_all(items, stored)) == [Same] * 3
    assert kinds(decide_all(items[:1], stored)) == [Same]


def test_one_page_for_entries_without_guids_is_no_identity() -> None:
    items = [found(f"Episode {n}", guid=None) for n in range(3)]
    decisions = decide_all(items, Known())
    assert kinds(decisions) == [New] * 3
    assert kinds(decide_all(items, remembered(*(d.found for d in decisions if isinstance(d, New))))) == [Same] * 3


_urls = st.sampled_from([None, BRIDGE, f"{BRIDGE}/1", f"{BRIDGE}/2", f"{BRIDGE}?utm_source=x"])
_items = st.builds(found, st.sampled_from("ABCD"), st.sampled_from([None, "1", "2", "3"]), _urls)


@given(st.lists(_items, max_size=8))
def test_a_document_read_twice_changes_nothing(items: list[ItemData]) -> None:
    first = decide_all(items, Known())
    assert set(kinds(first)) <= {New}
    stored = remembered(*(one.found for one in first if isinstance(one, New)))
    assert set(kinds(decide_all(items, stored))) <= {Same}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://Alderwick.example.org:80/a/", "https://alderwick.example.org/a"),
        ("https://alderwick.example.org/a?utm_source=x&id=1&fbclid=2#top", "https://alderwick.example.org/a?id=1"),
        ("https://alderwick.example.org", "https://alderwick.example.org"),
        ("https://alderwick.example.org:8443/", "https://alderwick.example.org:8443"),
        ("mailto:x@example.org", None),
        ("http://[broken", None),
        ("", None),
        (None, None),
    ],
)
def test_addresses_of_one_page_are_one(url: str | None, expected: str | None) -> None:
    assert canonical(url) == expected


@pytest.mark.parametrize(
    ("url", "bare"),
    [
        ("https://a.example/x?utm_source=b&id=7&utm_medium=c#top", "https://a.example/x?id=7#top"),
        ("https://a.example/x?fbclid=1", "https://a.example/x"),
        ("https://a.example/x?a=%20&b=c+d&&", "https://a.example/x?a=%20&b=c+d&&"),
        ("https://a.example/?q=utm_source", "https://a.example/?q=utm_source"),
    ],
)
def test_links_lose_what_follows_readers_and_nothing_else(url: str, bare: str) -> None:
    assert without_tracking(url) == bare
    escaped = url.replace("&", "&amp;")
    assert links_without_tracking(f'<a href="{escaped}">x</a>') == f'<a href="{bare.replace("&", "&amp;")}">x</a>'
