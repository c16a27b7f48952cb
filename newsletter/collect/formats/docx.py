"""Word documents (.docx), by mammoth."""

from __future__ import annotations

import io
import re
import zipfile

from newsletter.collect.formats.entry import entry
from newsletter.collect.found import Document, Found, Unreadable
from newsletter.text.html import clean
from newsletter.text.plain import plain

MAX_UNPACKED = 64 * 1024 * 1024
"""Bytes; a document's pictures are not read."""
_FIRST = re.compile(r"\A\s*<(p|h[3-6])>(.*?)</\1>\s*", re.DOTALL)
_PICTURE = re.compile(r"<img\b[^>]*>")


def read_docx(document: Document) -> Found:
    """One document, one item: its first paragraph is the title. Raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(document.body)) as package:
            if sum(part.file_size for part in package.infolist()) > MAX_UNPACKED:
                raise Unreadable("The document is larger than 64 MiB when unpacked.")
        import mammoth

        html = mammoth.convert_to_html(io.BytesIO(document.body)).value
    except Unreadable:
        raise
    except Exception as cause:  # a damaged package raises whatever its reader meets
        raise Unreadable("The document cannot be read as a Word document (.docx).") from cause
    body = clean(_PICTURE.sub("", html))
    title = ""
    if match := _FIRST.match(body):
        title, body = plain(match[2]), body[match.end() :]
        if len(title) > 200:
            title, body = "", match[0] + body
    if not title and not plain(body):
        raise Unreadable("The document is empty.")
    return Found(items=(entry(title=title, url=None, base_url=None, body_html=body, guid=document.name),))
