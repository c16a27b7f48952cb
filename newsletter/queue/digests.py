"""Which items a digest takes. Pure: rows in, rows out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from newsletter.model.digest import Choice, Digest
from newsletter.model.item import Item, ItemId, Triage


def choose(
    digest: Digest,
    queue: Sequence[Item],
    *,
    since: datetime | None,
    now: datetime,
    taken: Collection[ItemId],
) -> list[Item]:
    """The items for a digest that is made now, in the order of the queue (the newest first).

    They are new or picked; new ones were first seen after `since`, the digest before. None is `taken` (in another
    issue), none was sent, and each story is told once.
    """
    fitting = [one for one in queue if one.id not in taken and _fits(digest, one, since, now)]
    fitting = _one_of_each_story(fitting)
    if digest.choose is Choice.OUTLET:
        fitting = _newest_of_each_outlet(fitting)
    return fitting[: digest.most]


def _fits(digest: Digest, one: Item, since: datetime | None, now: datetime) -> bool:
    if one.sent_in or one.state not in (Triage.NEW, Triage.PICKED):
        return False
    if one.state is Triage.NEW and since is not None and one.first_seen <= since:
        return False
    if digest.sources and one.source not in digest.sources:
        return False
    if digest.sections and (one.section or "").casefold() not in {name.casefold() for name in digest.sections}:
        return False
    return digest.max_age is None or now - _dated(one, now) <= digest.max_age


def _dated(one: Item, now: datetime) -> datetime:
    """Its date, or when it was seen where that lies ahead of us."""
    published = one.latest.published
    return published if published is not None and published <= now else one.first_seen


def _one_of_each_story(found: Sequence[Item]) -> list[Item]:
    """The leading one where it is there, else the newest, at the place of the newest."""
    leads = {one.place.story: one for one in found if one.place is not None and one.place.leads}
    told: set[int] = set()
    chosen: list[Item] = []
    for one in found:
        if one.place is None:
            chosen.append(one)
        elif one.place.story not in told:
            told.add(one.place.story)
            chosen.append(leads.get(one.place.story, one))
    return chosen


def _newest_of_each_outlet(found: Sequence[Item]) -> list[Item]:
    outlets: dict[str, Item] = {}
    for one in found:
        outlets.setdefault((one.latest.outlet or f"source {one.source}").casefold(), one)
    return list(outlets.values())
