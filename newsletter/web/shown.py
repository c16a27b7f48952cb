"""An issue in the words of its outline pane. Pure: stored rows in, lines for a template out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from newsletter.model.issue import Block, BlockKind, Issue, PinnedItem, Section
from newsletter.model.item import ItemVersion
from newsletter.text.markdown import to_html
from newsletter.text.plain import plain

LINE = 180
"""Characters of a text that stand for it in the outline."""


@dataclass(frozen=True, kw_only=True)
class ShownBlock:
    """A block as a person sees it closed, with what lies under the editor's fields."""

    block: Block
    title: str
    """What it is called, also in the labels of its buttons."""
    text: str
    """Its first words."""
    facts: tuple[str, ...]
    originals: tuple[ItemVersion, ...]


@dataclass(frozen=True, kw_only=True)
class ShownSection:
    """A section with its blocks, and where it stands, from 1."""

    section: Section
    place: int
    name: str
    """Its heading, or a word for having none."""
    blocks: tuple[ShownBlock, ...]


def shown(issue: Issue, versions: Mapping[PinnedItem, ItemVersion]) -> tuple[ShownSection, ...]:
    """The outline of an issue in words."""
    return tuple(
        ShownSection(
            section=section,
            place=place,
            name=section_name(section, place),
            blocks=tuple(_block(block, versions) for block in section.blocks),
        )
        for place, section in enumerate(issue.outline.sections, 1)
    )


def section_name(section: Section, place: int) -> str:
    """Its heading; else a word for having none."""
    return section.name or ("Opening" if place == 1 else f"Section {place}")


def shorten(text: str, most: int = LINE) -> str:
    """The first words, on one line."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: text.rfind(" ", 0, most) if " " in text[:most] else most] + "…"


def _block(block: Block, versions: Mapping[PinnedItem, ItemVersion]) -> ShownBlock:
    originals = tuple(versions[pinned] for pinned in block.items if pinned in versions)
    first = originals[0] if originals else None
    blurb = plain(to_html(block.blurb)) if block.blurb else ""
    text = blurb or (plain(first.excerpt) if first else "")
    match block.kind:
        case BlockKind.CALENDAR:
            title, text, facts = "Calendar", "", ["the coming events"]
        case BlockKind.TEXT:
            title, facts = block.headline or shorten(blurb, 60) or "Text", ["text", _words(text)]
        case _:
            title = block.headline or (first.title if first else "") or shorten(text, 60) or "Without a title"
            outlet = block.outlet or (first.outlet if first else None)
            facts = [*([outlet] if outlet else []), *([_words(text)] if text else [])]
    if len(originals) > 1:
        facts.append(f"{len(originals)} items")
    if block.teaser:
        facts.append(f"in the subject: {block.teaser}")
    if block.standing:
        facts.append(_standing(block.standing.first, block.standing.last))
    return ShownBlock(block=block, title=title, text=shorten(text), facts=tuple(facts), originals=originals)


def _words(text: str) -> str:
    count = len(text.split())
    return f"{count} {'word' if count == 1 else 'words'}"


def _standing(first: date | None, last: date | None) -> str:
    begins = f" from {first.day} {first:%B %Y}" if first else ""
    ends = f" until {last.day} {last:%B %Y}" if last else ""
    return f"in every issue{begins}{ends}"
