"""Events from a file or an address: read, and kept in the calendar of a publication."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.events.ics import MOST_BYTES
from newsletter.events.material import read_material
from newsletter.model.event import EventId
from newsletter.model.publication import Publication
from newsletter.settings import Settings
from newsletter.store import Store, events


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What became of a file: the events it told of, and (what, why) for each that was refused."""

    ids: tuple[EventId, ...]
    new: int
    updated: int
    refused: tuple[tuple[str, str], ...]


def import_events(store: Store, settings: Settings, clock: Clock, publication: Publication, where: str) -> Imported:
    """Import the events of a file, or of what an http(s) or webcal address answers: .ics, a page, a CSV.

    Raises NewsletterError where nothing can be read at all.
    """
    content, name, url = content_of(settings, clock, where)
    return keep_material(store, clock, publication, content, name=name, url=url)


def keep_material(
    store: Store, clock: Clock, publication: Publication, content: bytes, *, name: str, url: str = ""
) -> Imported:
    """Keep the events of a file. Raises NewsletterError where nothing can be read at all."""
    read = read_material(
        content, zone=publication.zone, language=publication.language, now=clock.now(), name=name, url=url
    )
    if not read.events and [what for what, _ in read.refused] == [name]:
        raise NewsletterError(f"{name}: {read.refused[0][1]}", where=name)
    with store.writing() as tx:
        kept = events.keep(tx, publication.id, read.events, now=clock.now())
    return Imported(ids=kept.ids, new=kept.new, updated=kept.updated, refused=read.refused)


def content_of(settings: Settings, clock: Clock, where: str) -> tuple[bytes, str, str]:
    """The bytes behind a file or an address, a name for them, and where they came from in the end.

    Raises NewsletterError where they cannot be had.
    """
    scheme = where.partition("://")[0].lower() if "://" in where else ""
    if scheme in ("webcal", "webcals"):
        where = "https" + where[len(scheme) :]
    if scheme in ("http", "https", "webcal", "webcals"):
        from newsletter.net.fetch import Failed, Fetched, Fetcher, Request

        answer = Fetcher(settings.fetching).fetch(Request(url=where), now=clock.now())
        if isinstance(answer, Failed):
            raise NewsletterError(answer.reason, where=where)
        assert isinstance(answer, Fetched)
        return answer.body, urlsplit(answer.url).path.rsplit("/", 1)[-1] or where, answer.url
    file = Path(where).expanduser()
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1), file.name, ""
    except OSError as cause:
        raise NewsletterError(f"The file {file} cannot be read: {cause.strerror}.", where=where) from cause
