"""A new issue from an earlier one, and filling it with what was picked. Pure: rows in, outlines out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from newsletter.model.issue import UNSAVED_BLOCK, UNSAVED_SECTION, Block, BlockId, BlockKind, Outline, PinnedItem
from newsletter.model.item import Item, ItemId
from newsletter.queue.outline import add_block, add_section, first_outline, items_in


def layout_of(last: Outline | None, day: date) -> Outline:
    """The layout of an earlier issue for an issue of this day: its sections, standing blocks and calendar.

    Without an earlier one: one section without a heading and, last, the calendar.
    """
    if last is None or not last.sections:
        return first_outline()
    return Outline(
        tuple(
            replace(
                section,
                id=UNSAVED_SECTION,
                blocks=tuple(
                    replace(block, id=UNSAVED_BLOCK, version=1) for block in section.blocks if _returns(block, day)
                ),
            )
            for section in last.sections
        )
    )


def returned(last: Outline, created: Outline, day: date) -> dict[BlockId, BlockId]:
    """The blocks of an earlier issue that returned in one made from its layout, and what they became there."""
    if not last.sections:
        return {}
    old = [block.id for block in last.blocks() if _returns(block, day)]
    new = [block.id for block in created.blocks() if _returns(block, day)]
    return dict(zip(old, new, strict=True))


def _returns(block: Block, day: date) -> bool:
    if block.kind is BlockKind.CALENDAR:
        return True
    return block.standing is not None and block.standing.covers(day)


def fill(
    outline: Outline,
    picked: Sequence[Item],
    carried: Collection[ItemId],
    *,
    most: int | None = None,
    sections: Sequence[str] = (),
) -> tuple[Outline, list[ItemId]]:
    """Every picked item that is neither in the outline nor carried by another issue, in its section, in their order.

    A section that the issue lacks is added, `sections` in their order first. At most `most` items are added; which
    ones is returned.
    """
    for name in sections:
        outline, _ = _section_for(outline, name)
    present = items_in(outline)
    added: list[ItemId] = []
    for item in picked:
        if most is not None and len(added) >= most:
            break
        if item.id in present or item.id in carried:
            continue
        outline, index = _section_for(outline, item.section)
        pinned = PinnedItem(item.id, item.latest.number)
        outline = add_block(outline, Block(kind=BlockKind.ITEM, items=(pinned,)), index)
        present.add(item.id)
        added.append(item.id)
    return outline, added


def _section_for(outline: Outline, name: str | None) -> tuple[Outline, int]:
    if not name:
        return outline, 0
    for index, section in enumerate(outline.sections):
        if section.name.casefold() == name.strip().casefold():
            return outline, index
    return add_section(outline, name), len(outline.sections)
