"""The draft on the desk: what its outline and its preview show."""

from __future__ import annotations

from typing import Any

from fastapi import Request

from newsletter.errors import NewsletterError
from newsletter.model.finding import Finding
from newsletter.model.issue import BlockId, BlockKind, Issue
from newsletter.queue.outline import items_in
from newsletter.render.subject import preheader_of
from newsletter.store import arrivals, issues, kept_versions, presences, revisions
from newsletter.web.place import desk_of, place_of, user_of
from newsletter.web.saying import change_in_words
from newsletter.web.shown import in_block, others_at, shown
from newsletter.workflows.publish import Desk

PHONE = 38
"""Characters of a subject that a phone shows."""

NO_DRAFT: dict[str, Any] = {
    "issue": None,
    "sections": (),
    "inside": frozenset(),
    "proof": None,
    "findings": [],
    "blocks": {},
    "broken": "",
    "undo": None,
    "redo": None,
    "others_here": [],
    "has_calendar": False,
    "draft_state": "",
    "subject_cut": "",
    "preheader": "",
}


def draft_values(request: Request, issue: Issue | None) -> dict[str, Any]:
    """The values of `outline.html.j2` and `proof.html.j2` for a draft, or for none."""
    if issue is None:
        return NO_DRAFT
    place, work, user = place_of(request), desk_of(request), user_of(request)
    material = work.material(issue.number)
    issue = material.issue
    with place.store.reading() as tx:
        present = presences.listing(tx, work.publication.id, place.clock.now())
        changed = kept_versions.changed(tx, issue.id)
        undo, redo = revisions.to_undo(tx, issue.id), revisions.to_redo(tx, issue.id)
        state = arrivals.drafts(tx, work.publication.id).get(issue.number, [])
    sections = shown(
        issue,
        material.versions,
        occurrences=material.occurrences,
        assets=material.assets,
        changed=changed,
        others=in_block(present, issue.number, user.id),
    )
    titles = {one.block.id: one.title for part in sections for one in part.blocks}
    findings: list[Finding] = []
    try:
        proof, broken = place.proofs.of(work, material), ""
        findings = place.proofs.findings(work, material)
    except NewsletterError as error:  # a theme that is being edited must not close the desk
        proof, broken = None, error.message
    return {
        "issue": issue,
        "sections": sections,
        "inside": items_in(issue.outline),
        "proof": proof,
        "findings": findings,
        "blocks": titles,
        "broken": broken,
        "undo": (undo, change_in_words(undo, titles)) if undo else None,
        "redo": (redo[0], change_in_words(redo[0], titles)) if redo else None,
        "others_here": others_at(present, issue.number, user.id),
        "has_calendar": any(block.kind is BlockKind.CALENDAR for block in issue.outline.blocks()),
        "draft_state": " ".join(str(one) for one in state),
        "subject_cut": cut_subject(proof.subject) if proof else "",
        "preheader": preheader_of(issue, list(titles.values())),
    }


def cut_subject(subject: str) -> str:
    """The last words that a phone still shows of a subject; nothing where it shows all."""
    if len(subject) <= PHONE:
        return ""
    seen = subject[:PHONE]
    words = seen[: seen.rfind(" ")].split() if " " in seen and subject[PHONE] != " " else seen.split()
    return " ".join(words[-2:])


def titles_of(desk: Desk, issue: Issue) -> dict[BlockId, str]:
    """What the blocks of an issue are called."""
    with desk.store.reading() as tx:
        versions = issues.versions(tx, issue.id)
    return {one.block.id: one.title for part in shown(issue, versions) for one in part.blocks}
