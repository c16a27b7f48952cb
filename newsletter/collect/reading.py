"""Which format reads which document. Runs in the worker process."""

from __future__ import annotations

from collections.abc import Callable

from newsletter.collect.formats.feed import read_feed
from newsletter.collect.formats.html import read_html
from newsletter.collect.formats.jsonfeed import is_json, read_jsonfeed
from newsletter.collect.formats.markdown import read_markdown
from newsletter.collect.formats.opml import read_opml
from newsletter.collect.formats.page import read_page
from newsletter.collect.formats.text import read_text
from newsletter.collect.found import Document, Found

_FILES: dict[str, Callable[[Document], Found]] = {
    ".md": read_markdown,
    ".txt": read_text,
    ".html": read_html,
    ".htm": read_html,
    ".opml": read_opml,
}
FILE_FORMATS = frozenset(_FILES)
CALENDAR = ".ics"


def read_document(document: Document) -> Found:
    """The items of a feed or a file. Raises Unreadable with one sentence."""
    if document.format == "feed":
        return read_jsonfeed(document) if is_json(document) else read_feed(document)
    if document.format == "page":
        return read_page(document)
    return _FILES[document.format](document)
