"""Which items a digest takes: by state, source, section, age, story and outlet."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newsletter.model.digest import Choice, Digest
from newsletter.model.item import Item, ItemId, ItemVersion, Triage
from newsletter.model.publication import PublicationId
from newsletter.model.source import SourceId
from newsletter.model.story import AlsoIn, Place, StoryId
from newsletter.queue.digests import choose

NOW = datetime(2026, 11, 27, 7, 0, tzinfo=UTC)
RULE = Digest(publication=PublicationId(1), since=NOW)


def item(number: int, *, outlet: str = "Herald", hours: float = 1, **more: Any) -> Item:
    version = ItemVersion(
        item=ItemId(number),
        number=1,
        title=f"Story {number}",
        excerpt="",
        body="",
        url=None,
        outlet=outlet,
        author=None,
        published=NOW - timedelta(hours=hours),
        language=None,
        seen_at=NOW,
    )
    plain = Item(
        id=ItemId(number),
        source=SourceId(1),
        latest=version,
        state=Triage.NEW,
        section=None,
        first_seen=NOW - timedelta(hours=hours),
    )
    return replace(plain, **more)


QUEUE = [
    item(9),
    item(8, outlet="Gazette", section="Town"),
    item(7, state=Triage.SKIPPED),
    item(6, state=Triage.PICKED, hours=60),
    item(5, sent_in=(3,)),
    item(4, outlet="Gazette", source=SourceId(2), hours=30),
    item(3, state=Triage.SNOOZED),
    item(2, section="town"),
]


@pytest.mark.parametrize(
    ("rule", "since", "taken", "chosen"),
    [
        ({}, None, (), [9, 8, 6, 4, 2]),
        ({"most": 2}, None, (), [9, 8]),
        ({"choose": Choice.OUTLET}, None, (), [9, 8]),
        ({"sources": (SourceId(2),)}, None, (), [4]),
        ({"sections": ("Town",)}, None, (), [8, 2]),
        ({"max_age": timedelta(hours=24)}, None, (), [9, 8, 2]),
        ({}, NOW - timedelta(hours=24), (), [9, 8, 6, 2]),  # what an editor picked is taken whenever it came
        ({}, None, (9, 8), [6, 4, 2]),
    ],
)
def test_what_it_takes(rule: dict[str, Any], since: datetime | None, taken: tuple[int, ...], chosen: list[int]) -> None:
    found = choose(replace(RULE, **rule), QUEUE, since=since, now=NOW, taken={ItemId(one) for one in taken})
    assert [one.id for one in found] == chosen


def test_each_story_is_told_once_by_the_one_that_leads() -> None:
    def placed(number: int, leads: bool) -> Item:
        return item(number, place=Place(StoryId(1), leads, (AlsoIn(ItemId(99), None, None),)))

    queue = [placed(3, False), item(2), placed(1, True)]
    assert [one.id for one in choose(RULE, queue, since=None, now=NOW, taken=())] == [1, 2]
