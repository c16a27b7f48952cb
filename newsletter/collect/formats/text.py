"""Plain text files: a listing, a saved issue, or one post whose first line is its title."""

from __future__ import annotations

import re
from dataclasses import replace

from newsletter.collect.formats.blocks import Block, text_blocks
from newsletter.collect.formats.characters import decoded
from newsletter.collect.formats.entry import entry
from newsletter.collect.formats.listing import keys, read_listing
from newsletter.collect.formats.savedissue import read_saved_issue
from newsletter.collect.found import Document, Found, Unreadable
from newsletter.model.item import BREAKS_OFF, ItemData

_URL_LINE = re.compile(r"(?:URL:|Link:)?\s*(https?://\S+)", re.IGNORECASE)
_ENDS = re.compile(r"[.!?…:;。！？][\"'”’»)\]*_]*$")
_LONG = 60
"""Characters, from which on a paragraph is taken for sentences."""


def read_text(document: Document) -> Found:
    """The items of a listing or a saved issue; else one file, one item, and a line that is only an address its link.

    Raises Unreadable for an empty file, or one that is not text.
    """
    text = _text(document)
    blocks = text_blocks(text)
    if told := read_listing(blocks, document.chrome):
        items = tuple(
            entry(title=one.headline, url=one.url, base_url=None, body_html=one.html, author=one.author) for one in told
        )
        return Found(items=items)
    if issue := read_saved_issue(blocks, document.outlets, document.name):
        return Found(items=issue.items, event_lines=issue.event_lines)
    return Found(items=(_post(text, document.name),))


def text_keys(document: Document) -> Found:
    """What the file is compared with its siblings by."""
    return Found(keys=keys(text_blocks(_text(document))))


def _text(document: Document) -> str:
    if b"\0" in document.body and not document.body.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("The file is not text.")
    text = decoded(document.body).strip()
    if not text:
        raise Unreadable("The file is empty.")
    return text


def _post(text: str, name: str) -> ItemData:
    first, _, rest = text.partition("\n")
    url = None
    kept: list[str] = []
    for line in rest.split("\n"):
        match = _URL_LINE.fullmatch(line.strip())
        if match and url is None:
            url = match[1]
        else:
            kept.append(line)
    blocks = _rejoined("\n".join(kept))
    body = "".join(f"<li>{one.html}</li>" if one.bullet else f"<p>{one.html}</p>" for one in blocks)
    item = entry(
        title=first, url=url, base_url=None, body_html=re.sub(r"((?:<li>.*?</li>)+)", r"<ul>\1</ul>", body), guid=name
    )
    broken = any(not one.bullet and len(one.text) >= _LONG and not _ENDS.search(one.text) for one in blocks)
    return replace(item, flags=(*item.flags, BREAKS_OFF)) if broken else item


def _rejoined(text: str) -> list[Block]:
    """The paragraphs of a post, each reflowed; short lines under each other stay in one paragraph."""
    found: list[Block] = []
    for paragraph in re.split(r"\n[ \t]*\n+", text.strip("\n")):
        joined: list[Block] = []
        for block in text_blocks(paragraph):
            if joined and not block.bullet and not joined[-1].bullet:
                last = joined[-1]
                joined[-1] = Block(f"{last.text} {block.text}", f"{last.html} {block.html}")
            else:
                joined.append(block)
        found += joined
    return found
