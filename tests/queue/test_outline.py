"""The outline of an issue: where things go, and that nothing is lost on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.errors import NewsletterError, NotFound
from newsletter.model.issue import Block, BlockId, BlockKind, Outline, Section, SectionId, Standing
from newsletter.queue import outline as edits
from newsletter.queue.drafts import layout_of


def text(key: int) -> Block:
    return Block(id=BlockId(key), kind=BlockKind.TEXT, blurb=f"text {key}")


def calendar(key: int = 99) -> Block:
    return Block(id=BlockId(key), kind=BlockKind.CALENDAR)


def outline(*sections: tuple[str, list[Block]]) -> Outline:
    return Outline(
        tuple(Section(id=SectionId(key), name=name, blocks=tuple(held)) for key, (name, held) in enumerate(sections, 1))
    )


def shape(made: Outline) -> list[tuple[str, list[int]]]:
    return [(section.name, [block.id for block in section.blocks]) for section in made.sections]


def test_the_first_issue_has_one_section_without_a_heading_and_last_the_calendar() -> None:
    first = edits.first_outline()
    assert [section.name for section in first.sections] == [""]
    assert [block.kind for block in first.blocks()] == [BlockKind.CALENDAR]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (None, [("", [1]), ("Town", [2]), ("Culture", [99])]),
        (1, [("Culture", []), ("", [1]), ("Town", [2, 99])]),
        (2, [("", [1]), ("Culture", []), ("Town", [2, 99])]),
        (3, [("", [1]), ("Town", [2]), ("Culture", [99])]),
    ],
)
def test_a_new_section_goes_where_it_is_told_and_the_calendar_stays_last(
    at: int | None, expected: list[tuple[str, list[int]]]
) -> None:
    made = edits.add_section(outline(("", [text(1)]), ("Town", [text(2), calendar()])), " Culture ", at)
    assert shape(made) == expected


def test_a_block_without_a_place_goes_before_the_calendar_that_ends_the_issue() -> None:
    made = edits.add_block(outline(("", [text(1), calendar()])), text(2), 0)
    assert shape(made) == [("", [1, 2, 99])]


def test_a_block_with_a_place_goes_exactly_there() -> None:
    assert shape(edits.add_block(outline(("", [text(1), calendar()])), text(2), 0, 3)) == [("", [1, 99, 2])]
    assert shape(edits.add_block(outline(("", [text(1), calendar()])), text(2), 0, 1)) == [("", [2, 1, 99])]


@pytest.mark.parametrize("at", [0, -1, 4])
def test_a_place_that_does_not_exist_is_refused(at: int) -> None:
    with pytest.raises(NewsletterError, match="no place"):
        edits.add_block(outline(("", [text(1), calendar()])), text(2), 0, at)


def test_removing_a_section_moves_its_blocks_to_the_end() -> None:
    made = edits.remove_section(outline(("", [text(1)]), ("Town", [text(2)]), ("Culture", [text(3), calendar()])), 1)
    assert shape(made) == [("", [1]), ("Culture", [3, 2, 99])]


def test_removing_the_section_of_the_calendar_keeps_the_calendar_last() -> None:
    made = edits.remove_section(outline(("", [text(1)]), ("Town", [text(2), calendar()])), 1)
    assert shape(made) == [("", [1, 2, 99])]


def test_the_last_section_cannot_be_removed() -> None:
    with pytest.raises(NewsletterError, match="at least one section"):
        edits.remove_section(outline(("", [text(1)])), 0)


@pytest.mark.parametrize(("wanted", "index"), [("", 0), ("town", 1), (" Town ", 1), ("2", 1), ("2026", 2), ("3", 2)])
def test_a_section_is_found_by_its_heading_or_its_id(wanted: str, index: int) -> None:
    assert edits.find_section(outline(("", []), ("Town", []), ("2026", [])), wanted) == index


def test_an_unknown_section_is_told_with_those_there_are() -> None:
    with pytest.raises(NotFound, match="“Town”"):
        edits.find_section(outline(("", []), ("Town", [])), "Sport")


def test_two_sections_of_one_heading_are_refused_but_empty_headings_are_not() -> None:
    made = outline(("", []), ("Town", []))
    with pytest.raises(NewsletterError, match="already"):
        edits.add_section(made, "TOWN")
    assert len(edits.add_section(made, "").sections) == 3


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9), st.integers(0, 2)), max_size=30))
def test_whatever_is_moved_nothing_is_lost_or_doubled(moves: list[tuple[int, int, int]]) -> None:
    made = outline(("", [text(1), text(2)]), ("Town", [text(3), text(4), text(5)]), ("Culture", [calendar(6)]))
    for block, to, index in moves:
        spot = edits.find_block(made, BlockId(block + 1))
        rest = len(made.sections[index].blocks) - (1 if spot[0] == index else 0)
        made = edits.move_block(made, spot, min(to, rest) + 1, index)
        assert made.sections[index].blocks[min(to, rest)].id == block + 1
    assert sorted(block.id for block in made.blocks()) == [1, 2, 3, 4, 5, 6]


def test_a_new_issue_takes_the_sections_the_calendar_and_the_standing_texts_of_the_day() -> None:
    always = replace(text(2), standing=Standing())
    autumn = replace(text(3), standing=Standing(date(2026, 9, 1), date(2026, 11, 30)))
    last = outline(("", [text(1), always]), ("Town", [autumn, calendar()]))
    november = layout_of(last, date(2026, 11, 30))
    december = layout_of(last, date(2026, 12, 1))
    assert [[block.blurb for block in section.blocks] for section in november.sections] == [
        ["text 2"],
        ["text 3", None],
    ]
    assert [[block.blurb for block in section.blocks] for section in december.sections] == [["text 2"], [None]]
    assert {block.id for block in november.blocks()} == {0}
