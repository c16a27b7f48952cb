"""What happens at the desk from one second to the next: new items, drafts that change, mail that goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from newsletter.model.issue import IssueState
from newsletter.model.item import Triage
from newsletter.model.publication import PublicationId
from newsletter.store.engine import Tx
from newsletter.store.schema import block, delivery, issue, revision, story_item, triage

MOST = 1_000
"""Items that are counted; more of them are as many as nobody reads."""


@dataclass(frozen=True)
class Arrival:
    """An item that waits for a decision, and its story where it is in one."""

    item: int
    story: int | None


def newest(tx: Tx, publication: PublicationId) -> int:
    """The highest number of an item that the publication has; 0 for none."""
    query = select(func.max(triage.c.item_id)).where(triage.c.publication_id == publication)
    return int(tx.execute(query).scalar() or 0)


def since(tx: Tx, publication: PublicationId, after: int) -> list[Arrival]:
    """The items with a higher number that nobody has decided about, the newest first."""
    query = (
        select(triage.c.item_id, story_item.c.story_id)
        .outerjoin(story_item, story_item.c.item_id == triage.c.item_id)
        .where(triage.c.publication_id == publication, triage.c.state == Triage.NEW.value, triage.c.item_id > after)
        .order_by(triage.c.item_id.desc())
        .limit(MOST)
    )
    return [Arrival(row.item_id, row.story_id) for row in tx.execute(query)]


def drafts(tx: Tx, publication: PublicationId) -> dict[int, list[int]]:
    """For each draft its version, last revision and the sum of its blocks' versions: a change changes one of them."""
    last = select(func.max(revision.c.id)).where(revision.c.issue_id == issue.c.id).scalar_subquery().label("last")
    edits = select(func.sum(block.c.version)).where(block.c.issue_id == issue.c.id).scalar_subquery().label("edits")
    query = select(issue.c.number, issue.c.version, last, edits).where(
        issue.c.publication_id == publication, issue.c.state == IssueState.DRAFT.value
    )
    return {row.number: [row.version, row.last or 0, int(row.edits or 0)] for row in tx.execute(query)}


def going_out(tx: Tx, publication: PublicationId) -> Mapping[int, dict[str, int]]:
    """For each issue that is being sent the number of its deliveries in each state."""
    states = (IssueState.SENDING.value, IssueState.PAUSED.value)
    numbers = {
        row.id: row.number
        for row in tx.execute(
            select(issue.c.id, issue.c.number).where(issue.c.publication_id == publication, issue.c.state.in_(states))
        )
    }
    if not numbers:
        return {}
    found: dict[int, dict[str, int]] = {number: {} for number in numbers.values()}
    counted = (
        select(delivery.c.issue_id, delivery.c.state, func.count())
        .where(delivery.c.issue_id.in_(numbers))
        .group_by(delivery.c.issue_id, delivery.c.state)
    )
    for key, state, count in tx.execute(counted):
        found[numbers[key]][state] = count
    return found
