"""Which new items tell a story that another one tells already. Pure.

Titles alike by 0.90, or excerpts that share 0.30 of their runs of four words: the best of what was measured on 98
documents. Parts of a series are as alike as that, so their numbers are compared first.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nsmallest
from itertools import chain

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extract

from newsletter.collect.serial import differ
from newsletter.model.item import ItemId

ALIKE = 90.0
SHARED = 0.30
FEWEST_WORDS = 4
FEWEST_RUNS = 8
"""Runs of four words; a shorter excerpt proves nothing."""
_FEWEST_SHARED = SHARED * FEWEST_RUNS
_RARE = 4
_BOILERPLATE = 30
"""A run of words, or a rare word, that so many items have tells nothing about one of them."""
_LONGEST = 80
_WORD = re.compile(r"\w+")
_SUFFIX = re.compile(r"\s+[|·•»]\s+[^|·•»]{2,40}$")


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An item as it is compared. `text`: its excerpt as plain text."""

    id: ItemId
    source: int | None
    is_feed: bool
    outlet: str | None
    title: str
    text: str
    page: str | None
    """Its canonical URL."""

    @cached_property
    def words(self) -> list[str]:
        """The words of the title, without the outlet's name behind it."""
        title = self.title
        if self.outlet:
            title = re.sub(rf"\s+[-–—|]\s+{re.escape(self.outlet)}\s*$", "", title, flags=re.IGNORECASE)
        stripped = _SUFFIX.sub("", title)
        return _WORD.findall((stripped if len(stripped.split()) >= FEWEST_WORDS else title).casefold())

    @cached_property
    def line(self) -> str:
        """The title, as it is compared."""
        return " ".join(self.words)

    def runs(self) -> frozenset[int]:
        """Each run of four words of the excerpt."""
        words = _WORD.findall(self.text.casefold())[:_LONGEST]
        return frozenset(map(hash, zip(words, words[1:], words[2:], words[3:], strict=False)))


def group(
    new: Sequence[Candidate], known: Iterable[Candidate], apart: Collection[tuple[int, int]] = frozenset()
) -> list[tuple[ItemId, ItemId]]:
    """Pairs of items that tell one story, the new one first; each new item is in at most one pair as such.

    `apart`: pairs (the smaller id first) that an editor said are two stories.
    """
    new = sorted(new, key=lambda one: one.id)
    everything = [*known, *new]
    index = _Index(everything, new)
    pairs: list[tuple[ItemId, ItemId]] = []
    for place, one in enumerate(new, start=len(everything) - len(new)):
        alike = ((score, -other.id) for other, score in index.alike(place) if _pair(one.id, other.id) not in apart)
        best = max(alike, default=None)  # of those that are as alike the one that was first
        if best is not None:
            pairs.append((one.id, ItemId(-best[1])))
    return pairs


def _pair(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


class _Index:
    """Items by what may make them alike to a new one: what no new item has is left out."""

    def __init__(self, items: Sequence[Candidate], new: Sequence[Candidate]) -> None:
        self._items = items
        self._lines = [one.line for one in items]
        self._counts = Counter(word for one in items for word in set(one.words))
        self._rare_of: dict[ItemId, list[str]] = {}
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._by_page: dict[str, list[int]] = defaultdict(list)
        for at, one in enumerate(items):
            if len(one.words) >= FEWEST_WORDS:
                for word in self._rare(one):
                    self._by_word[word].append(at)
            if one.page:
                self._by_page[one.page].append(at)
        self._index_runs(items, {one.id for one in new})

    def _index_runs(self, items: Sequence[Candidate], fresh: Collection[int]) -> None:
        """Which items share which runs. Of known ones only what a new one has is held: they may be very many."""
        counts: Counter[int] = Counter()
        runs_of: dict[int, frozenset[int]] = {}
        self._sizes: dict[int, int] = {}
        by_age = sorted(range(len(items)), key=lambda at: items[at].id not in fresh)  # the new ones first
        wanted: frozenset[int] | None = None
        for at in by_age:
            runs = items[at].runs()
            if len(runs) < FEWEST_RUNS:
                continue
            if items[at].id not in fresh:
                wanted = frozenset(counts) if wanted is None else wanted
                held = runs & wanted
                if not held:
                    continue
            else:
                held = runs
            self._sizes[at] = len(runs)
            runs_of[at] = held
            counts.update(held)
        telling = frozenset(run for run, count in counts.items() if 1 < count <= _BOILERPLATE)
        self._runs_of = {at: runs & telling for at, runs in runs_of.items()}
        self._by_run: dict[int, list[int]] = defaultdict(list)
        for at, runs in self._runs_of.items():
            for run in runs:
                self._by_run[run].append(at)

    def _rare(self, one: Candidate) -> list[str]:
        found = self._rare_of.get(one.id)
        if found is None:
            found = self._rare_of[one.id] = nsmallest(_RARE, set(one.words), key=lambda w: (self._counts[w], w))
        return found

    def alike(self, place: int) -> Iterable[tuple[Candidate, float]]:
        """The items before this place that tell the same as the one there, each with a score of up to 2."""
        one = self._items[place]
        scores: dict[int, float] = {}
        if place in self._runs_of:
            shared = Counter(chain.from_iterable(map(self._by_run.__getitem__, self._runs_of[place])))
            for at, count in shared.items():
                if at < place and count >= _FEWEST_SHARED:
                    part = count / min(self._sizes[place], self._sizes[at])
                    if part >= SHARED:
                        scores[at] = part
        titled = self._titled(one, place)
        lines = [self._lines[at] for at in titled]
        for _, alike, found in extract(one.line, lines, scorer=ratio, score_cutoff=ALIKE, limit=None):
            scores[titled[found]] = max(scores.get(titled[found], 0.0), alike / 100)
        for at in self._of_page(one):
            if at < place:
                scores[at] = 2.0
        for at, score in scores.items():
            other = self._items[at]
            if not _same_place(one, other) and not differ(one.title, other.title):
                yield other, score

    def _titled(self, one: Candidate, before: int) -> list[int]:
        """Where items with one of the rare words of this one's title are, before a place."""
        if len(one.words) < FEWEST_WORDS:
            return []
        lists = (self._by_word.get(word, ()) for word in self._rare(one))
        return list({at for found in lists if len(found) <= 10 * _BOILERPLATE for at in found if at < before})

    def _of_page(self, one: Candidate) -> list[int]:
        """The items with the same page in other sources; a page that a source links twice is no item's own."""
        found = self._by_page.get(one.page or "", ())
        sources = Counter(self._items[at].source for at in found)
        if one.page is None or any(count > 1 for count in sources.values()):
            return []
        return [at for at in found if self._items[at].source != one.source]


def _same_place(one: Candidate, other: Candidate) -> bool:
    """One outlet tells a story once; two that look alike there are two."""
    if one.source != other.source:
        return False
    return one.is_feed or (one.outlet is not None and one.outlet == other.outlet)
