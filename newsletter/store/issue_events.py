"""What the editors of one issue said about the occurrences of its calendar."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import delete, select

from newsletter.model.event import Said
from newsletter.model.issue import IssueId
from newsletter.store.engine import Tx
from newsletter.store.schema import issue_event as table
from newsletter.store.upsert import upsert_into


def said(tx: Tx, issue: IssueId) -> dict[str, Said]:
    """What was said in an issue, by the occurrence's id."""
    rows = tx.execute(select(table).where(table.c.issue_id == issue))
    return {row.occurrence: Said(row.occurrence, row.pinned, row.hidden, row.rank) for row in rows}


def say(tx: Tx, issue: IssueId, words: Iterable[Said]) -> None:
    """Put these in the place of what was said about the same occurrences; an empty one is forgotten."""
    words = list(words)
    if not words:
        return
    tx.execute(
        delete(table).where(table.c.issue_id == issue, table.c.occurrence.in_([one.occurrence for one in words]))
    )
    rows = [
        {
            "issue_id": issue,
            "occurrence": one.occurrence,
            "pinned": one.pinned,
            "hidden": one.hidden,
            "rank": one.rank,
        }
        for one in words
        if one
    ]
    if rows:
        tx.execute(upsert_into(tx, table).on_conflict_do_nothing(), rows)


def carry(tx: Tx, earlier: IssueId, later: IssueId, live: Collection[str]) -> None:
    """Say in a later issue what an earlier one said about the occurrences that are still to come."""
    say(tx, later, [one for key, one in said(tx, earlier).items() if key in live])
