"""Issues and their states. Every change of state is one conditional UPDATE."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, update

from newsletter.errors import Conflict, NotFound
from newsletter.model.issue import (
    MOVES,
    Approved,
    Issue,
    IssueId,
    IssueState,
    Outline,
    PinnedItem,
    Planned,
    RenditionId,
)
from newsletter.model.item import ItemId, ItemVersion
from newsletter.model.publication import PublicationId
from newsletter.model.revision import snapshot_of
from newsletter.store import items, outlines, revisions, stories
from newsletter.store import triage as decisions
from newsletter.store.engine import Tx
from newsletter.store.outlet import OVERLAID, overlaid
from newsletter.store.schema import (
    block,
    block_item,
    item,
    item_edit,
    item_version,
    publication,
    rendition,
    schedule,
    source,
    triage,
)
from newsletter.store.schema import issue as issues

ON_ITS_WAY = (
    IssueState.APPROVED,
    IssueState.SCHEDULED,
    IssueState.HELD,
    IssueState.SENDING,
    IssueState.PAUSED,
    IssueState.SENT,
)
"""States in which the content of an issue is frozen: what it carries counts as sent, or about to be."""
_CHUNK = 5_000


def _select() -> Select[Any]:
    return (
        select(
            issues,
            schedule.c.at.label("plan_at"),
            schedule.c.zone.label("plan_zone"),
            schedule.c.segment.label("plan_segment"),
            rendition.c.checksum.label("checksum"),
        )
        .outerjoin(schedule, schedule.c.issue_id == issues.c.id)
        .outerjoin(rendition, rendition.c.id == issues.c.rendition_id)
    )


def _row(row: Any, outline: Outline = Outline()) -> Issue:  # noqa: B008 - frozen and empty
    return Issue(
        id=IssueId(row.id),
        publication=PublicationId(row.publication_id),
        number=row.number,
        title=row.title,
        subject=row.subject,
        preheader=row.preheader,
        theme=row.theme,
        state=IssueState(row.state),
        held_why=row.held_why,
        version=row.version,
        created_at=row.created_at,
        sending_at=row.sending_at,
        frozen_at=row.frozen_at,
        sent_at=row.sent_at,
        planned=Planned(at=row.plan_at, zone=row.plan_zone, segment=row.plan_segment) if row.plan_at else None,
        approved=Approved(id=RenditionId(row.rendition_id), checksum=row.checksum, at=row.approved_at)
        if row.rendition_id
        else None,
        in_archive=row.in_archive,
        corrected=None if row.corrected_id is None else RenditionId(row.corrected_id),
        corrects=None if row.corrects_id is None else IssueId(row.corrects_id),
        outline=outline,
    )


def get(tx: Tx, publication_id: PublicationId, number: int | None) -> Issue:
    """One issue with its outline, by its number; none means the latest. Raises NotFound."""
    query = _select().where(issues.c.publication_id == publication_id)
    query = query.where(issues.c.number == number) if number else query.order_by(issues.c.number.desc()).limit(1)
    row = tx.execute(query).first()
    if row is None and number is None:
        raise NotFound("There is no issue yet. Make one with: newsletter issue new", where="ISSUE")
    if row is None:
        raise NotFound(f"There is no issue {number}; newsletter issue list shows those there are.", where="ISSUE")
    return _row(row, outlines.load(tx, IssueId(row.id)))


def last_edition(tx: Tx, publication_id: PublicationId) -> Issue | None:
    """The latest issue whose layout others may take: a letter of correction has none."""
    query = _select().where(issues.c.publication_id == publication_id, issues.c.corrects_id.is_(None))
    row = tx.execute(query.order_by(issues.c.number.desc()).limit(1)).first()
    return None if row is None else _row(row, outlines.load(tx, IssueId(row.id)))


def by_id(tx: Tx, issue: IssueId) -> Issue:
    """One issue with its outline, by its id."""
    row = tx.execute(_select().where(issues.c.id == issue)).first()
    if row is None:
        raise NotFound(f"The issue with the id {issue} is gone.")
    return _row(row, outlines.load(tx, issue))


def held(tx: Tx, issue: IssueId) -> Issue:
    """One issue as it is now, and as it stays until this transaction ends: others who would change it wait."""
    tx.execute(select(issues.c.id).where(issues.c.id == issue).with_for_update())
    return by_id(tx, issue)


def listing(tx: Tx, publication_id: PublicationId, state: IssueState | None = None) -> list[Issue]:
    """The issues of a publication without their outlines, newest first."""
    query = _select().where(issues.c.publication_id == publication_id).order_by(issues.c.number.desc())
    if state is not None:
        query = query.where(issues.c.state == state.value)
    return [_row(row) for row in tx.execute(query)]


def in_state(tx: Tx, *states: IssueState) -> list[Issue]:
    """The issues of the whole workspace in these states, without their outlines, oldest first."""
    query = _select().where(issues.c.state.in_([state.value for state in states])).order_by(issues.c.id)
    return [_row(row) for row in tx.execute(query)]


def create(
    tx: Tx, publication_id: PublicationId, outline: Outline, *, title: str | None, theme: str | None, now: datetime
) -> Issue:
    """A draft with the next number; its title is `Issue N` where none is given."""
    # Numbers are given one at a time: PostgreSQL waits here, SQLite's writers take turns anyway.
    tx.execute(select(publication.c.id).where(publication.c.id == publication_id).with_for_update())
    top = tx.execute(select(func.max(issues.c.number)).where(issues.c.publication_id == publication_id)).scalar() or 0
    key = tx.execute(
        insert(issues).values(
            publication_id=publication_id,
            number=top + 1,
            title=title or f"Issue {top + 1}",
            theme=theme,
            state=IssueState.DRAFT.value,
            version=1,
            created_at=now,
        )
    ).inserted_primary_key
    assert key is not None
    issue = IssueId(key[0])
    outlines.save(tx, issue, Outline(), outline)
    decisions.wake(tx, publication_id, top + 1, now=now)
    return by_id(tx, issue)


def save(tx: Tx, before: Issue, after: Issue, *, who: str, change: str, now: datetime, joins: bool = False) -> Issue:
    """Keep an edited draft, and what it was. With `joins` it may be one step of the history with the step before.

    The version grows where the order or a field of the issue changed; blocks have their own. Raises Conflict where it,
    or a block that was edited, changed since it was read.
    """
    kept = put(tx, before, after)
    if snapshot_of(before) != snapshot_of(kept):
        revisions.remember(tx, before, who=who, change=change, now=now, joins=joins)
    return kept


def put(tx: Tx, before: Issue, after: Issue) -> Issue:
    """Make a draft what it was, or shall be; the history is not touched. Raises Conflict as `save` does."""
    values = {
        name: getattr(after, name)
        for name in ("title", "subject", "preheader", "theme")
        if getattr(after, name) != getattr(before, name)
    }
    grows = bool(values) or _order(before.outline) != _order(after.outline)
    claimed = tx.execute(
        update(issues)
        .where(
            issues.c.id == before.id,
            issues.c.state == before.state.value,
            *([issues.c.version == before.version] if grows else []),
        )
        .values(values | {"version": issues.c.version + (1 if grows else 0)})
    )
    if claimed.rowcount != 1:
        raise Conflict(f"Somebody changed issue {before.number} meanwhile; look at it again before you save.")
    if before.outline != after.outline:
        outlines.save(tx, before.id, before.outline, after.outline)
    return by_id(tx, before.id)


def _order(outline: Outline) -> object:
    return [
        (section.id, section.name, section.most, [block.id for block in section.blocks]) for section in outline.sections
    ]


def move(
    tx: Tx,
    issue: IssueId,
    origins: Collection[IssueState],
    to: IssueState,
    values: Mapping[str, Any] | None = None,
) -> bool:
    """Change the state if it is one of these; whether it was. Columns may change with it."""
    if wrong := [origin for origin in origins if to not in MOVES[origin]]:
        raise ValueError(f"no issue goes from {wrong[0]} to {to}")
    result = tx.execute(
        update(issues)
        .where(issues.c.id == issue, issues.c.state.in_([origin.value for origin in origins]))
        .values({"state": to.value, **(values or {})})
    )
    return bool(result.rowcount == 1)


def change(tx: Tx, issue: IssueId, values: Mapping[str, Any]) -> None:
    """Set columns that belong to the state an issue is in."""
    tx.execute(update(issues).where(issues.c.id == issue).values(dict(values)))


def plan(tx: Tx, issue: Issue, planned: Planned, *, local: str, now: datetime) -> None:
    """Remember when the issue goes out, in place of what was planned before."""
    tx.execute(delete(schedule).where(schedule.c.issue_id == issue.id))
    tx.execute(
        insert(schedule).values(
            publication_id=issue.publication,
            issue_id=issue.id,
            at=planned.at,
            local=local,
            zone=planned.zone,
            segment=planned.segment,
            created_at=now,
        )
    )


def unplan(tx: Tx, issue: IssueId) -> None:
    """Forget when the issue was to go out."""
    tx.execute(delete(schedule).where(schedule.c.issue_id == issue))


def versions(tx: Tx, issue: IssueId) -> dict[PinnedItem, ItemVersion]:
    """What the blocks of an issue pin: each item at the version the editor saw."""
    rows = tx.execute(
        select(item_version, *OVERLAID)
        .join(item, item.c.id == item_version.c.item_id)
        .outerjoin(source, source.c.id == item.c.source_id)
        .join(
            block_item,
            (block_item.c.item_id == item_version.c.item_id) & (block_item.c.item_version == item_version.c.number),
        )
        .join(block, block.c.id == block_item.c.block_id)
        .join(issues, issues.c.id == block.c.issue_id)
        .outerjoin(
            item_edit, (item_edit.c.item_id == item.c.id) & (item_edit.c.publication_id == issues.c.publication_id)
        )
        .where(block.c.issue_id == issue)
        .distinct()
    )
    found = {PinnedItem(ItemId(row.item_id), row.number): overlaid(items.version_of(row, None), row) for row in rows}
    publication_id = tx.execute(select(issues.c.publication_id).where(issues.c.id == issue)).scalar_one()
    places = stories.places_of(tx, publication_id, [pinned.item for pinned in found])
    return {
        pinned: replace(one, also_in=places[pinned.item].also_in) if pinned.item in places else one
        for pinned, one in found.items()
    }


def carried(tx: Tx, publication_id: PublicationId) -> set[ItemId]:
    """The items of issues that are frozen or sent, and all that tell the same stories: they are not offered again."""
    rows = tx.execute(
        select(block_item.c.item_id)
        .join(block, block.c.id == block_item.c.block_id)
        .join(issues, issues.c.id == block.c.issue_id)
        .where(issues.c.publication_id == publication_id, issues.c.state.in_([state.value for state in ON_ITS_WAY]))
        .distinct()
    )
    return stories.with_siblings(tx, [ItemId(row.item_id) for row in rows])


def carried_of(tx: Tx, publication_id: PublicationId, ids: Collection[ItemId]) -> set[ItemId]:
    """Which of some items are carried already: as `carried`, without looking at all that was ever sent."""
    told_by = stories.siblings(tx, ids)
    families = {key: told_by.get(key, {key}) for key in ids}
    everyone = sorted({one for family in families.values() for one in family})
    gone: set[int] = set()
    for start in range(0, len(everyone), _CHUNK):
        gone |= set(
            tx.execute(
                select(block_item.c.item_id)
                .join(block, block.c.id == block_item.c.block_id)
                .join(issues, issues.c.id == block.c.issue_id)
                .where(
                    issues.c.publication_id == publication_id,
                    issues.c.state.in_([state.value for state in ON_ITS_WAY]),
                    block_item.c.item_id.in_(everyone[start : start + _CHUNK]),
                )
            ).scalars()
        )
    return {key for key, family in families.items() if not gone.isdisjoint(family)}


def picked_before(tx: Tx, publication_id: PublicationId, moment: datetime) -> set[ItemId]:
    """The items that were picked already at this moment."""
    rows = tx.execute(
        select(triage.c.item_id).where(
            triage.c.publication_id == publication_id, triage.c.state == "picked", triage.c.changed_at <= moment
        )
    )
    return {ItemId(row.item_id) for row in rows}
