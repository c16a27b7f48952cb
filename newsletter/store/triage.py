"""What is decided about the queue, by whom, and how it is taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, or_, select, update

from newsletter.model.item import TOLD, ItemId, Triage
from newsletter.model.publication import PublicationId
from newsletter.model.step import Change, Decision, Step
from newsletter.store.engine import Tx
from newsletter.store.schema import story_item, triage, triage_change, triage_step

_CHUNK = 5_000


def counts(tx: Tx, publication: PublicationId) -> dict[Triage, int]:
    """The number of items in each state, the empty ones too."""
    rows = tx.execute(
        select(triage.c.state, func.count()).where(triage.c.publication_id == publication).group_by(triage.c.state)
    )
    found = {Triage(state): int(number) for state, number in rows}
    return {state: found.get(state, 0) for state in Triage}


def rows(tx: Tx, publication: PublicationId) -> dict[Triage, int]:
    """As `counts`, with each story once, and without what was skipped because its story is told by another item."""
    mine = triage.c.publication_id == publication, or_(triage.c.reason.is_(None), triage.c.reason != TOLD)
    query = select(triage.c.state, func.count()).where(*mine).group_by(triage.c.state)
    every = {row.state: int(row[1]) for row in tx.execute(query)}
    told = (
        select(triage.c.state, func.count().label("times"))
        .join(story_item, story_item.c.item_id == triage.c.item_id)
        .where(*mine)
        .group_by(triage.c.state, story_item.c.story_id)
        .subquery()
    )
    again = select(told.c.state, func.sum(told.c.times - 1)).group_by(told.c.state)
    twice = {row.state: int(row[1]) for row in tx.execute(again)}
    return {state: every.get(state.value, 0) - twice.get(state.value, 0) for state in Triage}


def picked(tx: Tx, publication: PublicationId) -> set[ItemId]:
    """The items that are picked, whether an issue has them already or not."""
    found = tx.execute(
        select(triage.c.item_id).where(triage.c.publication_id == publication, triage.c.state == Triage.PICKED.value)
    )
    return {ItemId(row.item_id) for row in found}


def decisions(tx: Tx, publication: PublicationId, ids: Collection[ItemId]) -> dict[ItemId, Decision]:
    """What is decided about some items now; without those that the publication has not."""
    wanted, found = sorted(ids), {}
    for start in range(0, len(wanted), _CHUNK):
        chosen = triage.c.item_id.in_(wanted[start : start + _CHUNK])
        for row in tx.execute(select(triage).where(triage.c.publication_id == publication, chosen)):
            found[ItemId(row.item_id)] = Decision(Triage(row.state), row.section, row.reason, row.until)
    return found


def put(tx: Tx, publication: PublicationId, wanted: Mapping[ItemId, Decision], *, now: datetime) -> None:
    """Make the decisions about some items what they were."""
    alike: dict[Decision, list[ItemId]] = {}
    for key, decision in wanted.items():
        alike.setdefault(decision, []).append(key)
    for decision, ids in alike.items():
        values = {
            "state": decision.state.value,
            "section": decision.section,
            "reason": decision.reason,
            "until": decision.until,
            "changed_at": now,
        }
        for start in range(0, len(ids), _CHUNK):
            chosen = triage.c.item_id.in_(ids[start : start + _CHUNK])
            tx.execute(update(triage).where(triage.c.publication_id == publication, chosen).values(values))


def give_reason(tx: Tx, publication: PublicationId, ids: Collection[ItemId], reason: str | None) -> int:
    """Say why some items were skipped; how many of them are."""
    skipped = update(triage).where(
        triage.c.publication_id == publication,
        triage.c.item_id.in_(list(ids)),
        triage.c.state == Triage.SKIPPED.value,
        or_(triage.c.reason.is_(None), triage.c.reason != TOLD),
    )
    return tx.execute(skipped.values(reason=reason)).rowcount


def wake(tx: Tx, publication: PublicationId, number: int, *, now: datetime) -> int:
    """An issue is begun: what was snoozed until it is new again. How many items."""
    snoozed = update(triage).where(
        triage.c.publication_id == publication,
        triage.c.state == Triage.SNOOZED.value,
        or_(triage.c.until.is_(None), triage.c.until <= number),
    )
    return tx.execute(snoozed.values(state=Triage.NEW.value, until=None, changed_at=now)).rowcount


def remember(
    tx: Tx,
    publication: PublicationId,
    what: str,
    changes: Iterable[Change],
    *,
    who: str,
    now: datetime,
    issue: int | None = None,
    stories: list[Any] | None = None,
) -> int:
    """Keep a step, so that it can be taken back; its number."""
    values = {
        "publication_id": publication,
        "at": now,
        "who": who,
        "what": what,
        "issue_number": issue,
        "stories": stories,
    }
    key = tx.execute(insert(triage_step).values(values)).inserted_primary_key
    assert key is not None
    given = [
        {
            "step_id": key[0],
            "item_id": change.item,
            "before": change.before.state.value,
            "after": change.after.value,
            "section": change.before.section,
            "reason": change.before.reason,
            "until": change.before.until,
        }
        for change in changes
    ]
    if given:
        tx.execute(insert(triage_change), given)
    return int(key[0])


def last_step(tx: Tx, publication: PublicationId, who: str) -> Step | None:
    """The last thing that a person did in the queue and did not take back."""
    row = tx.execute(
        select(triage_step)
        .where(triage_step.c.publication_id == publication, triage_step.c.who == who, triage_step.c.undone_at.is_(None))
        .order_by(triage_step.c.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    changed = tx.execute(select(triage_change).where(triage_change.c.step_id == row.id))
    return Step(
        id=row.id,
        at=row.at,
        what=row.what,
        issue=row.issue_number,
        stories=row.stories,
        changes=tuple(
            Change(
                ItemId(one.item_id),
                Decision(Triage(one.before), one.section, one.reason, one.until),
                Triage(one.after),
            )
            for one in changed
        ),
    )


def take_back(tx: Tx, step: int, *, now: datetime) -> bool:
    """Mark a step as taken back; false where it was already."""
    marked = update(triage_step).where(triage_step.c.id == step, triage_step.c.undone_at.is_(None))
    return tx.execute(marked.values(undone_at=now)).rowcount == 1
