"""Tags as an editor writes them."""

from __future__ import annotations

import pytest

from newsletter.model.tags import read_tags, slug_of, split_tags


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("River, Public transport", "River, Public transport"),
        (" river ,, RIVER , #budget ", "river, budget"),
        ("Straße, Zürich, 图书馆, مكتبة", "Straße, Zürich, 图书馆, مكتبة"),
        ("C++, R&D, St. John’s, 20-20", "C++, R&D, St. John’s, 20-20"),
        ("", ""),
    ],
)
def test_tags_are_kept_each_once_as_they_were_written(written: str, kept: str) -> None:
    assert read_tags(written) == kept
    assert read_tags(kept) == kept
    assert ", ".join(split_tags(kept)) == kept


@pytest.mark.parametrize("written", ["<b>", "a/b", "x" * 41, "%", "a\tb\x00", ", ".join(f"t{n}" for n in range(11))])
def test_what_is_no_tag_is_told(written: str) -> None:
    with pytest.raises(ValueError, match="tag"):
        read_tags(written)


def test_ways_to_write_a_name_have_one_address() -> None:
    assert slug_of("Public Transport") == slug_of("public-transport") == "public-transport"
    assert slug_of("St. John’s") == "st-john-s"
    assert slug_of("图书馆") == "图书馆"
    assert slug_of("!!") == "-"
