"""How much of what a source brought is used, and which sources have died."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsletter.model.issue import Block, BlockKind, IssueState, Outline, PinnedItem, Section
from newsletter.model.item import ItemData, Triage
from newsletter.model.publication import Publication
from newsletter.model.source import FetchMemory, SourceKind, SourceStatus
from newsletter.store import Store, issues, items, publications, source_use, sources

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


def test_what_was_picked_and_sent_is_counted_by_source(store: Store, publication: Publication) -> None:
    with store.writing() as tx:
        ferry, mill, empty = (
            sources.add(tx, publication.id, kind=SourceKind.FEED, url=f"https://{name}.example/", name=name, now=NOW).id
            for name in ("ferry", "mill", "empty")
        )
        found = items.keep(
            tx, ferry, [ItemData(title=f"Ferry {n}", url=f"https://ferry.example/{n}") for n in range(5)], now=NOW
        )
        items.keep(tx, mill, [ItemData(title="Mill", url="https://mill.example/1")], now=NOW)
        items.decide(tx, publication.id, found[:2], Triage.PICKED, now=NOW)
        block = Block(kind=BlockKind.ITEM, items=(PinnedItem(found[0], 1), PinnedItem(found[4], 1)))
        outline = Outline((Section(blocks=(block, block)),))
        issue = issues.create(tx, publication.id, outline, title=None, theme=None, now=NOW)
        draft = source_use.by_source(tx, publication.id)
        issues.change(tx, issue.id, {"state": IssueState.SENT.value})
        used = source_use.by_source(tx, publication.id)
    assert (draft[ferry].picked, draft[ferry].sent, draft[ferry].used) == (2, 0, 2)
    assert (used[ferry].items, used[ferry].picked, used[ferry].sent, used[ferry].used) == (5, 2, 2, 3)
    assert (used[mill].items, used[mill].newest) == (1, "Mill")
    assert used[ferry].newest == "Ferry 0"
    assert empty not in used


@pytest.mark.parametrize(
    ("status", "days", "active", "dead"),
    [
        (SourceStatus.ERROR, 8, True, True),
        (SourceStatus.GONE, 8, True, True),
        (SourceStatus.ERROR, 6, True, False),
        (SourceStatus.ERROR, 8, False, False),
        (SourceStatus.NOT_MODIFIED, 80, True, False),
    ],
)
def test_a_source_is_dead_after_a_week_of_failures(
    sqlite_store: Store, status: SourceStatus, days: int, active: bool, dead: bool
) -> None:
    with sqlite_store.writing() as tx:
        letter = publications.add(tx, "Alderwick Letter", now=NOW)
        source = sources.add(tx, letter.id, kind=SourceKind.FEED, url="https://a.example/", name="A", now=NOW)
        sources.remember(
            tx,
            sources.Remembered(
                source=source.id, status=status, error="x", checked_at=NOW, succeeded=True, memory=FetchMemory()
            ),
        )
        sources.change(tx, letter.id, source.id, {"active": active})
        found = source_use.dead_sources(tx, letter.id, NOW + timedelta(days=days))
    assert bool(found) is dead
