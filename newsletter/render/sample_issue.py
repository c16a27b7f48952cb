"""The sample issue of a theme, to show and check it on: `sample.toml` in its folder, else that of its base.

day, number, title              of the issue
[publication]                   name, tagline, address, sender, zone, language
[[sections]]                    name
[[sections.blocks]]             text, with a headline or without; or items; or image (a file of the folder), alt,
                                caption, link; or calendar = true. Of all: headline, teaser, blurb
[[sections.blocks.items]]       title, excerpt, url, outlet, language, also (outlet, url)
[[events]]                      title, first, last (days, or the local time an event begins), dates, place, online,
                                url, contact, description, rule
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from newsletter.model.asset import Asset, AssetId, Assets
from newsletter.model.event import EventId, Occurrence
from newsletter.model.issue import Block, BlockId, BlockKind, Issue, IssueId, Outline, PinnedItem, Section, SectionId
from newsletter.model.item import ItemId, ItemVersion
from newsletter.model.publication import Publication, PublicationId
from newsletter.model.story import AlsoIn
from newsletter.render.themes import TemplateError, Theme, open_theme
from newsletter.render.variables import near
from newsletter.settings import Settings

FILE = "sample.toml"
BASE_URL = "https://letter.example.org"
_THEN = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)

_KEYS: Mapping[str, Sequence[str]] = {
    "sample.toml": ("day", "number", "title", "publication", "sections", "events"),
    "[publication]": ("name", "tagline", "address", "sender", "zone", "language"),
    "[[sections]]": ("name", "blocks"),
    "[[sections.blocks]]": (
        "text", "items", "image", "alt", "caption", "link", "calendar", "headline", "teaser", "blurb",
    ),
    "[[sections.blocks.items]]": ("title", "excerpt", "url", "outlet", "language", "also"),
    "also": ("outlet", "url"),
    "[[events]]": (
        "title", "first", "last", "dates", "place", "online", "url", "contact", "description", "rule",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """All that an issue is rendered from."""

    publication: Publication
    issue: Issue
    versions: Mapping[PinnedItem, ItemVersion]
    occurrences: Sequence[Occurrence]
    settings: Settings
    day: date
    assets: Assets
    pictures: Mapping[str, Path]
    """The files of its pictures, by their names."""


def sample_issue(name: str, settings: Settings, *, language: str | None = None) -> Sample:
    """The sample of a theme of this workspace, sent from a desk that is set up; in another language where one is named.

    Raises NotFound for an unknown theme, TemplateError where it or its sample cannot be used.
    """
    theme = open_theme(name, settings)
    folder = next(folder for folder in theme.folders if (folder / FILE).is_file())
    where = f"templates/{folder.name}/{FILE}"
    try:
        table = _known("sample.toml", tomllib.loads((folder / FILE).read_text(encoding="utf-8")))
        return _Reader(table, theme.folders).sample(name, theme, settings, language)
    except tomllib.TOMLDecodeError as cause:
        raise TemplateError(f"{where} is not valid TOML: {cause}.", where=where) from cause
    except (OSError, UnicodeDecodeError) as cause:
        raise TemplateError(f"{where} cannot be read: {cause}.", where=where) from cause
    except KeyError as cause:
        raise TemplateError(f"{where} lacks {cause.args[0]}.", where=where) from cause
    except (TypeError, ValueError, AttributeError) as cause:
        raise TemplateError(f"{where} cannot be used: {cause}.", where=where) from cause


class _Reader:
    """What the tables of one file say."""

    def __init__(self, table: Mapping[str, Any], folders: Sequence[Path]) -> None:
        self.table = table
        self.folders = folders
        said = _known("[publication]", table["publication"])
        self.zone = str(said.get("zone", "UTC"))
        self.publication = {key: str(value) for key, value in said.items()}
        self.versions: dict[PinnedItem, ItemVersion] = {}
        self.pictures: dict[str, Path] = {}
        self._ids = iter(range(1, 10_000))

    def sample(self, name: str, theme: Theme, settings: Settings, language: str | None) -> Sample:
        publication = Publication(
            id=PublicationId(1),
            slug="sample",
            theme=name,
            created_at=_THEN,
            **{"zone": self.zone, **self.publication} | ({"language": language} if language else {}),  # type: ignore[arg-type]
        )
        outline = Outline(tuple(self._section(one) for one in self.table.get("sections", [])))
        issue = Issue(
            id=IssueId(1),
            publication=PublicationId(1),
            number=int(self.table.get("number", 1)),
            title=str(self.table.get("title", "Sample")),
            outline=outline,
            created_at=_THEN,
        )
        return Sample(
            publication,
            issue,
            self.versions,
            tuple(self._event(number, one) for number, one in enumerate(self.table.get("events", []), 1)),
            replace(settings, base_url=BASE_URL, secret_keys=("of the sample",)),
            _day(self.table["day"]),
            {file: _asset(file, path) for file, path in self.pictures.items()},
            self.pictures,
        )

    def _section(self, said: Mapping[str, Any]) -> Section:
        _known("[[sections]]", said)
        blocks = tuple(self._block(one) for one in said.get("blocks", []))
        return Section(id=SectionId(next(self._ids)), name=str(said.get("name", "")), blocks=blocks)

    def _block(self, said: Mapping[str, Any]) -> Block:
        _known("[[sections.blocks]]", said)
        block = Block(
            id=BlockId(next(self._ids)),
            kind=BlockKind.TEXT,
            headline=said.get("headline"),
            teaser=said.get("teaser"),
            blurb=said.get("blurb"),
        )
        if said.get("calendar"):
            return replace(block, kind=BlockKind.CALENDAR)
        if "image" in said:
            name = str(said["image"])
            self.pictures[name] = self._file(name)
            return replace(
                block,
                kind=BlockKind.IMAGE,
                asset=name,
                alt=str(said["alt"]),
                blurb=said.get("caption"),
                url=said.get("link"),
            )
        if "items" in said:
            pins = tuple(self._item(one) for one in said["items"])
            return replace(block, kind=BlockKind.ITEM, items=pins)
        return replace(block, blurb=str(said["text"]).strip())

    def _file(self, name: str) -> Path:
        for folder in self.folders:
            file = folder / name
            if file.is_file() and file.resolve().parent == folder.resolve():
                return file
        raise ValueError(f"the theme has no picture {name}; it must be a file beside sample.toml")

    def _item(self, said: Mapping[str, Any]) -> PinnedItem:
        _known("[[sections.blocks.items]]", said)
        pin = PinnedItem(ItemId(next(self._ids)), 1)
        self.versions[pin] = ItemVersion(
            item=pin.item,
            number=1,
            title=str(said["title"]),
            excerpt=str(said.get("excerpt", "")),
            body="",
            url=said.get("url"),
            outlet=said.get("outlet"),
            author=None,
            published=None,
            language=said.get("language"),
            seen_at=_THEN,
            also_in=tuple(
                AlsoIn(ItemId(next(self._ids)), str(one["outlet"]), str(one["url"]))
                for one in (_known("also", other) for other in said.get("also", []))
            ),
        )
        return pin

    def _event(self, number: int, said: Mapping[str, Any]) -> Occurrence:
        _known("[[events]]", said)
        first, last = said["first"], said.get("last")
        start = first.replace(tzinfo=ZoneInfo(self.zone)) if isinstance(first, datetime) else _day(first)
        timed = isinstance(start, datetime)
        first_date = start.date() if isinstance(start, datetime) else start
        return Occurrence(
            id=f"{number}:{first_date.isoformat()}",
            event=EventId(number),
            title=str(said["title"]),
            description=str(said.get("description", "")),
            start=start,
            end=_day(last) if last is not None and not timed else None,
            all_day=not timed,
            first_date=first_date,
            last_date=_day(last) if last is not None else first_date,
            dates=tuple(_day(one) for one in said.get("dates", [])),
            zone=self.zone if timed else None,
            rule_text=said.get("rule"),
            place=said.get("place"),
            online=bool(said.get("online", False)),
            url=said.get("url"),
            contact=said.get("contact"),
        )


def _known(what: str, said: Any) -> Mapping[str, Any]:
    if not isinstance(said, dict):
        raise ValueError(f"{what} must be a table")
    for key in said:
        if key not in _KEYS[what]:
            raise ValueError(f"{what} has no “{key}”{near(key, _KEYS[what]).rstrip('?')}")
    return said


def _day(said: Any) -> date:
    if isinstance(said, datetime):
        return said.date()
    if not isinstance(said, date):
        raise ValueError(f"“{said}” is no day; write it without quotes, like 2026-12-04")
    return said


def _asset(name: str, file: Path) -> Asset:
    """What is known of a picture of the folder."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(file, formats=("PNG", "JPEG")) as opened:
            width, height = opened.size
    except (OSError, UnidentifiedImageError) as cause:
        raise ValueError(f"the picture {name} is no PNG or JPEG") from cause
    return Asset(
        id=AssetId(0),
        publication=PublicationId(1),
        name=name,
        media_type="image/png",
        width=width,
        height=height,
        size=file.stat().st_size,
        origin=name,
        who="sample",
        created_at=_THEN,
    )


def told_titles(sample: Sample) -> Iterator[str]:
    """The headlines of a sample that every theme must show, in order."""
    for section in sample.issue.outline.sections:
        if section.name:
            yield section.name
        for block in section.blocks:
            if block.headline:
                yield block.headline
            elif block.items:
                yield sample.versions[block.items[0]].title
    yield from (one.title for one in sample.occurrences)
