"""JSON Feed 1.0 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

import json
from typing import Any

from newsletter.collect.dates import feed_date
from newsletter.collect.formats.entry import entry, paragraphs
from newsletter.collect.formats.feed import MAX_ENTRIES
from newsletter.collect.found import Document, Found, Refusal, Unreadable
from newsletter.model.item import ItemData
from newsletter.text.characters import one_line
from newsletter.text.plain import plain


def is_json(document: Document) -> bool:
    """Whether a document looks like JSON: by its type or its first character."""
    first = document.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return first == b"{" or (first != b"<" and "json" in document.headers.get("content-type", ""))


def read_jsonfeed(document: Document) -> Found:
    """The items of a JSON Feed. Raises Unreadable where it is none."""
    try:
        feed = json.loads(document.body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as cause:
        where = f", in line {cause.lineno}" if isinstance(cause, json.JSONDecodeError) else ""
        raise Unreadable(f"The feed is broken JSON{where}.") from cause
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise Unreadable("This is JSON, but no JSON Feed: it has no list called items.")
    authors = _authors(feed)
    items: list[ItemData] = []
    refused: list[Refusal] = []
    for number, raw in enumerate(feed["items"][:MAX_ENTRIES], start=1):
        if not isinstance(raw, dict):
            refused.append(Refusal(f"item {number}", "It is not an object."))
            continue
        item = _item(raw, document.name, authors, _text(feed, "language"))
        if item.title or item.body or item.url:
            items.append(item)
        else:
            refused.append(Refusal(f"item {number}", "It is empty."))
    return Found(items=tuple(items), title=plain(_text(feed, "title")) or None, refused=tuple(refused))


def _item(raw: dict[str, Any], feed_url: str, authors: str | None, language: str) -> ItemData:
    body = _text(raw, "content_html") or paragraphs(_text(raw, "content_text"))
    summary = paragraphs(_text(raw, "summary")) or body
    guid = raw.get("id")  # numbers are coerced to strings, says 1.1
    return entry(
        title=plain(_text(raw, "title")),
        url=_text(raw, "url") or _text(raw, "external_url") or None,
        base_url=feed_url,
        summary_html=summary,
        body_html=body or summary,
        author=_authors(raw) or authors,
        published=feed_date(_text(raw, "date_published")) or feed_date(_text(raw, "date_modified")),
        dated=bool(_text(raw, "date_published").strip() or _text(raw, "date_modified").strip()),
        language=_text(raw, "language") or language or None,
        guid=str(guid) if isinstance(guid, str | int | float) and not isinstance(guid, bool) else None,
    )


def _text(raw: dict[str, Any], name: str) -> str:
    value = raw.get(name)
    return value if isinstance(value, str) else ""


def _authors(raw: dict[str, Any]) -> str | None:
    found = raw.get("authors")
    people = found if isinstance(found, list) else [raw.get("author")]  # `author` is 1.0
    names = [one_line(_text(person, "name")) for person in people if isinstance(person, dict)]
    return ", ".join(dict.fromkeys(name for name in names if name and "@" not in name)) or None
