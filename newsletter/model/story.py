"""A story: several items about the same thing. One leads, the others are “also in …”."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NewType

from newsletter.model.item import ItemId

StoryId = NewType("StoryId", int)


@dataclass(frozen=True)
class AlsoIn:
    """Another item of the same story: where else it stands."""

    id: ItemId
    outlet: str | None
    url: str | None


@dataclass(frozen=True)
class Place:
    """The place of an item in its story."""

    story: StoryId
    leads: bool
    also_in: tuple[AlsoIn, ...]
    """The others: the leading one first, then by the editor's order of outlets."""


def places(
    story: StoryId, members: Sequence[AlsoIn], order: Sequence[str], lead: ItemId | None = None
) -> dict[ItemId, Place]:
    """The place of each member. It leads whom an editor chose (`lead`), else the first outlet of the order."""
    ranks = {name.casefold(): rank for rank, name in enumerate(order)}

    def rank(one: AlsoIn) -> tuple[bool, int, int]:
        return (one.id != lead, ranks.get((one.outlet or "").casefold(), len(ranks)), one.id)

    ranked = sorted(members, key=rank)
    return {
        one.id: Place(story, one is ranked[0], tuple(other for other in ranked if other is not one)) for one in ranked
    }
