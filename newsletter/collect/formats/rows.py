"""Rows of a table, or objects of a list, whose columns are called in one of several ways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from newsletter.collect.dates import written_date
from newsletter.collect.formats.entry import entry, paragraphs
from newsletter.collect.found import Document, Found, Refusal, Unreadable
from newsletter.model.item import ItemData
from newsletter.text.plain import plain

MAX_ROWS = 2_000
_NAMES: dict[str, tuple[str, ...]] = {
    "title": ("title", "headline", "name", "subject"),
    "url": ("url", "link", "href", "external_url", "address"),
    "excerpt": ("excerpt", "summary", "description", "teaser", "abstract"),
    "body": ("body", "content", "text", "content_html", "content_text", "article"),
    "outlet": ("outlet", "source", "publication", "publisher", "site"),
    "author": ("author", "authors", "by", "byline", "creator"),
    "date": ("date", "published", "date_published", "pubdate", "published_at", "time"),
    "language": ("language", "lang"),
    "guid": ("guid", "id"),
}


def read_rows(rows: Iterable[tuple[int, Mapping[str, Any]]], document: Document) -> Found:
    """One item for each row that has a title, a text or a link. `rows`: the number a person knows it by, its fields.

    Raises Unreadable where no row has a column that is known.
    """
    items: list[ItemData] = []
    refused: list[Refusal] = []
    known = False
    for number, raw in rows:
        fields = {str(name).strip().lower().replace(" ", "_"): value for name, value in raw.items()}
        values = {wanted: _first(fields, names) for wanted, names in _NAMES.items()}
        known = known or any(name in fields for names in _NAMES.values() for name in names)
        if not (values["title"] or values["url"] or values["excerpt"] or values["body"]):
            refused.append(Refusal(f"row {number}", "It has neither a title nor a link nor a text."))
        elif len(items) >= MAX_ROWS:
            refused.append(Refusal(f"row {number}", f"Only the first {MAX_ROWS:,} rows are read."))
            break
        else:
            items.append(_item(values, fields, document))
    if not known:
        raise Unreadable("No column is called title, url or excerpt; name them in the first row.")
    return Found(items=tuple(items), refused=tuple(refused))


def _item(values: Mapping[str, str], fields: Mapping[str, Any], document: Document) -> ItemData:
    date = next((fields[name] for name in _NAMES["date"] if fields.get(name)), None)
    return entry(
        title=plain(values["title"]),
        url=values["url"] or None,
        base_url=None,
        summary_html=_html(values["excerpt"]),
        body_html=_html(values["body"]) or _html(values["excerpt"]),
        outlet=plain(values["outlet"]) or None,
        author=plain(values["author"]) or None,
        published=written_date(date, document.zone),
        dated=date is not None and str(date).strip() != "",
        language=values["language"] or None,
        guid=f"{document.name}#{values['guid']}" if values["guid"] else None,
    )


def _html(text: str) -> str:
    return text if "<" in text else paragraphs(text)


def _first(fields: Mapping[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = fields.get(name)
        if isinstance(value, list):
            value = ", ".join(str(part.get("name", "") if isinstance(part, dict) else part) for part in value)
        if isinstance(value, dict):
            value = value.get("name")
        if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""
