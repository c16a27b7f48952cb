"""What tells the same is one story; what belongs to a series never is."""

from __future__ import annotations

import pytest

from newsletter.collect.serial import differ
from newsletter.collect.stories import Candidate, group
from newsletter.model.item import ItemId

TEXT = (
    "The council of Alderwick voted on Monday to open the old bridge again after two years of repairs, and the first "
    "carts may cross it on Friday morning, said the mayor, who thanked everybody for their patience."
)


def one(number: int, title: str, text: str = "", *, source: int | None = None, **more: object) -> Candidate:
    values = {"outlet": None, "page": None, "is_feed": True, **more}
    return Candidate(id=ItemId(number), source=number if source is None else source, title=title, text=text, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ours", "theirs", "apart"),
    [
        ("The long night, Part I", "The long night, Part II", True),
        ("The long night: part 1", "The long night: part two", True),
        ("The long night: part 2", "The long night: part II", False),
        ("Letters from the hill #4", "Letters from the hill #5", True),
        ("Harbour diary, day 3", "Harbour diary, day 4", True),
        ("Harbour diary", "Harbour diary, episode 2", True),
        ("What happens on June 4", "What happens on June 5", True),
        ("What happens on 4 June", "What happens on June 4th", False),
        ("What happens on 4 June", "What happens", False),
        ("News of 2026-06-04", "News of 2026-06-11", True),
        ("Budget 2025 is here", "Budget 2026 is here", True),
        ("The walk (2/5)", "The walk (3/5)", True),
        ("King Henry VII", "King Henry VIII", True),
        ("30 people saw the bridge open", "32 people saw the bridge open", False),
    ],
)
def test_the_serial_guard(ours: str, theirs: str, apart: bool) -> None:
    assert differ(ours, theirs) is apart
    assert differ(theirs, ours) is apart


def test_four_outlets_versions_of_one_story_are_one() -> None:
    items = [
        one(1, "Old bridge of Alderwick opens again on Friday", TEXT),
        one(2, "Old bridge of Alderwick to open again on Friday | Ferry", "Short.", outlet="Ferry"),
        one(3, "After two years: carts cross the river", f"ALDERWICK. {TEXT} There will be music."),
        one(
            4, "River crossing back", "The council of Alderwick voted on Monday to open the old bridge again, we hear."
        ),
        one(5, "A new baker for Mill Street", "He comes from the hills and bakes with rye, and his shop opens in May."),
    ]
    joined: dict[int, int] = {}
    for new, old in group(items, []):
        joined[new] = joined.get(old, old)
    assert joined == {2: 1, 3: 1, 4: 1}


def test_parts_of_a_series_stay_two_stories() -> None:
    items = [one(1, "The long night of Alderwick, Part I", TEXT), one(2, "The long night of Alderwick, Part II", TEXT)]
    assert group(items, []) == []


def test_one_page_in_two_sources_is_one_story_and_a_home_page_is_none() -> None:
    page = "https://a.example/bridge"
    assert group([one(1, "Bridge", page=page), one(2, "Bridge!", page=page)], []) == [(2, 1)]
    home = [one(n, f"Talk about {word}", source=1 + n % 2, page="https://a.example/") for n, word in enumerate("abcd")]
    assert group(home, []) == []


def test_what_one_outlet_tells_twice_is_two_stories() -> None:
    assert group([one(1, "Weekly notes from the hill", TEXT, source=1), one(2, "Notes", TEXT, source=1)], []) == []


def test_what_everybody_prints_below_proves_nothing() -> None:
    items = [one(n, f"Word{n} alone{n} here{n} now{n}", TEXT) for n in range(40)]
    assert group(items, []) == []


def test_short_titles_and_short_excerpts_prove_nothing() -> None:
    assert group([one(1, "Bridge opens", "It opens."), one(2, "Bridge opens", "It opens.")], []) == []


def test_what_an_editor_parted_stays_apart() -> None:
    known, new = one(1, "Old bridge opens again", TEXT), one(2, "Old bridge opens again", TEXT)
    assert group([new], [known]) == [(2, 1)]
    assert group([new], [known], {(1, 2)}) == []
