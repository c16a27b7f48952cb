"""Full-text search finds the same on both databases: in any case, with or without accents, in any script."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from newsletter.model.item import ItemData, ItemId
from newsletter.model.publication import Publication
from newsletter.model.source import SourceKind
from newsletter.store import Store, item_edits, items, publications, search, sources
from newsletter.store.engine import Store as OpenStore
from newsletter.store.engine import Tx, open_engine
from newsletter.store.migrations import upgrade
from newsletter.store.opening import open_store
from newsletter.store.schema import item, triage

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
STORIES = {
    "pool": ItemData(title="A new roof for the pool", excerpt="<p>Season tickets &amp; a caf&eacute;.</p>"),
    "ferry": ItemData(title="L’École du Ferry—Überraschung", author="Ana Ştefan", outlet="Straßenblatt"),
    "tower": ItemData(title="東京タワーの夜", body="<p>Ein <b>Turm</b></p>"),
    "news": ItemData(title="Новости города: ёлка", excerpt="हिन्दी में समाचार"),
    "markup": ItemData(title="C'est “quoted” \\ OR NOT (near) * : \" ' & | ! <b>"),
}


def collect(tx: Tx, letter: Publication, name: str = "River Radio") -> dict[str, ItemId]:
    source = sources.add(tx, letter.id, kind=SourceKind.FEED, url=f"https://{name}.example/", name=name, now=NOW)
    found = {}
    for key, data in STORIES.items():
        found[key] = items.keep(tx, source.id, [data], now=NOW)[0]
    return found


def ask(tx: Tx, letter: Publication, question: str) -> set[ItemId]:
    query = (
        select(triage.c.item_id)
        .join(item, item.c.id == triage.c.item_id)
        .where(triage.c.publication_id == letter.id, *search.holds(tx, letter.id, question))
    )
    return {ItemId(number) for number in tx.execute(query).scalars()}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("ROOF", {"pool"}),
        ("pool roof", {"pool"}),
        ("roo", {"pool"}),
        ("oof", set()),
        ("cafe", {"pool"}),
        ("CAFÉ", {"pool"}),
        ("ecole", {"ferry"}),
        ("überr", {"ferry"}),
        ("uberraschung stefan", {"ferry"}),
        ("strassenblatt", {"ferry"}),
        ("straße", {"ferry"}),
        ("東京", {"tower"}),
        ("タワー", {"tower"}),
        ("夜", {"tower"}),
        ("turm", {"tower"}),
        ("новости", {"news"}),
        ("НОВОСТИ елка", {"news"}),
        ("समाचार", {"news"}),
        ("quoted", {"markup"}),
        ("or not near", {"markup"}),
        ("\" \\ ' * : & |", {"pool", "ferry", "tower", "news", "markup"}),
        ("radio", {"pool", "ferry", "tower", "news", "markup"}),
        ("radio roof", {"pool"}),
        ("roof ferry", set()),
        ("", {"pool", "ferry", "tower", "news", "markup"}),
        ("x" * 5_000, set()),
        (" ".join(f"w{number}" for number in range(500)), set()),
    ],
)
def test_words_are_found(store: Store, publication: Publication, question: str, expected: set[str]) -> None:
    with store.writing() as tx:
        ids = collect(tx, publication)
        assert ask(tx, publication, question) == {ids[key] for key in expected}


def test_search_keeps_step_with_versions_and_edits(store: Store, publication: Publication) -> None:
    with store.writing() as tx:
        other = publications.add(tx, "Harbour Post", now=NOW)
        ids = collect(tx, publication)
        known = next(one for one in items.known(tx, next(iter(sources.listing(tx, publication.id))).id))
        items.revise(tx, [(known, replace(STORIES["pool"], title="The pool stays shut"))], now=NOW)
        assert ask(tx, publication, "shut") == {ids["pool"]}
        assert ask(tx, publication, "roof") == set()

        item_edits.lay(tx, publication.id, ids["tower"], {"title": "A night at the tower"}, now=NOW)
        assert ask(tx, publication, "night tower") == {ids["tower"]}
        assert ask(tx, publication, "東京") == {ids["tower"]}, "what was collected is found as well"
        assert ask(tx, other, "night") == set(), "an edit is of one publication"

        fields = dict.fromkeys(("title", "excerpt", "url", "outlet", "published"))
        item_edits.lay(tx, publication.id, ids["tower"], fields, now=NOW)
        assert ask(tx, publication, "night") == set()


def test_a_migrated_database_finds_what_was_collected_before(database_url: str) -> None:
    first = open_store(database_url)
    with first.writing() as tx:
        letter = publications.add(tx, "Alderwick Letter", now=NOW)
        ids = collect(tx, letter)
        tx.execute(text("DROP TABLE item_search"))
    first.close()
    again = OpenStore(open_engine(database_url))
    with again.writing() as tx:
        search.create(tx)
        assert ask(tx, letter, "roof") == set()
        assert search.fill(tx) == len(STORIES)
        assert search.fill(tx) == 0
        assert ask(tx, letter, "roof") == {ids["pool"]}
    again.close()


def test_the_migration_makes_the_place_for_the_words(database_url: str) -> None:
    migrated = OpenStore(open_engine(database_url))
    with migrated.writing() as tx:
        upgrade(tx)
        letter = publications.add(tx, "Alderwick Letter", now=NOW)
        ids = collect(tx, letter)
        assert ask(tx, letter, "roof") == {ids["pool"]}
    migrated.close()
