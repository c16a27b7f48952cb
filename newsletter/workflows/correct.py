"""Correcting what was sent: a second rendition with a dated note for the archive, and a letter to who has the first.

What was sent is never touched: its rendition and its ledger stay as they are.
"""

from __future__ import annotations

import re
from dataclasses import replace

from newsletter.errors import Conflict, NewsletterError, Refused
from newsletter.model.issue import Block, BlockKind, Issue, IssueState, Outline, Section
from newsletter.model.when import local_day
from newsletter.render.archived import archive_url
from newsletter.render.dates import full_date
from newsletter.render.words import words
from newsletter.store import corrections, issues, renditions
from newsletter.workflows.publish import Desk

LONGEST = 2_000
"""Characters of a note."""


def open_text(desk: Desk, number: int) -> Issue:
    """Let the outline of a sent issue be edited, until it is corrected. Readers and archive see nothing of it."""
    with desk.store.writing() as tx:
        issue = issues.get(tx, desk.publication.id, number)
        _refuse_unsent(issue)
        corrections.open_(tx, issue.id, desk.clock.now())
        return issue


def close_text(desk: Desk, number: int) -> Issue:
    """Close a text that was opened and not changed: nothing is corrected. Raises Refused where it was changed."""
    with desk.store.writing() as tx:
        issue = issues.get(tx, desk.publication.id, number)
        _refuse_unsent(issue)
        if not corrections.is_open(tx, issue.id):
            raise Refused(f"The text of issue {number} is not open.", code="not-open")
        if not corrections.is_untouched(tx, issue.id):
            raise Refused(
                f"The text of issue {number} was changed since it was opened: take that back first, or correct it with "
                "a note.",
                code="changed",
            )
        corrections.abandon(tx, issue.id)
        return issue


def correct(desk: Desk, number: int, note: str) -> Issue:
    """Freeze a second rendition with a dated note: what the archive shows from now on.

    Where the text was opened, it is rendered as edited; else it is what was sent, under the note. Raises Refused where
    the issue was not sent, or with what a check found.
    """
    said = _one_paragraph(note)
    with desk.store.reading() as tx:
        issue = issues.get(tx, desk.publication.id, number)
        _refuse_unsent(issue)
        assert issue.approved is not None, "it was sent"
        shown = renditions.get(tx, issue.corrected or issue.approved.id).data
        is_open = corrections.is_open(tx, issue.id)
    material = desk.material(number, on=shown.day)
    data = desk.frozen(material) if is_open else shown
    data = replace(data, note=_dated(desk, said, shown.note))
    with desk.store.writing() as tx:
        if issues.held(tx, issue.id) != issue:
            raise Conflict(f"Somebody changed issue {number} while it was checked; look at it again.")
        kept = renditions.add(tx, issue.id, data, now=desk.clock.now())
        corrections.close(tx, issue.id, kept.id)
        return issues.by_id(tx, issue.id)


def draft_letter(desk: Desk, number: int, note: str) -> Issue:
    """A draft of a short issue with the note, for exactly those who have the issue when it is sent.

    They are those of the ledger whose copy was sent (or assumed so) and who still want mail; nobody uncertain, nobody
    who came later. It stays out of the archive, whose page of the issue has the note already.
    """
    said = _one_paragraph(note)
    with desk.store.writing() as tx:
        issue = issues.get(tx, desk.publication.id, number)
        _refuse_unsent(issue)
        assert issue.approved is not None, "it was sent"
        first = renditions.get(tx, issue.approved.id).data
        told = words(desk.publication.language)["correction"]
        text = said
        if issue.in_archive and first.base_url:
            text += f"\n\n[{_as_text(first.subject)}]({archive_url(first.base_url + desk.publication.path, number)})"
        outline = Outline((Section(blocks=(Block(kind=BlockKind.TEXT, headline=told, blurb=text),)),))
        made = issues.create(
            tx,
            desk.publication.id,
            outline,
            title=f"{told}: {issue.title}",
            theme=issue.theme,
            now=desk.clock.now(),
        )
        subject = re.sub("[{}]", "", f"{told}: {first.subject}")  # braces would name fields
        issues.change(tx, made.id, {"corrects_id": issue.id, "in_archive": False, "subject": subject})
        return issues.by_id(tx, made.id)


def _refuse_unsent(issue: Issue) -> None:
    if issue.state is not IssueState.SENT:
        raise Refused(
            f"Issue {issue.number} is {issue.state}; only one that was sent can be corrected.", code="not-sent"
        )


def _one_paragraph(note: str) -> str:
    said = " ".join(note.split())
    if not said or any(ord(character) < 32 for character in said):
        raise NewsletterError("A correction needs a note: what was wrong, and what is right.", where="--note")
    if len(said) > LONGEST:
        raise NewsletterError(f"The note has {len(said)} characters; at most {LONGEST} are shown.", where="--note")
    return said


def _dated(desk: Desk, note: str, before: str | None) -> str:
    """The note with its day, after those of earlier corrections."""
    language = desk.publication.language
    today = full_date(local_day(desk.clock.now(), desk.publication.zone), language)
    return " ".join(part for part in (before, f"{words(language)['correction']}, {today}: {note}") if part)


def _as_text(subject: str) -> str:
    return "".join(f"\\{character}" if character in "\\[]*_`<>" else character for character in subject)
