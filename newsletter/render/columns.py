"""Plain text in columns: wrapped lines, and two columns beside each other. Widths are columns on a screen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import zip_longest

WIDTH = 72
DATE_COLUMN = 16

_TOKEN = re.compile(r"(mg[0-9a-f]{20}[a-z]+[0-9]*gm)")
_PLACE = re.compile(r"mg[0-9a-f]{20}([vbe])[0-9]+gm")
_EDGES = re.compile(r"(?:mg[0-9a-f]{20}[be][0-9]+gm)+")
_USUAL = 10
_WHOLE = re.compile(r"\S*(?:https?://|mailto:)\S*", re.IGNORECASE)


def width_of(text: str) -> int:
    """How many columns a text takes: two for wide East Asian letters, none for combining marks.

    A value that differs by reader is taken for a short name, and the ends of a passage take none.
    """
    if text.isascii() and "mg" not in text:
        return len(text)
    if "mg" in text:
        text = _PLACE.sub(lambda found: "x" * _USUAL if found[1] == "v" else "", text)
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def upper(text: object) -> str:
    """The text in capitals; places that differ by reader stay."""
    return "".join(part if index % 2 else part.upper() for index, part in enumerate(_TOKEN.split(str(text))))


def wrap(text: str, width: int = WIDTH, first: str = "", rest: str = "") -> str:
    """The text in lines of at most `width` columns; line breaks in it stay, and links are never broken.

    `first` begins the first line, `rest` every other one.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        current, empty = (rest if lines else first), True
        for word in _words(paragraph, max(width - max(width_of(first), width_of(rest)), 1)):
            gap = "" if empty else " "
            wide = width_of(current) + len(gap) + width_of(word) > width
            if not empty and wide and not _EDGES.fullmatch(word):  # alone on a line it would take the line's place
                lines.append(current)
                current, gap = rest, ""
            current, empty = current + gap + word, False
        lines.append(current)
    return "\n".join(line.rstrip() for line in lines)


def beside(left: Iterable[str], right: str, column: int = DATE_COLUMN) -> str:
    """Two columns: short lines on the left, and from `column` on the lines of `right`."""
    wrapped = [line for text in left if text for line in wrap(text, column - 1).split("\n")]
    rows = zip_longest(wrapped, right.strip("\n").split("\n"), fillvalue="")
    return "\n".join((one + " " * (column - width_of(one)) + two).rstrip() for one, two in rows)


def _words(paragraph: str, width: int) -> Sequence[str]:
    words: list[str] = []
    for word in paragraph.split():
        if width_of(word) <= width or _WHOLE.fullmatch(word) or _PLACE.search(word):
            words.append(word)
            continue
        piece = ""
        for letter in word:
            if piece and width_of(piece + letter) > width:
                words.append(piece)
                piece = ""
            piece += letter
        words.append(piece)
    return words
