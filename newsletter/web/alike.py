"""Which rows of the queue may tell the same as another one. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from newsletter.model.wanted import Row
from newsletter.model.words import words
from newsletter.text.plain import plain


def most_alike(row: Row, others: Sequence[Row], most: int) -> list[Row]:
    """At most so many of the others: those first that share the most words with it, then the newest."""
    mine, my_text = _title(row), _text(row)

    def likeness(other: Row) -> float:
        return 2 * _shared(mine, _title(other)) + _shared(my_text, _text(other))

    ranked = sorted(range(len(others)), key=lambda index: (-likeness(others[index]), index))
    return [others[index] for index in ranked[:most]]


def _title(row: Row) -> set[str]:
    return {word for word in words(row.item.latest.title) if len(word) > 2}


def _text(row: Row) -> set[str]:
    return {word for word in words(plain(row.item.latest.excerpt)) if len(word) > 3}


def _shared(one: set[str], other: set[str]) -> float:
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0
