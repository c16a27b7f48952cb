"""New issues, and filling them with what was picked."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from newsletter.errors import NotFound
from newsletter.model.issue import Issue, IssueState, Outline
from newsletter.model.item import Item, Triage
from newsletter.model.when import local_day
from newsletter.queue.drafts import fill, layout_of, returned
from newsletter.queue.editing import Editor
from newsletter.store import Tx, issues, items, waivers
from newsletter.workflows import issue_calendar


def new_issue(editor: Editor, *, origin: int | Literal["last", "none"] = "last", title: str | None = None) -> Issue:
    """A draft with the layout of an earlier issue, its standing blocks, calendar and unsent shortlist.

    The shortlist is what had been picked when the earlier issue went out, and went out with none.
    """
    store, publication, now = editor.store, editor.publication, editor.clock.now()
    with store.writing() as tx:
        last = _origin(tx, editor, origin)
        outline = layout_of(last.outline if last else None, local_day(now, publication.zone))
        if last is not None and last.state is not IssueState.DRAFT:
            moment = last.sent_at or last.sending_at or (last.approved.at if last.approved else last.created_at)
            early = issues.picked_before(tx, publication.id, moment)
            shortlist = [item for item in _picked(tx, editor) if item.id in early]
            outline, _ = fill(outline, shortlist, issues.carried(tx, publication.id))
        theme = last.theme if last else None
        created = issues.create(tx, publication.id, outline, title=title, theme=theme, now=now)
        if last is not None:
            issue_calendar.carry(tx, publication, last, created, local_day(now, publication.zone))
            waivers.carry(tx, created.id, returned(last.outline, created.outline, local_day(now, publication.zone)))
        return created


def _origin(tx: Tx, editor: Editor, origin: int | str) -> Issue | None:
    if origin == "none":
        return None
    try:
        return issues.get(tx, editor.publication.id, None if origin == "last" else int(origin))
    except NotFound:
        if origin == "last":
            return None
        raise


def _picked(tx: Tx, editor: Editor) -> list[Item]:
    return items.listing(tx, editor.publication.id, now=editor.clock.now(), state=Triage.PICKED)


def fill_issue(editor: Editor, number: int | None, *, most: int | None = None) -> Issue:
    """Add every picked item that no other issue carries, in its section; at most `most` of them."""

    def edit(tx: Tx, issue: Issue) -> Issue:
        outline: Outline
        outline, _ = fill(issue.outline, _picked(tx, editor), issues.carried(tx, editor.publication.id), most=most)
        return replace(issue, outline=outline)

    return editor.change(number, "filled", edit)
