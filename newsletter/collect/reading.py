"""Which format reads which document. Runs in the worker process; a format is imported when it is first met."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from newsletter.collect.found import Document, Found

_FILES = {
    ".md": "markdown:read_markdown",
    ".txt": "text:read_text",
    ".html": "html:read_html",
    ".htm": "html:read_html",
    ".opml": "opml:read_opml",
    ".csv": "table:read_csv",
    ".json": "objects:read_json",
    ".eml": "mail:read_mail",
    ".docx": "docx:read_docx",
    ".url": "shortcut:read_shortcut",
    ".webloc": "shortcut:read_shortcut",
}
_OTHERS = {
    "page": "page:read_page",
    "article": "html:read_article",
    "keys.txt": "text:text_keys",
    "keys.html": "html:html_keys",
    "keys.htm": "html:html_keys",
}
COMPARED = frozenset((".txt", ".html", ".htm"))
"""Endings of files that may be listing pages of one site."""
FILE_FORMATS = frozenset(_FILES)
CALENDAR = ".ics"


def read_document(document: Document) -> Found:
    """The items of a feed or a file. Raises Unreadable with one sentence."""
    if document.format == "feed":
        from newsletter.collect.formats.feed import read_feed
        from newsletter.collect.formats.jsonfeed import is_json, read_jsonfeed

        return read_jsonfeed(document) if is_json(document) else read_feed(document)
    module, name = (_OTHERS.get(document.format) or _FILES[document.format]).split(":")
    read: Callable[[Document], Found] = getattr(import_module(f"newsletter.collect.formats.{module}"), name)
    return read(document)
