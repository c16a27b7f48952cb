"""How far a mailbox has been read, as it is kept between two looks."""

from __future__ import annotations

import pytest

from newsletter.collect.position import Position


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("7:41", Position(7, 41)),
        ("7:", Position(7)),
        ("7:41:42:2", Position(7, 41, 42, 2)),
        ("7::1:1", Position(7, None, 1, 1)),
        (None, Position()),
        ("", Position()),
    ],
)
def test_a_position_is_read_as_it_was_kept(text: str | None, found: Position) -> None:
    assert Position.of(text) == found
    if found.validity:
        assert str(found) == text


@pytest.mark.parametrize("text", ['"etag"', ":5", "x:1", "0:9"])
def test_what_is_no_position_is_a_first_look(text: str) -> None:
    assert Position.of(text) == Position()


def test_tries_count_for_one_message_in_a_row() -> None:
    at = Position(7, 41).stuck(42).stuck(42)
    assert (at.stuck_at, at.tries) == (42, 2)
    assert at.stuck(43).tries == 1
