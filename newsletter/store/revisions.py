"""The changes of an issue: what it was before each, what an undo took away, and the versions with a name."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from newsletter.errors import NotFound
from newsletter.model.issue import (
    Block,
    BlockId,
    BlockKind,
    Issue,
    IssueId,
    Outline,
    PinnedItem,
    Section,
    SectionId,
    Standing,
)
from newsletter.model.item import ItemId
from newsletter.model.revision import Letter, NamedVersion, Revision, RevisionId, Snapshot, VersionId, snapshot_of
from newsletter.store.engine import Tx
from newsletter.store.schema import named_version as named
from newsletter.store.schema import revision as table

KEPT = 500
"""Changes of one issue that are kept: the oldest go first."""
JOINED = timedelta(seconds=60)
"""A pause of typing that makes two changes of what would have been one."""


def remember(tx: Tx, before: Issue, *, who: str, change: str, now: datetime, joins: bool = False) -> None:
    """Keep a revision: what was done, by whom, and the issue before it. What was undone cannot be done again now.

    With `joins` it is one with the last revision where the same person did the same a moment ago: somebody types.
    """
    tx.execute(update(table).where(table.c.issue_id == before.id, table.c.state == "undone").values(state="gone"))
    if joins:
        last = tx.execute(
            select(table.c.id, table.c.who, table.c.change, table.c.at, table.c.state)
            .where(table.c.issue_id == before.id)
            .order_by(table.c.id.desc())
            .limit(1)
        ).first()
        same = last is not None and (last.who, last.change, last.state) == (who, change, "done")
        if last is not None and same and timedelta() <= now - last.at <= JOINED:
            tx.execute(update(table).where(table.c.id == last.id).values(at=now))
            return
    was = snapshot_of(before)
    tx.execute(
        insert(table).values(
            issue_id=before.id,
            at=now,
            who=who,
            change=change,
            before=outline_as_json(was.outline),
            letter=_letter_as_json(was.letter),
            state="done",
        )
    )
    oldest = (
        select(table.c.id).where(table.c.issue_id == before.id).order_by(table.c.id.desc()).offset(KEPT).limit(1)
    ).scalar_subquery()
    tx.execute(delete(table).where(table.c.issue_id == before.id, table.c.id <= oldest))


def to_undo(tx: Tx, issue: IssueId) -> Revision | None:
    """The last change that is in force."""
    row = tx.execute(
        select(table).where(table.c.issue_id == issue, table.c.state == "done").order_by(table.c.id.desc()).limit(1)
    ).first()
    return None if row is None else _revision(row)


def to_redo(tx: Tx, issue: IssueId) -> tuple[Revision, Snapshot] | None:
    """The change that was undone last, and what it had made."""
    row = tx.execute(
        select(table).where(table.c.issue_id == issue, table.c.state == "undone").order_by(table.c.id).limit(1)
    ).first()
    if row is None or row.after is None:
        return None
    after = Snapshot(outline=outline_from_json(row.after["outline"]), letter=_letter_from_json(row.after["letter"]))
    return _revision(row), after


def mark_undone(tx: Tx, revision: RevisionId, after: Snapshot) -> None:
    """Remember that a change was taken back, and what it had made."""
    kept = {"outline": outline_as_json(after.outline), "letter": _letter_as_json(after.letter)}
    tx.execute(update(table).where(table.c.id == revision).values(state="undone", after=kept))


def mark_done(tx: Tx, revision: RevisionId) -> None:
    """Remember that a change is in force again."""
    tx.execute(update(table).where(table.c.id == revision).values(state="done", after=None))


def listing(tx: Tx, issue: IssueId, *, limit: int, before: int | None = None) -> list[Revision]:
    """The latest changes, newest first; those before a change where it is given."""
    query = select(table).where(table.c.issue_id == issue).order_by(table.c.id.desc()).limit(limit)
    rows = tx.execute(query if before is None else query.where(table.c.id < before))
    return [_revision(row) for row in rows]


def get(tx: Tx, issue: IssueId, revision: RevisionId) -> Revision:
    """One change of an issue. Raises NotFound."""
    row = tx.execute(select(table).where(table.c.issue_id == issue, table.c.id == revision)).first()
    if row is None:
        raise NotFound("There is no such change in the history of this issue.")
    return _revision(row)


# ---------------------------------------------------------------- versions with a name


def add_version(tx: Tx, issue: IssueId, name: str, snapshot: Snapshot, *, who: str, now: datetime) -> None:
    """Keep a version under a name."""
    tx.execute(
        insert(named).values(
            issue_id=issue,
            name=name,
            at=now,
            who=who,
            letter=_letter_as_json(snapshot.letter),
            outline=outline_as_json(snapshot.outline),
        )
    )


def versions(tx: Tx, issue: IssueId) -> list[NamedVersion]:
    """The versions of an issue that have a name, newest first."""
    rows = tx.execute(select(named).where(named.c.issue_id == issue).order_by(named.c.id.desc()))
    return [
        NamedVersion(
            id=VersionId(row.id),
            name=row.name,
            at=row.at,
            who=row.who,
            blocks=sum(len(section["blocks"]) for section in row.outline),
        )
        for row in rows
    ]


def count_versions(tx: Tx, issue: IssueId) -> int:
    """How many versions of an issue have a name."""
    return int(tx.execute(select(func.count()).select_from(named).where(named.c.issue_id == issue)).scalar_one())


def version(tx: Tx, issue: IssueId, wanted: VersionId) -> tuple[str, Snapshot]:
    """The name and the content of a version. Raises NotFound."""
    row = tx.execute(select(named).where(named.c.issue_id == issue, named.c.id == wanted)).first()
    if row is None:
        raise NotFound("There is no such version of this issue.")
    return row.name, Snapshot(outline=outline_from_json(row.outline), letter=_letter_from_json(row.letter))


def remove_version(tx: Tx, issue: IssueId, wanted: VersionId) -> bool:
    """Forget a version; whether there was one."""
    return bool(tx.execute(delete(named).where(named.c.issue_id == issue, named.c.id == wanted)).rowcount)


# ---------------------------------------------------------------- as JSON


def _revision(row: Any) -> Revision:
    return Revision(
        id=RevisionId(row.id),
        at=row.at,
        who=row.who,
        change=row.change,
        state=row.state,
        before=Snapshot(outline=outline_from_json(row.before), letter=_letter_from_json(row.letter)),
    )


def _letter_as_json(letter: Letter | None) -> dict[str, Any] | None:
    return None if letter is None else asdict(letter)


def _letter_from_json(kept: dict[str, Any] | None) -> Letter | None:
    return None if kept is None else Letter(**kept)


_FIELDS = tuple(one.name for one in fields(Block) if one.name not in ("id", "version", "kind", "items", "standing"))
"""All that is a text or a number: what a block learns to hold is kept too."""


def outline_as_json(outline: Outline) -> list[dict[str, Any]]:
    """An outline as it is kept in the history."""
    return [
        {
            "id": section.id,
            "name": section.name,
            "most": section.most,
            "blocks": [_block(one) for one in section.blocks],
        }
        for section in outline.sections
    ]


def _block(block: Block) -> dict[str, Any]:
    values: dict[str, Any] = {"id": block.id, "version": block.version, "kind": block.kind.value}
    values |= {name: value for name in _FIELDS if (value := getattr(block, name)) is not None}
    if block.standing is not None:
        values["standing"] = True
        for name, day in (("standing_first", block.standing.first), ("standing_last", block.standing.last)):
            if day is not None:
                values[name] = day.isoformat()
    values["items"] = [[pinned.item, pinned.version] for pinned in block.items]
    return values


def outline_from_json(kept: list[dict[str, Any]]) -> Outline:
    """An outline out of the history; what an older version did not keep is as by default."""
    return Outline(
        tuple(
            Section(
                id=SectionId(section["id"]),
                name=section["name"],
                most=section.get("most"),
                blocks=tuple(_block_from(block) for block in section["blocks"]),
            )
            for section in kept
        )
    )


def _block_from(kept: dict[str, Any]) -> Block:
    def day(name: str) -> date | None:
        return date.fromisoformat(kept[name]) if kept.get(name) else None

    return Block(
        id=BlockId(kept["id"]),
        version=kept["version"],
        kind=BlockKind(kept["kind"]),
        items=tuple(PinnedItem(ItemId(item), number) for item, number in kept["items"]),
        standing=Standing(day("standing_first"), day("standing_last")) if kept.get("standing") else None,
        **{name: kept.get(name) for name in _FIELDS},
    )
