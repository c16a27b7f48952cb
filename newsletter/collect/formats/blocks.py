"""A page or a text as a row of blocks: what stands between two breaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any

from newsletter.text.characters import one_line

_PARAGRAPH = re.compile(r"\n[ \t]*\n+")
_BULLET = re.compile(r"^[ \t]*(?:[•‣◦▪*–-]|\d{1,2}[.)])[ \t]+")
_WRAPPED_AT = 100
"""Characters; a text with longer lines was not wrapped by a machine."""
_LEAVES = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "dt", "dd", "td", "th", "pre"])
_HEADINGS = frozenset(["h1", "h2", "h3", "h4"])
_GONE = frozenset(["script", "style", "nav", "form", "noscript", "template", "svg", "iframe", "button", "select"])
_BOXES = ("div", "section", "article", "main", "aside", "header", "footer", "ul", "ol", "table", "figure", "a")
_INNER = "|".join(f"descendant::{name}" for name in (*sorted(_LEAVES), *_BOXES[:-1]))


@dataclass(frozen=True)
class Block:
    """One paragraph, heading or line, on one line."""

    text: str
    html: str
    url: str | None = None
    """Where a heading, or a text that is nothing but a link, leads."""
    heading: bool = False
    top: bool = False
    """The heading of the page itself (h1)."""
    box: int = 0
    """Which container it stands in."""
    bullet: bool = False

    @property
    def key(self) -> str:
        """What is the same in blocks that say the same."""
        return self.text.casefold()


def text_blocks(text: str) -> list[Block]:
    """The blocks of a plain text: hard-wrapped lines are joined, lines that were broken on purpose are not."""
    lines = [line.rstrip() for line in text.split("\n")]
    inner = [len(line) for line, after in pairwise(lines) if line and after]
    longest = max(inner, default=0)
    wider = sum(1 for line in lines if len(line) > longest * 1.25 and "://" not in line)
    wrapped = longest <= _WRAPPED_AT and 2 * wider <= len(inner)  # else nobody wrapped the many lines that run on
    width = longest if wrapped else 0
    return [
        Block(words, escape(words, quote=False), bullet=bullet)
        for paragraph in _PARAGRAPH.split(text.strip("\n"))
        for words, bullet in _lines(paragraph.split("\n"), width)
    ]


def _lines(lines: list[str], width: int) -> Iterator[tuple[str, bool]]:
    held, bullet = "", False
    last = ""
    for line in lines:
        if not line.strip():
            continue
        marked = bool(_BULLET.match(line))
        if held and (marked or _was_meant(last, line, width)):
            yield held, bullet
            held = ""
        if not held:
            bullet = marked
            held = one_line(_BULLET.sub("", line))
        else:
            hyphen = held.endswith("-") and line.lstrip()[:1].islower()
            held += one_line(line) if hyphen else f" {one_line(line)}"
        last = line
    if held:
        yield held, bullet


def _was_meant(line: str, following: str, width: int) -> bool:
    """Whether a line was broken on purpose: the first word of the next one would have fitted."""
    if not width or ("://" not in following and len(following) > width * 1.25):
        return True  # a line that runs on: nobody wrapped this paragraph
    word = following.split()[0]
    return len(line.rstrip()) + 1 + len(word) < width * 0.85


def html_blocks(page: Any, url: str | None) -> list[Block]:
    """The blocks of a page (an lxml tree), without its menus and forms."""
    from newsletter.text.html import clean
    from newsletter.text.links import absolute

    body = page.find(".//body")
    found: list[Block] = []
    for element in _leaves(page if body is None else body):
        words = one_line(element.text_content())
        if not words:
            continue
        if (headline := _headline_inside(element)) is not None:
            title = one_line(headline.text_content())
            link = _link(headline, title)
            found.append(
                Block(title, clean(_inner(headline), url), url=absolute(link, url) if link else None, heading=True)
            )
            headline.getnext().drop_tree()
            headline.drop_tree()
            words = one_line(element.text_content())
            if not words:
                continue
        link = _link(element, words)
        found.append(
            Block(
                words,
                clean(_inner(element), url),
                url=absolute(link, url) if link else None,
                heading=element.tag in _HEADINGS or element.getparent().tag in _HEADINGS,
                top=element.tag == "h1",
                box=_box(element),
                bullet=element.tag == "li",
            )
        )
    return found


def _leaves(root: Any) -> Iterator[Any]:
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if not isinstance(element.tag, str) or element.tag in _GONE:
            continue
        named = element is not root and (element.tag in _LEAVES or element.tag in _BOXES)
        if named and not element.xpath(_INNER):
            yield element
        else:
            waiting.extend(reversed(element))


def _headline_inside(element: Any) -> Any | None:
    """The bold or linked line with which a cell or a paragraph begins, where a break and its text follow."""
    first = next(iter(element), None)
    if first is None:
        return None
    after = first.getnext()
    if after is None or after.tag != "br" or (element.text or "").strip() or (first.tail or "").strip():
        return None
    named = first.tag in ("b", "strong", "a") and one_line(first.text_content())
    follows = (after.tail or "").strip() or after.getnext() is not None
    return first if named and follows else None


def _link(element: Any, words: str) -> str | None:
    outer = next((one for one in element.iterancestors("a") if one.get("href")), None)
    if outer is not None or (element.tag == "a" and element.get("href")):
        return str((element if outer is None else outer).get("href"))
    for link in element.iter("a"):
        if link.get("href") and (element.tag in _HEADINGS or one_line(link.text_content()) == words):
            return str(link.get("href"))
    return None


def _inner(element: Any) -> str:
    from lxml import html

    content: str = html.tostring(element, encoding="unicode", with_tail=False)
    return content


def _box(element: Any) -> int:
    """The nearest container that holds one heading alone; 0 where there is none."""
    for parent in element.iterancestors("article", "li", "div", "section"):
        headings = sum(1 for one in parent.iter(*_HEADINGS))
        if headings == 1:
            return id(parent)
        if headings > 1:
            return 0
    return 0
