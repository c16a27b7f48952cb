"""JSON files: a JSON Feed, or a list of objects."""

from __future__ import annotations

import json
from typing import Any

from newsletter.collect.formats.jsonfeed import read_jsonfeed
from newsletter.collect.formats.rows import read_rows
from newsletter.collect.found import Document, Found, Unreadable

_LISTS = ("items", "articles", "entries", "posts", "stories", "results", "data")


def read_json(document: Document) -> Found:
    """The objects of a list, or of an object that holds one. Raises Unreadable."""
    try:
        content: Any = json.loads(document.body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as cause:
        where = f", in line {cause.lineno}" if isinstance(cause, json.JSONDecodeError) else ""
        raise Unreadable(f"The file is broken JSON{where}.") from cause
    if isinstance(content, dict):
        if "jsonfeed.org" in str(content.get("version", "")):
            return read_jsonfeed(document)
        content = next((content[name] for name in _LISTS if isinstance(content.get(name), list)), [content])
    if not isinstance(content, list):
        raise Unreadable("The file holds no list of items.")
    return read_rows(((n, one) for n, one in enumerate(content, start=1) if isinstance(one, dict)), document)
