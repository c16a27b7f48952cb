"""The full text of a source, sentence by sentence, with the names by which a form picks them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import lxml.html
from markupsafe import Markup

from newsletter.model.item import ItemId
from newsletter.text.excerpt import sentences
from newsletter.text.html import clean

MOST = 400
"""Sentences that are offered."""


@dataclass(frozen=True)
class Sentence:
    """One sentence, in a paragraph counted from 0."""

    paragraph: int
    html: Markup


def sentences_of(html: str) -> list[Sentence]:
    """The sentences of clean HTML, each with its links."""
    found: list[Sentence] = []
    for paragraph, block in enumerate(_blocks(clean(html))):
        for one in sentences(block):
            found.append(Sentence(paragraph, Markup(clean(one))))  # noqa: S704  the policy has just been applied
    return found[:MOST]


def html_of(texts: Mapping[ItemId, str], wanted: Sequence[str]) -> str:
    """The sentences named `ITEM-NUMBER`, in the order of the texts; those of one paragraph together."""
    chosen = set(wanted)
    paragraphs: list[str] = []
    for item, text in texts.items():
        last: int | None = None
        for number, one in enumerate(sentences_of(text)):
            if f"{item}-{number}" not in chosen:
                continue
            if one.paragraph == last:
                paragraphs[-1] += f" {one.html}"
            else:
                paragraphs.append(str(one.html))
            last = one.paragraph
    return "".join(f"<p>{one}</p>" for one in paragraphs)


def _blocks(html: str) -> list[str]:
    """The paragraphs of clean HTML without their own tags; a list is a paragraph for each of its items."""
    if not html:
        return []
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    blocks: list[str] = []
    loose = root.text or ""
    for child in root:
        if child.tag in ("p", "h3", "h4", "h5", "h6", "blockquote"):
            blocks += [loose, _inside(child)]
            loose = child.tail or ""
        elif child.tag in ("ul", "ol"):
            blocks += [loose, *(_inside(item) for item in child)]
            loose = child.tail or ""
        else:
            loose += lxml.html.tostring(child, encoding="unicode")
    return [one for one in [*blocks, loose] if one.strip()]


def _inside(element: object) -> str:
    whole: str = lxml.html.tostring(element, encoding="unicode", with_tail=False)
    return whole[whole.index(">") + 1 : whole.rindex("</")] if "</" in whole else ""
