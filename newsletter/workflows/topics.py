"""What the public issues are about: a page for each tag and each section, with what stood under it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from newsletter.errors import NotFound
from newsletter.model.issue import Block, PinnedItem
from newsletter.model.item import ItemVersion
from newsletter.model.merge import new_nonce
from newsletter.model.personal import NOBODY, BadPersonalisation, Marks, told
from newsletter.model.tags import slug_of, split_tags
from newsletter.render.archived import ARCHIVE, Shelf, archive_url
from newsletter.render.dates import full_date
from newsletter.store import issues
from newsletter.store import topics as stored
from newsletter.text.characters import one_line
from newsletter.text.excerpt import excerpt
from newsletter.text.markdown import to_html
from newsletter.text.plain import plain
from newsletter.workflows.publish import Desk

PAGE = 20
"""Stories on one page."""
_EXCERPT = 240
_TITLE = 80

Kind = Literal["tag", "section"]


@dataclass(frozen=True, kw_only=True)
class Topic(Shelf):
    """A tag or a section, and how many stories of public issues stand under it."""

    slug: str
    names: tuple[str, ...]
    """The ways in which it was written."""
    count: int


@dataclass(frozen=True, kw_only=True)
class Topics:
    """All of them, by name."""

    sections: tuple[Topic, ...]
    tags: tuple[Topic, ...]


@dataclass(frozen=True, kw_only=True)
class Story:
    """A block as the page of its topic shows it."""

    title: str
    excerpt: str
    outlet: str
    number: int
    """Of its issue."""
    url: str
    """Of its issue, a path."""
    day: str
    """The day its issue went out, in words."""
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Told:
    """A page of a topic; pages count from 1."""

    topic: Topic
    stories: tuple[Story, ...]
    page: int
    pages: int


def topics(desk: Desk) -> Topics:
    """What the public issues of a newsletter are about."""
    with desk.store.reading() as tx:
        tags = stored.tags(tx, desk.publication.id)
        sections = stored.sections(tx, desk.publication.id)
    borne = ((name, count) for kept, count in tags for name in split_tags(kept))
    return Topics(sections=_shelved("section", sections), tags=_shelved("tag", borne))


def _shelved(kind: Kind, named: Iterable[tuple[str, int]]) -> tuple[Topic, ...]:
    """Ways to write the same become one, under the most used of them."""
    found: dict[str, dict[str, int]] = {}
    for name, count in named:
        ways = found.setdefault(slug_of(name), {})
        ways[name] = ways.get(name, 0) + count
    shelves = [
        Topic(
            name=max(ways, key=lambda name: (ways[name], name)),
            path=f"{ARCHIVE}/{kind}/{slug}",
            slug=slug,
            names=tuple(ways),
            count=sum(ways.values()),
        )
        for slug, ways in found.items()
    ]
    return tuple(sorted(shelves, key=lambda one: one.name.casefold()))


def topic_page(desk: Desk, kind: Kind, slug: str, page: int) -> Told:
    """A page of what stood under a tag or in a section, the newest first. Raises NotFound."""
    known = topics(desk)
    topic = next((one for one in (known.tags if kind == "tag" else known.sections) if one.slug == slug), None)
    if topic is None:
        raise NotFound(f"No issue here has the {kind} “{slug[:80]}”.")
    pages = max(-(-topic.count // PAGE), 1)
    if not 1 <= page <= pages:
        raise NotFound(f"There is no page {page} here.")
    under = stored.under_tag if kind == "tag" else stored.under_section
    with desk.store.reading() as tx:
        placed = under(tx, desk.publication.id, topic.names, limit=PAGE, offset=(page - 1) * PAGE)
        numbers = {one.issue: one.number for one in placed}
        blocks = {
            block.id: block
            for number in numbers.values()
            for block in issues.get(tx, desk.publication.id, number).outline.blocks()
        }
        versions = {pin: version for issue in numbers for pin, version in issues.versions(tx, issue).items()}
    zone = ZoneInfo(desk.publication.zone)
    stories = [
        Story(
            title=title,
            excerpt=said,
            outlet=outlet,
            number=one.number,
            url=archive_url(desk.publication.path, one.number),
            day=full_date(one.at.astimezone(zone).date(), desk.publication.language),
            at=one.at,
        )
        for one in placed
        for title, said, outlet in (_words(blocks[one.block], versions),)
    ]
    return Told(topic=topic, stories=tuple(stories), page=page, pages=pages)


def _words(block: Block, versions: dict[PinnedItem, ItemVersion]) -> tuple[str, str, str]:
    """Title, excerpt and outlet of a block, as for somebody unknown, in plain text."""
    first = next((versions[pin] for pin in block.items if pin in versions), None)
    html = to_html(_for_nobody(block.blurb)) if block.blurb else first.excerpt if first else ""
    said = plain(excerpt(html, _EXCERPT))
    title = one_line(_for_nobody(block.headline or "")) or (one_line(first.title) if first else "")
    if not title:
        cut = said[:_TITLE].rsplit(" ", 1)[0] if len(said) > _TITLE else said
        title, said = (f"{cut}…", said) if cut != said else (said, "")
    outlet = block.outlet if block.outlet is not None else (first.outlet if first else None)
    return title or "…", said, one_line(outlet or "")


def _for_nobody(text: str) -> str:
    if "{" not in text:
        return text
    marks = Marks(new_nonce())
    try:
        marked = marks.mark(text)
    except BadPersonalisation:
        return text
    return told(marked, marks.nonce, marks.places, NOBODY, str)
