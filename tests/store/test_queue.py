"""The queue's list and its counts: each story once, the newest first, whatever their number."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsletter.clock import Clock
from newsletter.model.item import TOLD, ItemData, ItemId, Triage
from newsletter.model.publication import Publication
from newsletter.model.source import SourceKind
from newsletter.model.wanted import Wanted
from newsletter.queue.drafts import fill
from newsletter.queue.outline import first_outline
from newsletter.store import Store, Tx, issues, items, queue, sources, stories
from newsletter.store import triage as decisions

SECTIONS = ("Town", "TOWN", "Straße")
LANGUAGES = ("de", "DE-at", "en", "d_x", None)
ASKED = (
    Wanted(),
    Wanted(state=None),
    Wanted(state=Triage.PICKED),
    Wanted(section="town"),
    Wanted(section="STRASSE"),
    Wanted(section="Nowhere"),
    Wanted(language="De"),
    Wanted(language="d_"),
    Wanted(language="%"),
    Wanted(words="item 3"),
    Wanted(section="TOWN", language="de", words="item"),
)


@pytest.fixture
def ids(store: Store, clock: Clock, publication: Publication) -> list[ItemId]:
    """Four hundred items of three sources, the newest last; the newest three hundred tell thirty stories."""
    with store.writing() as tx:
        kept: list[ItemId] = []
        for at, name in enumerate(SECTIONS):
            source = sources.add(
                tx,
                publication.id,
                kind=SourceKind.FEED,
                url=f"https://{name}.example/",
                name=name,
                section=name,
                now=clock.now(),
            )
            brought = [
                ItemData(
                    title=f"Item {number}",
                    published=clock.now() - timedelta(hours=400 - number),
                    language=LANGUAGES[number % len(LANGUAGES)],
                )
                for number in range(at, 400, 3)
            ]
            kept += items.keep(tx, source.id, brought, now=clock.now())
        called = {one.latest.title: one.id for one in items.get(tx, publication.id, kept, now=clock.now())}
        found = [called[f"Item {number}"] for number in range(400)]
        pairs = [(one, found[100 + (at - 100) % 30]) for at, one in enumerate(found) if at >= 130]
        stories.add(tx, pairs, now=clock.now())
    return found


def rows(tx: Tx, publication: Publication, clock: Clock, wanted: Wanted, limit: int) -> list[tuple[ItemId, ...]]:
    return [one.members for one in queue.listing(tx, publication.id, wanted, now=clock.now(), limit=limit)]


def test_many_items_of_few_stories_hide_nothing_behind_them(
    store: Store, clock: Clock, publication: Publication, ids: list[ItemId]
) -> None:
    told = [tuple(sorted(ids[at:99:-30])) for at in range(399, 369, -1)]
    plain = [(key,) for key in reversed(ids[:100])]
    with store.reading() as tx:
        for limit in (1, 20, 30, 31, 51, 500):
            assert rows(tx, publication, clock, Wanted(), limit) == [*told, *plain][:limit]


def test_as_many_are_counted_as_are_listed(
    store: Store, clock: Clock, publication: Publication, ids: list[ItemId]
) -> None:
    with store.writing() as tx:
        items.decide(tx, publication.id, ids[::7], Triage.PICKED, now=clock.now())
    with store.reading() as tx:
        for wanted in ASKED:
            listed = rows(tx, publication, clock, wanted, 500)
            assert queue.count(tx, publication.id, wanted, now=clock.now()) == len(listed), wanted


def test_a_language_is_asked_by_its_beginning_in_any_case(
    store: Store, clock: Clock, publication: Publication, ids: list[ItemId]
) -> None:
    with store.reading() as tx:
        for language, of in (("de", {0, 1}), ("D", {0, 1, 3}), ("d_", {3}), ("%", set()), ("en", {2})):
            listed = rows(tx, publication, clock, Wanted(language=language), 500)
            assert {key for members in listed for key in members} == {
                key for number, key in enumerate(ids) if number % len(LANGUAGES) in of
            }, language


def test_a_section_is_asked_in_any_case_and_an_items_own_goes_first(
    store: Store, clock: Clock, publication: Publication, ids: list[ItemId]
) -> None:
    with store.writing() as tx:
        items.decide(tx, publication.id, ids[:1], Triage.PICKED, section="straßE", now=clock.now())
    with store.reading() as tx:
        listed = rows(tx, publication, clock, Wanted(state=None, section="STRAßE"), 500)
    assert {key for members in listed for key in members} == {ids[0], *ids[2::3]}


def test_each_story_is_counted_once_in_each_state(
    store: Store, clock: Clock, publication: Publication, ids: list[ItemId]
) -> None:
    with store.writing() as tx:
        items.decide(tx, publication.id, [ids[0], ids[100], ids[130]], Triage.PICKED, now=clock.now())
        items.decide(tx, publication.id, [ids[160]], Triage.SKIPPED, reason=TOLD, now=clock.now())
        items.decide(tx, publication.id, [ids[1], ids[101]], Triage.SKIPPED, reason="too late", now=clock.now())
    with store.reading() as tx:
        assert decisions.rows(tx, publication.id) == {
            Triage.NEW: 98 + 30,
            Triage.PICKED: 2,  # two of one story
            Triage.SKIPPED: 2,
            Triage.SNOOZED: 0,
        }


def test_what_is_carried_is_found_without_reading_all_that_was_sent(
    store: Store, clock: Clock, publication: Publication, ids: list[ItemId]
) -> None:
    """Of some items those that an issue on its way has, or that tell the story of one it has."""
    with store.writing() as tx:
        picked = items.decide(tx, publication.id, [ids[0], ids[100]], Triage.PICKED, now=clock.now())
        outline, _ = fill(first_outline(), picked, frozenset())
        one = issues.create(tx, publication.id, outline, title=None, theme=None, now=clock.now())
        asked = [ids[0], ids[1], ids[130], ids[131]]
        assert issues.carried_of(tx, publication.id, asked) == set()  # a draft carries nothing away
        issues.change(tx, one.id, {"state": "sent"})
        assert issues.carried_of(tx, publication.id, asked) == {ids[0], ids[130]}
        assert issues.carried_of(tx, publication.id, ids) == issues.carried(tx, publication.id)
        assert issues.carried_of(tx, publication.id, []) == set()
