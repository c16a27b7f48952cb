"""A sent issue is put right: a dated note in the archive, its text opened first if wanted, a letter to who has it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from newsletter.errors import NewsletterError
from newsletter.model.issue import IssueState
from newsletter.model.user import Role
from newsletter.web.issues import on_its_way
from newsletter.web.languages import gettext as _
from newsletter.web.numbers import InPath
from newsletter.web.page import back, page
from newsletter.web.place import desk_of
from newsletter.web.roles import needs
from newsletter.workflows import correct as workflow

router = APIRouter()
PUBLISHERS = needs(Role.PUBLISHER)


@router.post("/issues/{number}/open-text", dependencies=[PUBLISHERS])
def open_text(request: Request, number: InPath) -> Response:
    """Let the text of a sent issue be edited on the desk; readers and archive see nothing of it yet."""
    try:
        workflow.open_text(desk_of(request), number)
    except NewsletterError as error:
        return back(request, f"/issues/{number}", error.message, level="error")
    return back(request, f"/?issue={number}#outline", _("Its text is open. The archive shows what was sent meanwhile."))


@router.post("/issues/{number}/close-text", dependencies=[PUBLISHERS])
def close_text(request: Request, number: InPath) -> Response:
    """Close the text of a sent issue that was opened and not changed; nothing is corrected."""
    try:
        workflow.close_text(desk_of(request), number)
    except NewsletterError as error:
        return back(request, f"/issues/{number}", error.message, level="error")
    return back(request, f"/issues/{number}", _("Its text is closed. Nothing was corrected."))


@router.post("/issues/{number}/correct", dependencies=[PUBLISHERS])
def correct(
    request: Request, number: InPath, note: Annotated[str, Form()] = "", letter: Annotated[str, Form()] = ""
) -> Response:
    """The archive shows the issue corrected under a note; `letter` drafts one with it. A refused note stays written."""
    desk = desk_of(request)
    try:
        workflow.correct(desk, number, note)
    except NewsletterError as error:
        one, tally = desk.status(number)
        if one.state is not IssueState.SENT:
            return back(request, f"/issues/{number}", error.message, level="error")
        values = {**on_its_way(request, desk, one, tally), "note": note, "wrong": error.message}
        return page(request, "sending", status=400, until=None, **values)
    if not letter:
        return back(request, f"/issues/{number}", _("The archive shows it corrected."))
    try:
        draft = workflow.draft_letter(desk, number, note)
    except NewsletterError as error:  # the note is there: said again, it would stand there twice
        said = _("The archive shows it corrected, but the letter could not be begun: %(why)s", why=error.message)
        return back(request, f"/issues/{number}", said, level="error")
    return back(
        request,
        f"/issues/{draft.number}",
        _("The archive shows issue %(number)s corrected. This is the letter to those who have it.", number=number),
    )
