"""Clean HTML made fit for its place in an issue: no pictures, headings under the one above, every text in a block."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import lxml.html
from markupsafe import Markup

from newsletter.text.html import clean

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_HEADING = re.compile(r"<(/?)h([3-6])>")
_BLOCKS = frozenset({"p", "blockquote", "ul", "ol", "pre", "hr", *_HEADINGS})


@dataclass(frozen=True)
class Button:
    """A paragraph that is one bold link and nothing else."""

    text: str
    url: str


def prose(html: str, *, above: int, headings: bool = True) -> Markup:
    """Some HTML as paragraphs that may stand under a heading of level `above`.

    It passes the one policy again, loses its pictures (in an issue they are image blocks), and its headings go on from
    `above` without skipping a level; with `headings` off they become bold paragraphs.
    """
    return _markup(_fit(html, above=above, headings=headings), above)


def pieces(html: str, *, above: int) -> list[Markup | Button]:
    """The same, parted at its buttons: `**[Support us](https://…)**` alone in a paragraph is one."""
    found: list[Markup | Button] = []
    root = _fit(html, above=above, headings=True)
    run = _root()
    for child in list(root):
        button = _button(child)
        if button is None:
            run.append(child)
            continue
        found += [_markup(run, above), button]
        run = _root()
    found.append(_markup(run, above))
    return [one for one in found if one]


def _root(html: str = "") -> Any:
    return lxml.html.fragment_fromstring(html, create_parent="div")


def _fit(html: str, *, above: int, headings: bool) -> Any:
    root = _root(clean(html))
    for image in root.xpath(".//img"):
        image.drop_tree()
    for link in root.xpath(".//a"):
        if not link.text_content().strip():
            link.drop_tree()
    _demote(root, max(above, 2), headings)
    return _in_blocks(root)


def _demote(root: Any, above: int, headings: bool) -> None:
    open_levels: list[int] = []
    for heading in [one for one in root.iter() if one.tag in _HEADINGS]:
        level = int(heading.tag[1])
        while open_levels and open_levels[-1] >= level:
            open_levels.pop()
        open_levels.append(level)
        if headings and above + len(open_levels) <= 6:
            heading.tag = f"h{above + len(open_levels)}"
            continue
        heading.tag = "b"
        paragraph = heading.makeelement("p")
        parent, tail = heading.getparent(), heading.tail
        parent.replace(heading, paragraph)
        heading.tail, paragraph.tail = None, tail
        paragraph.append(heading)


def _in_blocks(root: Any) -> Any:
    """Text and inline elements that stand alone get a paragraph of their own."""
    done = _root()
    paragraph = None

    def into() -> Any:
        nonlocal paragraph
        if paragraph is None:
            paragraph = lxml.html.Element("p")
            done.append(paragraph)
        return paragraph

    if (root.text or "").strip():
        into().text = root.text
    for child in list(root):
        tail, child.tail = child.tail, None
        if child.tag in _BLOCKS:
            paragraph = None
            done.append(child)
            if (tail or "").strip():
                into().text = tail
        else:
            into().append(child)
            child.tail = tail
    return done


def _button(element: Any) -> Button | None:
    """`<p><strong><a>…` or `<p><a><strong>…`, with no other text."""
    if element.tag != "p":
        return None
    tags, link, inner = set(), None, element
    while len(inner) == 1 and not (inner.text or "").strip() and not (inner[0].tail or "").strip():
        inner = inner[0]
        tags.add(inner.tag)
        link = inner if inner.tag == "a" else link
    if link is None or len(inner) or not tags & {"b", "strong"} or not tags <= {"a", "b", "strong"}:
        return None
    text, url = " ".join(inner.text_content().split()), link.get("href", "")
    return Button(text, url) if text and url.startswith(("http://", "https://")) else None


def _markup(root: Any, above: int) -> Markup:
    inside = (root.text or "") + "".join(lxml.html.tostring(child, encoding="unicode", method="html") for child in root)
    html = clean(inside)
    if above < 2:  # the policy knows no h2
        html = _HEADING.sub(lambda found: f"<{found[1]}h{int(found[2]) - 1}>", html)
    return Markup(html)  # noqa: S704  the policy has just been applied
