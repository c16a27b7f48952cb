"""Undo, redo, and the page on which the history of an issue is read: who changed what, and when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from newsletter.errors import NewsletterError
from newsletter.model.issue import Issue, IssueState
from newsletter.model.revision import RevisionId, VersionId
from newsletter.queue import history
from newsletter.store import revisions
from newsletter.web.languages import gettext as _
from newsletter.web.numbers import Id, InPath
from newsletter.web.page import back, page
from newsletter.web.place import desk_of, editor_of
from newsletter.web.saying import change_in_words
from newsletter.web.shown import shown

router = APIRouter()

SHOWN = 100
"""Changes on the page."""

Seen = Annotated[Id | None, Form()]


@router.post("/issues/{number}/undo")
def undo(request: Request, number: InPath, revision: Seen = None, view: Annotated[str, Form()] = "/") -> Response:
    """Take back the last change, if it is the one that the person saw."""
    seen = RevisionId(revision) if revision else None
    return _step(request, number, view, lambda: history.undo(editor_of(request), number, revision=seen)[1].change, "-")


@router.post("/issues/{number}/redo")
def redo(request: Request, number: InPath, revision: Seen = None, view: Annotated[str, Form()] = "/") -> Response:
    """Do again what was undone last."""
    seen = RevisionId(revision) if revision else None
    return _step(request, number, view, lambda: history.redo(editor_of(request), number, revision=seen)[1].change, "+")


def _step(request: Request, number: int, view: str, step: Callable[[], str], sign: str) -> Response:
    view = f"{view.split('#')[0]}#outline"
    try:
        step()
    except NewsletterError as error:
        return back(request, view, error.message, level="error")
    return back(request, view, _("Undone.") if sign == "-" else _("Done again."))


@router.get("/issues/{number}/history")
def listing(request: Request, number: InPath) -> Response:
    """The changes of an issue, newest first, and its versions with a name."""
    desk = desk_of(request)
    material = desk.material(number)
    issue = material.issue
    with desk.store.reading() as tx:
        found = revisions.listing(tx, issue.id, limit=SHOWN + 1)
        named = revisions.versions(tx, issue.id)
    sections = shown(issue, material.versions)
    titles = {one.block.id: one.title for part in sections for one in part.blocks}
    return page(
        request,
        "history",
        issue=issue,
        changes=[(one, change_in_words(one, titles)) for one in found[:SHOWN]],
        more=len(found) > SHOWN,
        named=named,
        can_restore=issue.state is IssueState.DRAFT,
    )


@router.post("/issues/{number}/versions")
def name_version(
    request: Request, number: InPath, name: Annotated[str, Form()] = "", revision: Seen = None
) -> Response:
    """Give what the issue is now, or was before a change, a name."""
    seen = RevisionId(revision) if revision else None
    return _on_page(
        request,
        number,
        lambda: history.name_version(editor_of(request), number, name, revision=seen),
        _("It has a name now, and can be restored."),
    )


@router.post("/issues/{number}/versions/{version}")
def change_version(
    request: Request, number: InPath, version: InPath, do: Annotated[str, Form()] = "restore"
) -> Response:
    """Restore a version with a name, or forget it."""
    editor, wanted = editor_of(request), VersionId(version)
    if do == "forget":
        return _on_page(
            request, number, lambda: history.forget_version(editor, number, wanted), _("The name is forgotten.")
        )
    return _restored(request, number, lambda: history.restore_version(editor, number, wanted))


@router.post("/issues/{number}/revisions/{revision}")
def restore_revision(request: Request, number: InPath, revision: InPath) -> Response:
    """Make the issue what it was before a change."""
    return _restored(request, number, lambda: history.restore_before(editor_of(request), number, RevisionId(revision)))


def _on_page(request: Request, number: int, work: Callable[[], object], said: str) -> Response:
    try:
        work()
    except NewsletterError as error:
        return back(request, f"/issues/{number}/history", error.message, level="error")
    return back(request, f"/issues/{number}/history", said)


def _restored(request: Request, number: int, work: Callable[[], Issue]) -> Response:
    try:
        work()
    except NewsletterError as error:
        return back(request, f"/issues/{number}/history", error.message, level="error")
    return back(request, f"/?issue={number}#outline", _("Restored. Undo brings back what was there."))
