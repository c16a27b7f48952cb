"""Excerpts: the beginning of a text, cut where a sentence ends, with its links."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape

LIMIT = 600
"""Characters a reader sees."""

_PIECE = re.compile(r"<[^>]*>|[^<]+")
_NAME = re.compile(r"</?([a-z0-9]+)")
_SENTENCE = re.compile(r"[.!?…。！？](?:[\"'”’»)\]]*)(?=\s|$)|[。！？]")
_VOID = frozenset(("br", "hr", "img"))
_DROPPED = re.compile(r"<(?:img|hr)\b[^>]*>")
_HEADING = re.compile(r"<(/?)h[3-6]>")
_SHORT = re.compile(
    r"\b(?:[A-Z]|Dr|Mr|Mrs|Ms|Prof|St|No|Nr|vs|etc|e\.g|i\.e|z\.B|bzw|ca|approx|Jan|Feb|Aug|Sept?|Oct|Nov|Dec)\.$"
)
"""An abbreviation: its full stop ends no sentence."""
_PARTED = re.compile(r"(</(?:p|li|blockquote|pre)>)(?=\S)")
_EMPTY = re.compile(r"<(p|li|ul|ol|blockquote|a|b|strong|i|em|u|s|sub|sup|code|pre)(?: [^<>]*)?>\s*</\1>")


def excerpt(html: str, limit: int = LIMIT) -> str:
    """The beginning of clean HTML, at most `limit` visible characters, ending with a sentence where one ends in time.

    Takes what `clean` returned. Links stay, images go, headings become paragraphs.
    """
    html = _HEADING.sub(r"<\1p>", _DROPPED.sub("", html))
    pieces = _PIECE.findall(html)
    shown = "".join(unescape(piece) for piece in pieces if not piece.startswith("<"))
    end = len(shown) if len(shown) <= limit else _end(shown, limit)
    return _thinned(_upto(pieces, end, cut=end < len(shown.rstrip()) and not _SENTENCE.search(shown[:end][-3:])))


def _end(shown: str, limit: int) -> int:
    """Where to cut: after the last sentence that ends in the second half, else before a word."""
    ends = [match.end() for match in _SENTENCE.finditer(shown, 0, limit + 1) if match.end() <= limit]
    if ends and ends[-1] >= limit // 3:
        return ends[-1]
    space = max(shown.rfind(" ", 0, limit), shown.rfind("\n", 0, limit))
    return space if space > limit // 2 else limit - 1


def _upto(pieces: list[str], end: int, *, cut: bool) -> str:
    written: list[str] = []
    open_tags: list[str] = []
    left = end
    for piece in pieces:
        if piece.startswith("<"):
            name = _NAME.match(piece)
            if name is None or (left <= 0 and not piece.startswith("</")):
                break
            if piece.startswith("</"):
                if open_tags and open_tags[-1] == name[1]:
                    open_tags.pop()
            elif name[1] not in _VOID:
                open_tags.append(name[1])
            written.append(piece)
            continue
        text = unescape(piece)
        if len(text) >= left:
            written.append(escape(text[:left].rstrip() if cut or len(text) > left else text, quote=False))
            left = 0
            if cut:
                written.append("…")
            break
        left -= len(text)
        written.append(piece)
    written.extend(f"</{name}>" for name in reversed(open_tags))
    return "".join(written)


def _thinned(html: str) -> str:
    while (thinner := _EMPTY.sub("", html)) != html:
        html = thinner
    return html.strip()


def first_sentences(html: str, count: int) -> str:
    """The first so many sentences of clean HTML, with their links; all of it where there are no more."""
    return _cut(html, lambda shown: _ends(shown)[: max(count, 1)][-1:])


def upto_sentence(html: str, limit: int | None = None) -> str:
    """Clean HTML up to the last sentence that is whole, or the first that ends at or after `limit` characters.

    Without a limit, what ends with a whole sentence loses that one, unless it is the only one.
    """

    def where(shown: str) -> list[int]:
        ends = _ends(shown)
        if limit is not None:
            return [end for end in ends if end >= limit][:1]
        whole = [end for end in ends if end < len(shown.rstrip())]
        return whole[-1:]

    return _cut(html, where)


def _ends(shown: str) -> list[int]:
    return [match.end() for match in _SENTENCE.finditer(shown) if not _SHORT.search(shown, 0, match.end())]


def _cut(html: str, where: Callable[[str], list[int]]) -> str:
    html = _HEADING.sub(r"<\1p>", _DROPPED.sub("", html))
    pieces = _PIECE.findall(_PARTED.sub(r"\1 ", html))
    shown = "".join(unescape(piece) for piece in pieces if not piece.startswith("<"))
    ends = where(shown)
    return _thinned(_upto(pieces, ends[0], cut=False)) if ends else _thinned(html)


def sentences(html: str) -> list[str]:
    """Clean inline HTML as its sentences; a tag that goes over the end of one closes there, and opens again."""
    pieces = _PIECE.findall(html)
    shown = "".join(unescape(piece) for piece in pieces if not piece.startswith("<"))
    ends = [end for end in _ends(shown) if end < len(shown.rstrip())] + [len(shown)]
    found: list[str] = []
    open_tags: list[str] = []
    written, at = "", 0
    for piece in pieces:
        if piece.startswith("<"):
            written += piece
            name = _NAME.match(piece)
            if name and piece.startswith("</") and open_tags:
                open_tags.pop()
            elif name and name[1] not in _VOID:
                open_tags.append(piece)
            continue
        text = unescape(piece)
        while text:
            left = ends[0] - at
            part, text = text[:left], text[left:]
            written += escape(part, quote=False)
            at += len(part)
            if at >= ends[0] and len(ends) > 1:
                closing = "".join(f"</{_NAME.match(tag)[1]}>" for tag in reversed(open_tags))  # type: ignore[index]
                found.append((written + closing).strip())
                written = "".join(open_tags)
                ends.pop(0)
    return [one for one in [*found, written.strip()] if _thinned(one)]
