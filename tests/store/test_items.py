"""Items and sources in the store, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsletter.errors import NewsletterError, NotFound
from newsletter.model.item import Item, ItemData, ItemId, Triage
from newsletter.model.publication import Publication
from newsletter.model.source import Source, SourceKind
from newsletter.store import Store, Tx, items, publications, sources

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


def feed(tx: Tx, publication: Publication, host: str = "a", **more: str) -> Source:
    url = f"https://{host}.example/feed"
    return sources.add(tx, publication.id, kind=SourceKind.FEED, url=url, name=host.upper(), now=NOW, **more)  # type: ignore[arg-type]


def some(count: int, **more: object) -> list[ItemData]:
    return [ItemData(title=f"Story {n}", guid=str(n), **more) for n in range(count)]  # type: ignore[arg-type]


def titles(found: list[Item]) -> list[str]:
    return [one.latest.title for one in found]


def test_new_items_are_in_the_queue_in_the_order_of_their_feed(store: Store, publication: Publication) -> None:
    with store.writing() as tx:
        source = feed(tx, publication, section="Local")
        items.keep(tx, source.id, some(3), now=NOW)
        items.keep(tx, source.id, [ItemData(title="Next run")], now=NOW + timedelta(hours=1))
        found = items.listing(tx, publication.id, now=NOW + timedelta(hours=2))
    assert titles(found) == ["Next run", "Story 0", "Story 1", "Story 2"]
    assert {(one.state, one.section, one.latest.outlet) for one in found} == {(Triage.NEW, "Local", "A")}


def test_odd_dates_sort_by_when_they_were_seen(store: Store, publication: Publication) -> None:
    dates = {"today": NOW - timedelta(hours=1), "future": NOW + timedelta(days=9), "older": NOW - timedelta(days=3)}
    dates["ancient"] = datetime(1970, 1, 1, tzinfo=UTC)
    with store.writing() as tx:
        source = feed(tx, publication)
        items.keep(tx, source.id, [ItemData(title=name, published=at) for name, at in dates.items()], now=NOW)
        found = items.listing(tx, publication.id, now=NOW)
    assert titles(found) == ["future", "ancient", "today", "older"]
    assert found[0].latest.published == dates["future"]


def test_an_edited_item_is_a_new_version_and_the_old_one_stays(store: Store, publication: Publication) -> None:
    with store.writing() as tx:
        source = feed(tx, publication)
        items.keep(tx, source.id, some(2), now=NOW)
        (one, *_) = items.known(tx, source.id)
        items.revise(tx, [(one, ItemData(title="Edited", guid=one.guid))], now=NOW)
        assert sorted(titles(items.listing(tx, publication.id, now=NOW))) == ["Edited", "Story 0"]
        assert [(version.number, version.title) for version in items.versions(tx, one.id)] == [
            (1, "Story 1"),
            (2, "Edited"),
        ]
        assert [known.latest for known in items.known(tx, source.id)] == [2, 1]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("STORY", ["100% Story_time", "Étoile story"]),
        ("étoile", ["Étoile story"]),
        ("ÉTOILE story", ["Étoile story"]),
        ("100%", ["100% Story_time"]),
        ("y_t", ["100% Story_time"]),
        ("1__", []),
        ("\\", []),
        ("reyes", ["100% Story_time"]),
        ("ferry river", ["Étoile story"]),
        ("  ", ["100% Story_time", "Étoile story"]),
    ],
)
def test_search_finds_all_words_in_any_case(
    store: Store, publication: Publication, search: str, expected: list[str]
) -> None:
    with store.writing() as tx:
        source = feed(tx, publication)
        found = [
            ItemData(title="100% Story_time", author="Ana Reyes"),
            ItemData(title="Étoile story", outlet="The Ferry", excerpt="By the river."),
        ]
        items.keep(tx, source.id, found, now=NOW)
        assert titles(items.listing(tx, publication.id, now=NOW, search=search)) == expected


def test_picking_keeps_a_section_and_unknown_items_change_nothing(store: Store, publication: Publication) -> None:
    with store.writing() as tx:
        source = feed(tx, publication, section="Local")
        a, b, c = reversed(items.keep(tx, source.id, some(3), now=NOW))
        assert items.newest(tx, publication.id, 2, now=NOW) == [a, b]
        items.decide(tx, publication.id, [a], Triage.PICKED, now=NOW)
        items.decide(tx, publication.id, [b], Triage.PICKED, section="", now=NOW)
        items.decide(tx, publication.id, [c], Triage.SKIPPED, now=NOW)
        sources.remove(tx, publication.id, source.id)
        found = items.get(tx, publication.id, [a, b, c], now=NOW)
        assert [(one.state, one.section) for one in found] == [
            (Triage.PICKED, "Local"),
            (Triage.PICKED, ""),
            (Triage.SKIPPED, None),
        ]
        assert titles(items.listing(tx, publication.id, now=NOW, state=Triage.SKIPPED)) == ["Story 2"]
        assert {one.latest.outlet for one in found} == {"A"}
    with pytest.raises(NotFound, match="no item 999"), store.writing() as tx:
        items.decide(tx, publication.id, [a, ItemId(999)], Triage.NEW, now=NOW)
    with store.reading() as tx:
        assert items.get(tx, publication.id, [a], now=NOW)[0].state is Triage.PICKED


def test_a_second_publication_joins_a_source_with_what_it_has_shown(store: Store, publication: Publication) -> None:
    with store.writing() as tx:
        source = feed(tx, publication, section="Local")
        items.keep(tx, source.id, some(2), now=NOW)
        other = publications.add(tx, "The Other Letter", now=NOW)
        assert feed(tx, other).id == source.id
        items.keep(tx, source.id, [ItemData(title="Both")], now=NOW)
        for one, section in ((publication, "Local"), (other, None)):
            found = items.listing(tx, one.id, now=NOW)
            assert titles(found) == ["Both", "Story 0", "Story 1"]
            assert {item.section for item in found} == {section}
        items.decide(tx, publication.id, [found[0].id], Triage.PICKED, now=NOW)
        assert items.listing(tx, other.id, now=NOW, state=Triage.PICKED) == []


def test_a_source_is_added_once_and_continues_when_added_again(store: Store, publication: Publication) -> None:
    with store.writing() as tx:
        source = feed(tx, publication)
        items.keep(tx, source.id, some(2), now=NOW)
    with pytest.raises(NewsletterError, match="is a source already"), store.writing() as tx:
        feed(tx, publication)
    with store.writing() as tx:
        sources.remove(tx, publication.id, source.id)
        assert sources.listing(tx, publication.id) == []
        assert len(items.listing(tx, publication.id, now=NOW)) == 2
        assert feed(tx, publication).id == source.id
        assert len(items.known(tx, source.id)) == 2
        assert len(items.listing(tx, publication.id, now=NOW)) == 2
    with pytest.raises(NotFound, match="no source 99"), store.writing() as tx:
        sources.remove(tx, publication.id, 99)  # type: ignore[arg-type]


def test_many_items_take_few_statements(store: Store, publication: Publication) -> None:
    from sqlalchemy import event

    statements: list[str] = []
    with store.writing() as tx:
        source = feed(tx, publication)
        event.listen(tx, "before_cursor_execute", lambda *call: statements.append(call[2]))
        items.keep(tx, source.id, some(3000, body="x" * 100), now=NOW)
        assert len(items.known(tx, source.id)) == 3000
    assert len(statements) < 40
