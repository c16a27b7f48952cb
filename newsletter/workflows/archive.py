"""The public pages: sent issues in their own look, the list of them, a feed and a map of the site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

from newsletter.errors import NotFound
from newsletter.model.issue import Issue
from newsletter.model.tags import slug_of, split_tags
from newsletter.render.archived import ARCHIVE, Neighbours, Shelf, archive_url, archived, excerpt
from newsletter.render.dates import full_date
from newsletter.store import archive, issues, renditions
from newsletter.workflows.publish import Desk
from newsletter.workflows.topics import topics

PAGE = 20
"""Issues on one page of the list."""
IN_FEED = 20
_IN_MAP = 50_000
"""What a site map may hold (sitemaps.org)."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An issue in the list."""

    number: int
    title: str
    excerpt: str
    day: str
    """The day it went out, in words."""
    at: datetime
    """UTC."""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A page of the list; pages count from 1."""

    entries: tuple[Entry, ...]
    page: int
    pages: int


def issue_page(desk: Desk, number: int) -> str:
    """The public page of an issue. Raises NotFound where it has none."""
    with desk.store.reading() as tx:
        found = archive.find(tx, desk.publication.id, number)
        if found is None:
            raise NotFound(f"There is no issue {number} here.")
        frozen = renditions.get(tx, found.rendition)
        older, newer = archive.beside(tx, desk.publication.id, number)
        blocks = issues.get(tx, desk.publication.id, number).outline.blocks()
    tags = {slug_of(tag): tag for block in blocks for tag in split_tags(block.tags)}
    return archived(
        frozen.data,
        number,
        Neighbours(older=older, newer=newer),
        publication=desk.publication,
        at=found.at,
        changed=frozen.created_at if frozen.data.note else None,
        tags=[Shelf(name=name, path=f"{ARCHIVE}/tag/{slug}") for slug, name in tags.items()],
        note=frozen.data.note,
    )


def list_page(desk: Desk, page: int, search: str = "") -> Listed:
    """A page of the list, newest first; with `search` only issues that hold all of its words.

    Raises NotFound beyond the last page.
    """
    with desk.store.reading() as tx:
        pages = max(-(-archive.count(tx, desk.publication.id, search) // PAGE), 1)
    if not 1 <= page <= pages:
        raise NotFound(f"There is no page {page} here.")
    return Listed(entries=tuple(_entries(desk, PAGE, (page - 1) * PAGE, search)), page=page, pages=pages)


def _entries(desk: Desk, limit: int, offset: int = 0, search: str = "") -> list[Entry]:
    zone = ZoneInfo(desk.publication.zone)
    with desk.store.reading() as tx:
        found = [
            (one, renditions.get(tx, one.rendition).data)
            for one in archive.listing(tx, desk.publication.id, limit=limit, offset=offset, search=search)
        ]
    return [
        Entry(
            number=one.number,
            title=data.subject,
            excerpt=excerpt(data),
            day=full_date(one.at.astimezone(zone).date(), desk.publication.language),
            at=one.at,
        )
        for one, data in found
    ]


def feed(desk: Desk) -> str:
    """The latest issues as an Atom feed (RFC 4287)."""
    base, entries = desk.settings.base_url + desk.publication.path, _entries(desk, IN_FEED)
    updated = entries[0].at if entries else desk.publication.created_at
    shown = "".join(
        f"<entry><id>{escape(archive_url(base, one.number))}</id><title>{escape(one.title)}</title>"
        f'<link rel="alternate" type="text/html" href={quoteattr(archive_url(base, one.number))}/>'
        f"<published>{one.at.isoformat()}</published><updated>{one.at.isoformat()}</updated>"
        f"<summary>{escape(one.excerpt)}</summary></entry>\n"
        for one in entries
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(desk.publication.language)}>\n'
        f"<id>{escape(base)}/</id><title>{escape(desk.publication.name)}</title>"
        f"<author><name>{escape(desk.publication.name)}</name></author>"
        f'<link rel="self" href={quoteattr(f"{base}/feed.atom")}/>'
        f'<link rel="alternate" type="text/html" href={quoteattr(base + ARCHIVE)}/>'
        f"<updated>{updated.isoformat()}</updated>\n{shown}</feed>\n"
    )


def sitemap(desk: Desk) -> str:
    """All public pages of a newsletter, for search engines."""
    base = desk.settings.base_url + desk.publication.path
    with desk.store.reading() as tx:
        found = archive.listing(tx, desk.publication.id, limit=_IN_MAP)
    shelves = topics(desk)
    urls = [(base + ARCHIVE, "")]
    urls += [(f"{base}{quote(one.path)}", "") for one in (*shelves.sections, *shelves.tags)]
    urls += [(archive_url(base, one.number), f"<lastmod>{one.at.date().isoformat()}</lastmod>") for one in found]
    shown = "".join(f"<url><loc>{escape(url)}</loc>{changed}</url>\n" for url, changed in urls[:_IN_MAP])
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{shown}</urlset>\n'
    )


def keep_out(desk: Desk, number: int | None, out: bool) -> Issue:
    """Keep an issue out of the archive, or let it in again; also after it was sent."""
    with desk.store.writing() as tx:
        issue = issues.get(tx, desk.publication.id, number)
        archive.show(tx, issue.id, not out)
        return issues.by_id(tx, issue.id)
