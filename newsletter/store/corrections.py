"""Corrections: a sent issue whose text is open, the rendition that the archive shows instead, and its notes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select

from newsletter.model.issue import IssueId, RenditionId
from newsletter.model.revision import snapshot_of
from newsletter.store import issues, marks, revisions
from newsletter.store.engine import Tx
from newsletter.store.schema import rendition


@dataclass(frozen=True)
class Correction:
    """A rendition after the first, and the dated note above it."""

    at: datetime
    note: str


def is_open(tx: Tx, issue: IssueId) -> bool:
    """Whether the text of a sent issue may be edited, for a correction."""
    return marks.get(tx, _name(issue)) is not None


def open_(tx: Tx, issue: IssueId, now: datetime) -> None:
    """Let the text of a sent issue be edited; what readers have stays as it was."""
    if not is_open(tx, issue):
        marks.put(tx, _name(issue), now, _looks(tx, issue))


def is_untouched(tx: Tx, issue: IssueId) -> bool:
    """Whether the text is open and just as it was when it was opened."""
    opened = marks.get(tx, _name(issue))
    return opened is not None and opened.text == _looks(tx, issue)


def abandon(tx: Tx, issue: IssueId) -> None:
    """Close the text without a correction."""
    marks.drop(tx, _name(issue))


def close(tx: Tx, issue: IssueId, corrected: RenditionId) -> None:
    """From now on the archive shows this rendition, and the text is closed."""
    issues.change(tx, issue, {"corrected_id": corrected})
    marks.drop(tx, _name(issue))


def listing(tx: Tx, issue: IssueId) -> list[Correction]:
    """The corrections of an issue, the first one first."""
    rows = tx.execute(
        select(rendition.c.created_at, rendition.c.note)
        .where(rendition.c.issue_id == issue, rendition.c.note.is_not(None))
        .order_by(rendition.c.id)
    )
    return [Correction(row.created_at, row.note) for row in rows]


def _looks(tx: Tx, issue: IssueId) -> str:
    """A fingerprint of all that can be edited. What was changed and taken back is as it was, in another version."""
    now = snapshot_of(issues.by_id(tx, issue))
    outline = revisions.outline_as_json(now.outline)
    for section in outline:
        section["blocks"] = [{**block, "version": 0} for block in section["blocks"]]
    told = json.dumps([outline, now.letter and asdict(now.letter)], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def _name(issue: IssueId) -> str:
    return f"correcting-{issue}"
