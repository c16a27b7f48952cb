"""Adding, changing and removing sources; lists of feeds in and out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from newsletter.clock import Clock
from newsletter.collect.address import default_name, read_address
from newsletter.collect.discover import discover
from newsletter.collect.formats.opml import write_opml
from newsletter.collect.found import Document, Offer, Refusal, Unreadable
from newsletter.collect.worker import Reader
from newsletter.errors import NewsletterError
from newsletter.model.publication import Publication
from newsletter.model.source import Source, SourceId, SourceKind
from newsletter.net.fetch import Fetcher
from newsletter.settings import Settings
from newsletter.store import Store, source_use, sources
from newsletter.text.characters import one_line
from newsletter.workflows.answers.sources import OfferJson, RefusedFeedJson, SourceJson
from newsletter.workflows.pairs import Pair, Value, key_and_value, parts
from newsletter.workflows.shapes import source_json

_LOOK = 10.0
"""Seconds for a look at a page when somebody adds it."""
_FEEDS = (".xml", ".rss", ".atom", ".json", ".rdf", ".ics")
_FEED = re.compile(r"(?<![a-z])(?:feeds?|rss2?|atom)(?![a-z])")
_FEED_QUERY = re.compile(r"(?<![a-z])(?:feeds?|rss2?|atom|xml|json|ics|ical)(?![a-z])")


def add(
    store: Store,
    clock: Clock,
    publication: Publication,
    address: str,
    *,
    name: str | None = None,
    outlet: str | None = None,
    section: str | None = None,
    here: Path | None = None,
) -> Source:
    """Let a publication take from a feed or a folder; nothing is asked yet. A relative path is taken from `here`.

    Raises NewsletterError where the address can be neither, or is a source of the publication already.
    """
    found = read_address(address, here or Path.cwd())
    with store.writing() as tx:
        return sources.add(
            tx,
            publication.id,
            kind=found.kind,
            url=found.url,
            name=one_line(name or "") or default_name(found.kind, found.url),
            outlet=one_line(outlet or "") or None,
            section=one_line(section) if section is not None else None,
            now=clock.now(),
        )


def add_asked(
    store: Store,
    settings: Settings,
    clock: Clock,
    publication: Publication,
    address: str,
    *,
    name: str | None = None,
    outlet: str | None = None,
    section: str | None = None,
    as_it_is: bool = False,
) -> tuple[Source, bool]:
    """Add what a person or a program named: of a page its feed, where it offers one. And whether that was done.

    `as_it_is`: nothing is looked for. Raises NewsletterError, code `choose`, where a page offers several feeds.
    """
    offers = () if as_it_is else offered(settings, clock, address)
    if len(offers) > 1:
        listed = "; ".join(f"{one.url} ({one.title})" if one.title else one.url for one in offers)
        raise NewsletterError(
            f"{address} is a page that offers {len(offers)} feeds. Add the one you mean with newsletter sources add "
            f"URL, or the page with --as-it-is: {listed}.",
            code="choose",
            where=address,
        )
    chosen = offers[0].url if offers else address
    added = add(store, clock, publication, chosen, name=name, outlet=outlet, section=section)
    return added, chosen != address


def told(store: Store, clock: Clock, publication: Publication, found: Sequence[Source]) -> list[SourceJson]:
    """Sources as JSON, with how much of what each brought is used."""
    with store.reading() as tx:
        used = source_use.by_source(tx, publication.id)
    now = clock.now()
    return [source_json(one, used.get(one.id, source_use.NO_USE), now) for one in found]


def remove(store: Store, publication: Publication, number: SourceId) -> Source:
    """Let a publication take no longer from a source; what was collected stays. Raises NotFound."""
    with store.writing() as tx:
        return sources.remove(tx, publication.id, number)


def change(store: Store, publication: Publication, number: SourceId, pairs: Sequence[Pair]) -> Source:
    """Set `KEY=VALUE` pairs of a source: all of them, or none where one cannot be used. Raises NewsletterError."""
    fields: dict[str, Any] = {}
    for pair in pairs:
        key, value = key_and_value(pair, example="outlet='The Ferry'")
        if key not in _FIELDS:
            raise NewsletterError(f"A source has no “{key}”. There are: {', '.join(_FIELDS)}.", where=key)
        fields[key] = _FIELDS[key](value)
    with store.writing() as tx:
        return sources.change(tx, publication.id, number, fields)


def find(settings: Settings, clock: Clock, address: str) -> tuple[Offer, ...]:
    """The feeds behind the address of a page, or of a feed. Raises NewsletterError where nothing can be asked."""
    found = read_address(address, Path.cwd())
    if found.kind in (SourceKind.FOLDER, SourceKind.MAILBOX):
        raise NewsletterError("Write the address of a web page, with https://.", where=address)
    with Reader() as reader:
        try:
            return discover(found.url, Fetcher(settings.fetching), reader, now=clock.now())
        except Unreadable as cause:
            raise NewsletterError(cause.reason, where=address) from cause


def offered(settings: Settings, clock: Clock, address: str) -> tuple[Offer, ...]:
    """The feeds behind an address that does not look like that of a feed.

    Empty where it looks like one, does not answer, or names none: then it is added as it is, and what a
    collection says of it is told.
    """
    if not looks_like_a_page(address):
        return ()
    hurried = replace(settings.fetching, timeout=min(settings.fetching.timeout, _LOOK))
    try:
        return find(replace(settings, fetching=hurried), clock, address)
    except NewsletterError:
        return ()


def looks_like_a_page(address: str) -> bool:
    """Whether an http(s) address does not look like that of a feed or calendar, by its form alone."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return False
    path, query = parts.path.lower().rstrip("/"), parts.query.lower()
    named = path.endswith(_FEEDS) or _FEED.search(path) or _FEED_QUERY.search(query)
    return parts.scheme.lower() in ("http", "https") and not named


