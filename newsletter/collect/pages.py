"""Single pages, fetched through the guard: one clipped by an editor, or the target of a dropped shortcut."""

from __future__ import annotations

from datetime import datetime

from newsletter.collect.found import Document, Unreadable
from newsletter.collect.worker import Reader, Readers
from newsletter.model.item import ItemData
from newsletter.net.fetch import Answer, Fetched, Fetcher, Request

_KINDS = ("html", "xml", "text/plain")


def fetch_page(url: str, fetcher: Fetcher, reader: Reader | Readers, *, zone: str, now: datetime) -> ItemData:
    """The article at an address. Raises Unreadable with one sentence."""
    return page_of(fetcher.fetch(Request(url=url), now=now), reader, zone=zone)


def page_of(answer: Answer, reader: Reader | Readers, *, zone: str) -> ItemData:
    """The article of an answer. Raises Unreadable with one sentence."""
    if not isinstance(answer, Fetched):
        raise Unreadable(getattr(answer, "reason", "Its server sent nothing."))
    kind = answer.headers.get("content-type", "text/html").lower()
    if not any(known in kind for known in _KINDS):
        raise Unreadable(f"It is no web page: its server calls it {kind.partition(';')[0][:60]}.")
    (found,) = reader.read(Document(name=answer.url, format="article", body=answer.body, zone=zone)).items
    return found
