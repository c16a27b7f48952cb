"""What an issue was before a change, and after one that was taken back: undo, redo, and its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType

from newsletter.model.issue import Issue, Outline

RevisionId = NewType("RevisionId", int)
VersionId = NewType("VersionId", int)

RevisionState = Literal["done", "undone", "gone"]
"""`undone` can be done again; `gone` was undone, and another change came after it."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What an issue says outside its outline."""

    title: str
    subject: str | None = None
    preheader: str | None = None
    theme: str | None = None


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """An issue at one moment. Where the letter is none, it was not kept: it stays as it is."""

    outline: Outline
    letter: Letter | None = None


@dataclass(frozen=True, kw_only=True)
class Revision:
    """One change of an issue."""

    id: RevisionId
    at: datetime
    who: str
    change: str
    """What was done: `block 12 edited`, `section moved`."""
    state: RevisionState = "done"
    before: Snapshot


@dataclass(frozen=True, kw_only=True)
class NamedVersion:
    """An outline that somebody gave a name, to come back to."""

    id: VersionId
    name: str
    at: datetime
    who: str
    blocks: int
    """How many it holds."""


def snapshot_of(issue: Issue) -> Snapshot:
    """The issue as it is now."""
    letter = Letter(title=issue.title, subject=issue.subject, preheader=issue.preheader, theme=issue.theme)
    return Snapshot(outline=issue.outline, letter=letter)
