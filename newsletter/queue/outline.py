"""Edits of an outline: pure, each gives a new outline. Positions count from 1.

The calendar stays last: what is added without a position goes before a calendar that ends the issue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from newsletter.errors import NewsletterError, NotFound
from newsletter.model.issue import Block, BlockId, BlockKind, Outline, PinnedItem, Section
from newsletter.model.item import ItemId
from newsletter.text.characters import one_line

Spot = tuple[int, int]
"""The index of a section, and of a block in it."""


def first_outline() -> Outline:
    """What the first issue has: one section without a heading and, last, the calendar."""
    return Outline((Section(blocks=(Block(kind=BlockKind.CALENDAR),)),))


def find_section(outline: Outline, wanted: str) -> int:
    """The index of a section by its name or id; the empty name is the first one without a heading.

    Raises NotFound with the names there are.
    """
    for index, section in enumerate(outline.sections):
        if section.name.casefold() == wanted.strip().casefold():
            return index
    for index, section in enumerate(outline.sections):
        if str(section.id) == wanted.strip():
            return index
    names = ", ".join(f"“{section.name}”" for section in outline.sections)
    raise NotFound(f"The issue has no section “{wanted}”; it has: {names}.", where="SECTION")


def find_block(outline: Outline, wanted: BlockId) -> Spot:
    """Where a block is. Raises NotFound with the ids there are."""
    for index, section in enumerate(outline.sections):
        for rank, block in enumerate(section.blocks):
            if block.id == wanted:
                return index, rank
    ids = ", ".join(str(block.id) for block in outline.blocks()) or "none"
    raise NotFound(f"The issue has no block {wanted}; its blocks are: {ids}.", where="BLOCK")


def block_at(outline: Outline, spot: Spot) -> Block:
    """The block at a place."""
    return outline.sections[spot[0]].blocks[spot[1]]


def items_in(outline: Outline) -> set[ItemId]:
    """All items that stand in the outline."""
    return {pinned.item for block in outline.blocks() for pinned in block.items}


def add_section(outline: Outline, name: str, at: int | None = None) -> Outline:
    """A new section at a place, or at the end; a calendar that ended the issue ends it still."""
    name = _heading(outline, name)
    place = _place(at, len(outline.sections))
    sections = list(outline.sections)
    sections.insert(place, Section(name=name))
    if place == len(sections) - 1 and place > 0 and _ends_with_calendar(sections[place - 1]):
        before = sections[place - 1]
        sections[place] = replace(sections[place], blocks=before.blocks[-1:])
        sections[place - 1] = replace(before, blocks=before.blocks[:-1])
    return Outline(tuple(sections))


def rename_section(outline: Outline, index: int, name: str) -> Outline:
    """Another heading, which may be empty."""
    name = one_line(name)
    if name.casefold() != outline.sections[index].name.casefold():
        _heading(outline, name)
    return _with_section(outline, index, replace(outline.sections[index], name=name))


def limit_section(outline: Outline, index: int, most: int | None) -> Outline:
    """A section that wants so many blocks at most, or as many as there are."""
    return _with_section(outline, index, replace(outline.sections[index], most=most))


def move_section(outline: Outline, index: int, to: int) -> Outline:
    """The section at another place among the sections."""
    sections = list(outline.sections)
    section = sections.pop(index)
    sections.insert(_place(to, len(sections)), section)
    return Outline(tuple(sections))


def remove_section(outline: Outline, index: int) -> Outline:
    """Without the section; its blocks move to the end of the issue. Raises NewsletterError for the last one."""
    if len(outline.sections) == 1:
        raise NewsletterError("An issue keeps at least one section; rename it instead.", where="SECTION")
    gone = outline.sections[index]
    rest = Outline(tuple(section for section in outline.sections if section is not gone))
    return _insert(rest, gone.blocks, len(rest.sections) - 1, None)


def add_block(outline: Outline, block: Block, index: int, at: int | None = None) -> Outline:
    """A block in a section, at a place or at its end."""
    return _insert(outline, (block,), index, at)


def join_item(outline: Outline, spot: Spot, pinned: PinnedItem) -> Outline:
    """A further item under the headline of a block. Raises NewsletterError where the block holds none."""
    block = block_at(outline, spot)
    if block.kind is not BlockKind.ITEM:
        raise NewsletterError(
            f"Block {block.id} is a {block.kind} block; an item joins a block of items.", where="--with"
        )
    return replace_block(outline, spot, replace(block, items=(*block.items, pinned)))


def replace_block(outline: Outline, spot: Spot, block: Block) -> Outline:
    """Another block at the same place."""
    section = outline.sections[spot[0]]
    blocks = list(section.blocks)
    blocks[spot[1]] = block
    return _with_section(outline, spot[0], replace(section, blocks=tuple(blocks)))


def move_block(outline: Outline, spot: Spot, to: int, index: int | None = None) -> Outline:
    """The block at another place of its section, or of the section at `index`."""
    block = block_at(outline, spot)
    rest = remove_block(outline, spot)
    target = spot[0] if index is None else index
    return _insert(rest, (block,), target, to)


def remove_block(outline: Outline, spot: Spot) -> Outline:
    """Without the block."""
    section = outline.sections[spot[0]]
    blocks = section.blocks[: spot[1]] + section.blocks[spot[1] + 1 :]
    return _with_section(outline, spot[0], replace(section, blocks=blocks))


def _with_section(outline: Outline, index: int, section: Section) -> Outline:
    sections = list(outline.sections)
    sections[index] = section
    return Outline(tuple(sections))


def _insert(outline: Outline, blocks: Sequence[Block], index: int, at: int | None) -> Outline:
    section = outline.sections[index]
    held = list(section.blocks)
    place = _place(at, len(held))
    if at is None and index == len(outline.sections) - 1 and _ends_with_calendar(section):
        place -= 1
    held[place:place] = blocks
    return _with_section(outline, index, replace(section, blocks=tuple(held)))


def _ends_with_calendar(section: Section) -> bool:
    return bool(section.blocks) and section.blocks[-1].kind is BlockKind.CALENDAR


def _place(at: int | None, count: int) -> int:
    if at is None:
        return count
    if not 1 <= at <= count + 1:
        raise NewsletterError(f"There is no place {at}; places count from 1 to {count + 1}.", where="place")
    return at - 1


def _heading(outline: Outline, name: str) -> str:
    name = one_line(name)
    if name and any(section.name.casefold() == name.casefold() for section in outline.sections):
        raise NewsletterError(f"The issue has a section “{name}” already.", code="exists", where="SECTION")
    return name
