"""Items by hand: a page by its address, a file, or a pasted text; words over them; pages that are asked later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any

from newsletter.clock import Clock
from newsletter.collect.canonical import canonical, without_tracking
from newsletter.collect.dates import written_date
from newsletter.collect.decide import Changed, Known, New, decide_all
from newsletter.collect.files import read_file
from newsletter.collect.found import Found, Unreadable
from newsletter.collect.pages import fetch_page
from newsletter.collect.reading import FILE_FORMATS
from newsletter.collect.worker import Reader
from newsletter.errors import NewsletterError
from newsletter.model.item import Item, ItemData, ItemId
from newsletter.model.publication import Publication
from newsletter.model.source import SourceId, SourceKind
from newsletter.net.fetch import Fetcher
from newsletter.settings import Settings
from newsletter.store import Store, item_edits, item_pages, items, sources
from newsletter.text.characters import one_line
from newsletter.text.excerpt import excerpt
from newsletter.text.html import clean
from newsletter.text.links import absolute
from newsletter.text.markdown import to_html
from newsletter.workflows.collect import what_is_known
from newsletter.workflows.found_events import keep_events, read_events
from newsletter.workflows.stories import group_new

BY_HAND = "by hand"
"""The address and the name of the source of what editors add themselves."""


@dataclass(frozen=True)
class Clipper:
    """What clipping needs."""

    store: Store
    settings: Settings
    clock: Clock
    publication: Publication

    def add_page(self, url: str, *, title: str = "", selection: str = "") -> list[Item]:
        """The page at an address, fetched through the guard. `title`, `selection`: what a person marked, over it.

        Raises NewsletterError where the page cannot be read, and a title is not given.
        """
        if absolute(url) is None:
            raise NewsletterError(f"“{url}” is not a web address; write it with https://.", where=url)
        with Reader() as reader:
            try:
                fetcher, now = Fetcher(self.settings.fetching), self.clock.now()
                found = fetch_page(url, fetcher, reader, zone=self.publication.zone, now=now)
            except Unreadable as cause:
                if not title:
                    raise NewsletterError(cause.reason, where=url) from cause
                found = ItemData(title="", url=url)
        found = replace(found, guid=None, canonical_url=canonical(found.url or url))
        found = replace(found, url=without_tracking(found.url or url))
        if title:
            found = replace(found, title=one_line(title), flags=())
        if selection:
            found = replace(found, excerpt=excerpt(to_html(selection, found.url)))
        return self._keep([found])

    def add_file(self, path: Path) -> list[Item]:
        """The items of a file. Raises NewsletterError."""
        limit = self.settings.fetching.max_bytes
        try:
            if path.stat().st_size > limit:
                raise NewsletterError(f"{path} is larger than {limit / 1024 / 1024:.3g} MiB.", where=str(path))
            content = path.read_bytes()
        except OSError as cause:
            raise NewsletterError(f"{path} cannot be read: {cause.strerror}.", where=str(path)) from cause
        return self.add_content(str(path), content)

    def add_content(self, name: str, content: bytes) -> list[Item]:
        """The items of a file of this name, which says its kind. Raises NewsletterError."""
        limit, path = self.settings.fetching.max_bytes, PurePath(name)
        if len(content) > limit:
            raise NewsletterError(f"{name} is larger than {limit / 1024 / 1024:.3g} MiB.", where=name)
        ending = path.suffix.lower()
        if ending not in FILE_FORMATS:
            kinds = ", ".join(sorted(FILE_FORMATS))
            raise NewsletterError(f"{name} is of a kind that is not read; there are: {kinds}.", where=name)
        return self._keep_found(self._read(path.name, ending, content))

    def add_text(self, text: str) -> list[Item]:
        """A pasted text: Markdown; its first line or heading is the title. Raises NewsletterError where it is empty."""
        if not text.strip():
            raise NewsletterError("There is no text to add.", where="-")
        first, _, rest = text.strip().partition("\n")
        marked = first.startswith(("#", "---"))
        body = text if marked else f"# {first}\n\n{rest}"
        found = self._read("pasted.md", ".md", body.encode())
        return self._keep([replace(one, guid=None) for one in found.items])

    def edit(self, key: ItemId, fields: dict[str, str | None]) -> Item:
        """Lay words over an item: `title excerpt url outlet published`; none takes them off. Raises NewsletterError."""
        values: dict[str, Any] = {}
        for name, value in fields.items():
            values[name] = None if value is None else self._value(name, value)
        with self.store.writing() as tx:
            return item_edits.lay(tx, self.publication.id, key, values, now=self.clock.now())

    def full_text(self, key: ItemId) -> item_pages.FullText:
        """Fetch the whole text of an item, and keep it beside its excerpt. Raises NewsletterError."""
        with self.store.reading() as tx:
            (one,) = items.get(tx, self.publication.id, [key], now=self.clock.now())
        if one.latest.url is None:
            raise NewsletterError(f"Item {key} has no link to fetch its text from.", where=str(key))
        now = self.clock.now()
        with Reader() as reader:
            try:
                found = fetch_page(
                    one.latest.url, Fetcher(self.settings.fetching), reader, zone=self.publication.zone, now=now
                )
            except Unreadable as cause:
                raise NewsletterError(cause.reason, where=one.latest.url) from cause
        if not found.body:
            raise NewsletterError(f"The page of item {key} holds no article that can be read.", where=one.latest.url)
        text = item_pages.FullText(key, found.url or one.latest.url, found.body, now)
        with self.store.writing() as tx:
            item_pages.keep_text(tx, text)
        return text

    def _value(self, name: str, value: str) -> object:
        if name == "published":
            found = written_date(value.strip(), self.publication.zone)
            if found is None:
                raise NewsletterError(f"“{value}” is not a date; write it like 2026-12-04.", where="--published")
            return found
        if name == "url" and value:
            link = absolute(value)
            if link is None:
                raise NewsletterError(f"“{value}” is not a web address; write it with https://.", where="--url")
            return link
        if name == "excerpt":
            return clean(to_html(value))
        return one_line(value)

    def _read(self, name: str, ending: str, content: bytes) -> Found:
        about = what_is_known(self.store, self.settings, self.publication)
        with Reader() as reader:
            found = read_file(reader, about.document(name, ending, content))
        if not (found.items or found.calendars or found.event_lines):
            why = next(iter(found.refused), None)
            left = f"{name} holds no item: it is {found.ignored[0]}." if found.ignored else f"{name} holds no item."
            raise NewsletterError(why.reason if why else left, where=name)
        return found

    def _keep_found(self, found: Found) -> list[Item]:
        """The items of a file, and its events."""
        now = self.clock.now()
        events, _ = read_events(found, self.publication, now)
        if events:
            with self.store.writing() as tx:
                keep_events(tx, [self.publication.id], self._source(tx, now), events, now)
        return self._keep(found.items) if found.items else []

    def _keep(self, found: Sequence[ItemData]) -> list[Item]:
        now = self.clock.now()
        with self.store.writing() as tx:
            source = self._source(tx, now)
            sources.lock(tx, source)
            decisions = decide_all(found, Known(items.known(tx, source)))
            fresh = items.keep(tx, source, [one.found for one in decisions if isinstance(one, New)], now=now)
            items.revise(tx, [(one.item, one.found) for one in decisions if isinstance(one, Changed)], now=now)
            known = [one.item.id for one in decisions if not isinstance(one, New)]
        group_new(self.store, fresh, now=now)
        with self.store.reading() as tx:
            return items.get(tx, self.publication.id, [*reversed(fresh), *known], now=now)

    def _source(self, tx: Any, now: datetime) -> SourceId:
        found = sources.by_url(tx, self.publication.id, self._place)
        if found is None:
            kind = SourceKind.FORM
            found = sources.add(tx, self.publication.id, kind=kind, url=self._place, name=BY_HAND, now=now).id
        return found

    @property
    def _place(self) -> str:
        return f"form:{self.publication.slug}"