def import_opml(
    store: Store, clock: Clock, publication: Publication, content: bytes
) -> tuple[list[Source], list[Source], tuple[Refusal, ...]]:
    """Let a publication take from every feed of an OPML list; its folders are sections.

    The sources that are new, and those it took from already, which stay as they are, and the outlines that name
    no feed. Raises NewsletterError where the list cannot be read.
    """
    with Reader() as reader:
        try:
            read = reader.read(Document(name="OPML", format=".opml", body=content))
        except Unreadable as cause:
            raise NewsletterError(cause.reason, where="FILE") from cause
    offers = read.offers
    with store.writing() as tx:
        present = {one.url: one for one in sources.listing(tx, publication.id)}
        added = [
            sources.add(
                tx,
                publication.id,
                kind=SourceKind.FEED,
                url=one.url,
                name=one.title or default_name(SourceKind.FEED, one.url),
                section=one.section,
                now=clock.now(),
            )
            for one in offers
            if one.url not in present
        ]
    return added, [present[one.url] for one in offers if one.url in present], read.refused


def offer_json(one: Offer) -> OfferJson:
    """A feed that a page offers, as JSON."""
    return {"url": one.url, "title": one.title}


def refused_json(one: Refusal) -> RefusedFeedJson:
    """An outline of a list that is no source, as a row beside the sources: it has no `id`, and its `error` says why."""
    return {"id": None, "name": one.name, "kind": "feed", "status": "error", "error": one.reason}


def export_opml(store: Store, publication: Publication) -> str:
    """The feeds of a publication as OPML; its sections are folders."""
    with store.reading() as tx:
        return write_opml(sources.listing(tx, publication.id), publication.name)


def _words(value: Value) -> tuple[str, ...]:
    return parts([one_line(part) for part in parts(value)])


def _name(value: str) -> str:
    if not one_line(value):
        raise NewsletterError("A source needs a name.", where="name")
    return one_line(value)


def _newest(value: str) -> int | None:
    if not value:
        return None
    if not value.isdecimal() or not 1 <= int(value) <= 10_000:
        raise NewsletterError("newest is a number of items from 1 to 10000; leave it empty for all.", where="newest")
    return int(value)


def _interval(value: str) -> int | None:
    if not value:
        return None
    match = re.fullmatch(r"(\d{1,5})\s*([mhd])", value)
    seconds = int(match[1]) * {"m": 60, "h": 3600, "d": 86_400}[match[2]] if match else 0
    if not 60 <= seconds <= 31 * 86_400:
        raise NewsletterError(f"“{value}” is no interval; write 30m, 2h or 1d; at most 31d.", where="interval")
    return seconds


def _active(value: str) -> bool:
    answers = {"yes": True, "true": True, "1": True, "on": True, "no": False, "false": False, "0": False, "off": False}
    if value.lower() not in answers:
        raise NewsletterError(f"Write active=yes or active=no, not “{value}”.", where="active")
    return answers[value.lower()]


def _url(value: str) -> str:
    found = read_address(value, Path.cwd())
    if found.kind in (SourceKind.FOLDER, SourceKind.MAILBOX):
        raise NewsletterError("A feed stays a feed; write its new address with https://.", where="url")
    return found.url


_FIELDS: dict[str, Callable[[Any], Any]] = {
    "name": _name,
    "outlet": lambda value: one_line(value) or None,
    "section": lambda value: one_line(value) or None,
    "keep": lambda value: list(_words(value)),
    "skip": lambda value: list(_words(value)),
    "newest": _newest,
    "interval": _interval,
    "active": _active,
    "url": _url,
}
