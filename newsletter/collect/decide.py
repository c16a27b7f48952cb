"""What an item found in a source means, given what that source has shown before. Pure: touches nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from newsletter.model.item import ItemData, KnownItem


@dataclass(frozen=True)
class New:
    """Never seen in this source."""

    found: ItemData


@dataclass(frozen=True)
class Changed:
    """Known, and edited since: a new version."""

    item: KnownItem
    found: ItemData


@dataclass(frozen=True)
class Renamed:
    """Known and unchanged, under a new identity: a file that was renamed."""

    item: KnownItem
    found: ItemData


@dataclass(frozen=True)
class Same:
    """Known and unchanged: nothing is written."""

    item: KnownItem


Decision = New | Changed | Renamed | Same


@dataclass(frozen=True)
class Known:
    """What a source has shown before."""

    items: tuple[KnownItem, ...] = ()

    @cached_property
    def by_guid(self) -> dict[str, KnownItem]:
        """The items that have a guid, by it."""
        return {item.guid: item for item in reversed(self.items) if item.guid}

    @cached_property
    def by_url(self) -> dict[str, list[KnownItem]]:
        """The items by canonical URL; several may share one (a podcast whose episodes link to its home page)."""
        found: dict[str, list[KnownItem]] = defaultdict(list)
        for item in self.items:
            if item.canonical_url:
                found[item.canonical_url].append(item)
        return found

    @cached_property
    def by_digest(self) -> dict[str, KnownItem]:
        """The items by the checksum of their latest version."""
        return {item.digest: item for item in reversed(self.items)}


def decide_all(found: Iterable[ItemData], known: Known) -> list[Decision]:
    """One decision for each different item of a document, in its order."""
    items = distinct(found)
    unstable = guids_are_unstable(items, known)
    guids = {item.guid for item in items if item.guid}
    decisions: list[Decision] = []
    taken: set[int] = set()
    for item in items:
        decision = _decide(item, known, unstable=unstable, guids=guids)
        if not isinstance(decision, New):
            if decision.item.id in taken:  # two entries cannot be the same item
                continue
            taken.add(decision.item.id)
        decisions.append(decision)
    return decisions


def _decide(found: ItemData, known: Known, *, unstable: bool, guids: set[str]) -> Decision:
    if found.guid and not unstable and (item := known.by_guid.get(found.guid)):
        return _same_or_changed(item, found)
    same_page = known.by_url.get(found.canonical_url or "", [])
    for item in same_page:
        # With a guid of its own the page decides only where that guid, or the one known, says nothing.
        if unstable or not found.guid or not item.guid:
            return _same_or_changed(item, found)
    if item := known.by_digest.get(found.digest):
        if found.guid and not unstable and item.guid != found.guid and item.guid not in guids:
            return Renamed(item, found)
        return Same(item)
    return New(found)


def _same_or_changed(item: KnownItem, found: ItemData) -> Same | Changed:
    return Same(item) if item.digest == found.digest else Changed(item, found)


def guids_are_unstable(items: Sequence[ItemData], known: Known) -> bool:
    """Whether most guids are new while their pages are known: some feeds give a new guid on every fetch."""
    pages = Counter(item.canonical_url for item in items if item.canonical_url)
    with_guid = [item for item in items if item.guid]
    strangers = [
        item
        for item in with_guid
        if item.guid not in known.by_guid
        and item.canonical_url
        and pages[item.canonical_url] == 1
        and len(known.by_url.get(item.canonical_url, ())) == 1
    ]
    if 2 * len(strangers) <= len(with_guid):
        return False
    # Few entries prove little: a home page may be linked by one entry after the other.
    return len(strangers) >= 3 or all(item.digest in known.by_digest for item in strangers)


def distinct(found: Iterable[ItemData]) -> list[ItemData]:
    """The items of a document without its repetitions, in its order.

    A guid that stands on different pages is no identity, and is dropped; so is the page of different entries that
    have no guid.
    """
    items = list(found)
    pages: dict[str, set[str | None]] = defaultdict(set)
    titles: dict[str, set[str]] = defaultdict(set)
    for item in items:
        if item.guid:
            pages[item.guid].add(item.canonical_url)
        elif item.canonical_url:
            titles[item.canonical_url].add(item.title)
    seen: set[tuple[str, str]] = set()
    kept: list[ItemData] = []
    for item in items:
        if item.guid and len(pages[item.guid]) > 1:
            item = replace(item, guid=None)
        elif not item.guid and len(titles[item.canonical_url or ""]) > 1:
            item = replace(item, canonical_url=None)
        names = [("digest", item.digest)]
        if item.guid:
            names.append(("guid", item.guid))
        elif item.canonical_url:
            names.append(("url", item.canonical_url))
        if seen.isdisjoint(names):
            kept.append(item)
        seen.update(names)
    return kept
