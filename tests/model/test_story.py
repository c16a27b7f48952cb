"""Items of one story, folded under the one that leads."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from newsletter.model.item import Item, ItemId, ItemVersion, Triage
from newsletter.model.story import AlsoIn, Place, StoryId, folded

NOW = datetime(2026, 11, 27, tzinfo=UTC)


def item(key: int, story: int | None = None, *, leads: bool = False) -> Item:
    version = ItemVersion(
        item=ItemId(key), number=1, title="t", excerpt="", body="", url=None, outlet=None, author=None,
        published=None, language=None, seen_at=NOW,
    )  # fmt: skip
    place = Place(StoryId(story), leads, (AlsoIn(ItemId(0), None, None),)) if story else None
    return Item(
        id=ItemId(key), source=None, latest=version, state=Triage.NEW, section=None, first_seen=NOW, place=place
    )


def ids(found: list[tuple[Item, tuple[Item, ...]]]) -> list[list[int]]:
    return [[first.id, *(one.id for one in others)] for first, others in found]


def test_a_story_stands_where_its_first_item_stands_and_its_lead_comes_first() -> None:
    rows = [item(9), item(8, 1), item(7), item(6, 1, leads=True), item(5, 2), item(4, 1)]
    assert ids(folded(rows)) == [[9], [6, 8, 4], [7], [5]]


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=30))
def test_no_item_is_left_out_and_none_comes_twice(drawn: list[tuple[int, bool]]) -> None:
    rows = [item(key, story or None, leads=leads) for key, (story, leads) in enumerate(drawn, start=1)]
    assert sorted(key for told in ids(folded(rows)) for key in told) == [one.id for one in rows]
