"""New issues, and filling them with what was picked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from newsletter.model.issue import Issue, IssueState, Outline
from newsletter.model.item import Item, Triage
from newsletter.model.publication import Publication
from newsletter.model.when import local_day
from newsletter.queue.drafts import fill, layout_of, returned
from newsletter.queue.editing import Editor, refuse_new_items
from newsletter.settings import Settings
from newsletter.store import Tx, issues, items, waivers
from newsletter.workflows import issue_calendar


def new_issue(editor: Editor, *, origin: int | Literal["last", "none"] = "last", title: str | None = None) -> Issue:
    """A draft with the layout of an earlier issue, its standing blocks, calendar and unsent shortlist.

    The shortlist is what had been picked when the earlier issue went out, and went out with none.
    """
    store, publication, now = editor.store, editor.publication, editor.clock.now()
    with store.writing() as tx:
        last = _origin(tx, editor, origin)
        shortlist: list[Item] = []
        if last is not None and last.state is not IssueState.DRAFT:
            moment = last.sent_at or last.sending_at or (last.approved.at if last.approved else last.created_at)
            early = issues.picked_before(tx, publication.id, moment)
            shortlist = [item for item in _picked(tx, editor) if item.id in early]
        return draft(tx, publication, last, shortlist, title=title, theme=last.theme if last else None, now=now)


def draft(
    tx: Tx,
    publication: Publication,
    last: Issue | None,
    chosen: Sequence[Item],
    *,
    sections: Sequence[str] = (),
    title: str | None,
    theme: str | None,
    now: datetime,
) -> Issue:
    """A draft with the layout of an earlier issue, its standing blocks and calendar, and these items.

    `sections` that it lacks are added, in this order.
    """
    day = local_day(now, publication.zone)
    outline = layout_of(last.outline if last else None, day)
    outline, _ = fill(outline, chosen, issues.carried(tx, publication.id), sections=sections)
    created = issues.create(tx, publication.id, outline, title=title, theme=theme, now=now)
    if last is not None:
        issue_calendar.carry(tx, publication, last, created, day)
        waivers.carry(tx, created.id, returned(last.outline, created.outline, day))
    return created


def _origin(tx: Tx, editor: Editor, origin: int | str) -> Issue | None:
    if origin == "none":
        return None
    if origin == "last":
        return issues.last_edition(tx, editor.publication.id)
    return issues.get(tx, editor.publication.id, int(origin))


def _picked(tx: Tx, editor: Editor) -> list[Item]:
    return items.listing(tx, editor.publication.id, now=editor.clock.now(), state=Triage.PICKED)


def set_issue(
    editor: Editor, settings: Settings, number: int | None, fields: dict[str, str], *, if_version: int | None = None
) -> Issue:
    """Set title, subject, preheader or theme; an empty one: as the newsletter has it.

    Raises NewsletterError for a theme that cannot be opened and a subject that no convention allows; NotFound, Refused
    and Conflict as every edit.
    """
    if fields.get("theme"):
        from newsletter.render.themes import open_theme

        open_theme(fields["theme"], settings)
    if fields.get("subject"):
        from newsletter.render.subject import check_convention

        check_convention(fields["subject"])
    return editor.set_fields(number, fields, if_version=if_version)


def fill_issue(editor: Editor, number: int | None, *, most: int | None = None) -> Issue:
    """Add every picked item that no other issue carries, in its section; at most `most` of them."""

    def edit(tx: Tx, issue: Issue) -> Issue:
        refuse_new_items(issue)
        outline: Outline
        outline, _ = fill(issue.outline, _picked(tx, editor), issues.carried(tx, editor.publication.id), most=most)
        return replace(issue, outline=outline)

    return editor.change(number, "filled", edit)
