"""Undo, redo, and earlier versions of a draft. What is restored is a change like any other, and can be undone.

Every function raises NotFound, and Refused where the issue is no draft; then nothing has changed.
"""

from __future__ import annotations

from dataclasses import replace

from newsletter.errors import Conflict, NewsletterError, Refused
from newsletter.model.issue import Issue, Outline
from newsletter.model.revision import Revision, RevisionId, Snapshot, VersionId, snapshot_of
from newsletter.queue.editing import Editor
from newsletter.store import Tx, issues, revisions
from newsletter.text.characters import one_line

LONGEST_NAME = 120
MOST_VERSIONS = 100
"""Versions with a name of one issue."""


def undo(editor: Editor, number: int | None, *, revision: RevisionId | None = None) -> tuple[Issue, Revision]:
    """Take the last change back, whoever made it. The issue as it is then, and what was undone.

    Raises Refused where there is none, Conflict where it is not `revision`, the one the person saw.
    """
    with editor.store.writing() as tx:
        issue = editor.draft(tx, number)
        last = revisions.to_undo(tx, issue.id)
        if last is None:
            raise Refused("There is nothing to undo.", code="nothing-to-undo")
        _as_seen(last, revision)
        revisions.mark_undone(tx, last.id, snapshot_of(issue))
        return issues.put(tx, issue, as_it_was(issue, last.before)), last


def redo(editor: Editor, number: int | None, *, revision: RevisionId | None = None) -> tuple[Issue, Revision]:
    """Do again what was undone last. Raises Refused where nothing was, or another change came after it."""
    with editor.store.writing() as tx:
        issue = editor.draft(tx, number)
        found = revisions.to_redo(tx, issue.id)
        if found is None:
            raise Refused("There is nothing to do again.", code="nothing-to-redo")
        undone, after = found
        _as_seen(undone, revision)
        revisions.mark_done(tx, undone.id)
        return issues.put(tx, issue, as_it_was(issue, after)), undone


def name_version(editor: Editor, number: int | None, name: str, *, revision: RevisionId | None = None) -> Issue:
    """Give the issue as it is now, or as it was before a change of its history, a name to come back to."""
    name = one_line(name)
    if not name or len(name) > LONGEST_NAME:
        raise NewsletterError(f"A version needs a name of at most {LONGEST_NAME} characters.", where="name")
    with editor.store.writing() as tx:
        issue = issues.get(tx, editor.publication.id, number)
        if revisions.count_versions(tx, issue.id) >= MOST_VERSIONS:
            raise Refused(f"{MOST_VERSIONS} versions have a name already; forget one first.", code="too-many")
        kept = snapshot_of(issue) if revision is None else revisions.get(tx, issue.id, revision).before
        if kept.letter is None:
            kept = replace(kept, letter=snapshot_of(issue).letter)
        revisions.add_version(tx, issue.id, name, kept, who=editor.who, now=editor.clock.now())
        return issue


def forget_version(editor: Editor, number: int | None, version: VersionId) -> None:
    """Take the name, and what was kept under it, away. The issue stays as it is."""
    with editor.store.writing() as tx:
        issue = issues.get(tx, editor.publication.id, number)
        if not revisions.remove_version(tx, issue.id, version):
            raise NewsletterError("That version is gone already.", code="gone")


def restore_version(editor: Editor, number: int | None, version: VersionId) -> Issue:
    """Make the issue what it was under this name."""

    def edit(tx: Tx, issue: Issue) -> Issue:
        return as_it_was(issue, revisions.version(tx, issue.id, version)[1])

    return editor.change(number, "version restored", edit)


def restore_before(editor: Editor, number: int | None, revision: RevisionId) -> Issue:
    """Make the issue what it was before a change."""

    def edit(tx: Tx, issue: Issue) -> Issue:
        return as_it_was(issue, revisions.get(tx, issue.id, revision).before)

    return editor.change(number, "earlier state restored", edit)


def as_it_was(issue: Issue, snapshot: Snapshot) -> Issue:
    """The issue with the content of a snapshot. Pure. Blocks that are there keep their versions, which only grow."""
    versions = {block.id: block.version for block in issue.outline.blocks()}
    outline = Outline(
        tuple(
            replace(
                section,
                blocks=tuple(replace(block, version=versions.get(block.id, block.version)) for block in section.blocks),
            )
            for section in snapshot.outline.sections
        )
    )
    letter = snapshot.letter
    if letter is None:
        return replace(issue, outline=outline)
    return replace(
        issue,
        outline=outline,
        title=letter.title,
        subject=letter.subject,
        preheader=letter.preheader,
        theme=letter.theme,
    )


def _as_seen(last: Revision, seen: RevisionId | None) -> None:
    if seen is not None and seen != last.id:
        raise Conflict(
            f"{last.who} changed something meanwhile ({last.change}); look at it before you undo it.",
            where="revision",
        )
