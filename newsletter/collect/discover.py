"""The feeds of a web page: those it names, else those that lie at the usual places."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urljoin

from newsletter.collect.found import Document, Offer, Unreadable
from newsletter.collect.worker import Reader
from newsletter.net.fetch import Failed, Fetched, Fetcher, Request

USUAL = ("feed", "rss", "feed.xml", "rss.xml", "atom.xml", "index.xml", "feed.json")
"""Where feeds lie that no page names; asked one after the other, beside the page and at the top of its host."""


def discover(url: str, fetcher: Fetcher, reader: Reader, *, now: datetime) -> tuple[Offer, ...]:
    """The feeds behind an address: the address itself where it is one. Raises Unreadable where nothing answers."""
    answer = fetcher.fetch(Request(url=url), now=now)
    if not isinstance(answer, Fetched):
        raise Unreadable(getattr(answer, "reason", "It sent nothing."))
    if title := _feed_title(answer, reader):
        return (Offer(url, title),)
    if answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].upper() == b"BEGIN:VCALENDAR":
        return (Offer(url),)
    named = _named(answer, reader)
    return named or _usual(answer.url, fetcher, reader, now)


def _feed_title(answer: Fetched, reader: Reader) -> str | None:
    headers = {"content-type": answer.headers.get("content-type", "")}
    try:
        found = reader.read(Document(name=answer.url, format="feed", body=answer.body, headers=headers))
    except Unreadable:
        return None
    return found.title or answer.url


def _named(answer: Fetched, reader: Reader) -> tuple[Offer, ...]:
    try:
        return reader.read(Document(name=answer.url, format="page", body=answer.body)).offers
    except Unreadable:
        return ()


def _usual(url: str, fetcher: Fetcher, reader: Reader, now: datetime) -> tuple[Offer, ...]:
    for place in dict.fromkeys(urljoin(url, start + name) for start in ("", "/") for name in USUAL):
        answer = fetcher.fetch(Request(url=place), now=now)
        if isinstance(answer, Fetched) and (title := _feed_title(answer, reader)):
            return (Offer(place, title),)
        if isinstance(answer, Failed) and answer.status is None:
            break  # a server that gives no answer here lets each of the others wait as long
    return ()
