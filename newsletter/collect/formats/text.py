"""Plain text files: the first line is the title."""

from __future__ import annotations

import re

from newsletter.collect.formats.characters import decoded
from newsletter.collect.formats.entry import entry, paragraphs
from newsletter.collect.found import Document, Found, Unreadable

_URL_LINE = re.compile(r"(?:URL:|Link:)?\s*(https?://\S+)", re.IGNORECASE)


def read_text(document: Document) -> Found:
    """One file, one item. A line that is only a web address is its link; hard-wrapped lines are joined.

    Raises Unreadable for an empty file, or one that is not text.
    """
    if b"\0" in document.body and not document.body.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("The file is not text.")
    lines = decoded(document.body).strip().split("\n")
    if not lines[0].strip():
        raise Unreadable("The file is empty.")
    url = None
    rest: list[str] = []
    for line in lines[1:]:
        match = _URL_LINE.fullmatch(line.strip())
        if match and url is None:
            url = match[1]
        else:
            rest.append(line)
    body = paragraphs("\n".join(rest))
    return Found(items=(entry(title=lines[0], url=url, base_url=None, body_html=body, guid=document.name),))
