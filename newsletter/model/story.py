"""A story: several items about the same thing. One leads, the others are “also in …”."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NewType

from newsletter.model.item import Item, ItemId

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


def folded(items: Sequence[Item]) -> list[tuple[Item, tuple[Item, ...]]]:
    """Items as stories, each where its first item stands: the one that leads, and the others that are there.

    Where the leading one is not among them, the first leads. No item is left out.
    """
    told: dict[int, list[Item]] = {}
    for one in items:
        told.setdefault(one.place.story if one.place else -one.id, []).append(one)
    found: list[tuple[Item, tuple[Item, ...]]] = []
    for held in told.values():
        first = next((one for one in held if one.place is None or one.place.leads), held[0])
        found.append((first, tuple(one for one in held if one is not first)))
    return found
