"""The forms of the outline: the issue's own fields, and its sections. Each is one edit, and may meet another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import HTMLResponse

from newsletter.errors import Conflict, NewsletterError
from newsletter.model.issue import Issue
from newsletter.queue import blocks
from newsletter.store import issues
from newsletter.text.to_markdown import pasted
from newsletter.web.editing import (
    Fields,
    both,
    edited,
    is_autosave,
    laid_over,
    letter_fields,
    refused,
    saved,
    says_what_it_saw,
    version_in,
)
from newsletter.web.languages import gettext as _
from newsletter.web.languages import ngettext
from newsletter.web.numbers import Id, InPath, whole
from newsletter.web.page import back
from newsletter.web.place import editor_of, place_of
from newsletter.workflows.drafting import fill_issue, new_issue

router = APIRouter()

LARGEST_PASTE = 400_000
"""Characters of HTML that are turned into Markdown."""

ViewField = Annotated[str, Form(alias="view")]


@router.post("/issues")
def create(request: Request, title: Annotated[str, Form()] = "", origin: Annotated[str, Form()] = "last") -> Response:
    """A new draft, in the layout of the last issue, of another one, or of none."""
    chosen = whole(origin, what=_("The number of an issue")) if origin not in ("last", "none") else None
    issue = new_issue(
        editor_of(request), origin=chosen or ("none" if origin == "none" else "last"), title=title.strip() or None
    )
    return back(request, f"/?issue={issue.number}#outline", _("Issue %(number)s is begun.", number=issue.number))


@router.post("/issues/{number}/fill")
def fill(request: Request, number: InPath, view: ViewField = "/") -> Response:
    """Every picked item that is in no issue yet."""
    with place_of(request).store.reading() as tx:
        before = issues.get(tx, editor_of(request).publication.id, number)

    def say(issue: Issue) -> str:
        added = len(issue.outline.blocks()) - len(before.outline.blocks())
        return ngettext("Added %(n)s item.", "Added %(n)s items.", added) if added else _("Nothing new is picked.")

    return edited(request, view, "outline", lambda: fill_issue(editor_of(request), number), say)


@router.post("/issues/{number}/fields")
def fields(request: Request, number: InPath, form: Fields) -> Response:
    """Title, subject and preheader. A page that saves by itself gets JSON."""
    editor, auto = editor_of(request), is_autosave(request)
    mine = {name: form[name] for name in letter_fields() if name in form}

    def look() -> Issue:
        with place_of(request).store.reading() as tx:
            return issues.get(tx, editor.publication.id, number)

    def save(theirs: Issue, rest: dict[str, str]) -> Issue:
        return editor.set_fields(number, rest, if_version=theirs.version, joins=auto)

    try:
        if says_what_it_saw(form):
            issue = laid_over(form, mine, look, save)
        else:
            issue = editor.set_fields(number, mine, if_version=version_in(form), joins=auto)
    except Conflict:
        now = look()
        return both(request, form, letter_fields(), mine, now, now.version)
    except NewsletterError as error:
        if auto:
            return refused(request, error)
        return back(request, form.get("view", "/"), error.message, level="error")
    if auto:
        return saved(request, number, issue.version)
    return back(request, form.get("view", "/"), _("Saved."))


@router.post("/issues/{number}/sections")
def add_section(request: Request, number: InPath, name: Annotated[str, Form()] = "", view: ViewField = "/") -> Response:
    """A new section; its heading may be empty."""
    return edited(request, view, "outline", lambda: editor_of(request).add_section(number, name))


@router.post("/issues/{number}/sections/{section}")
def change_section(
    request: Request,
    number: InPath,
    section: InPath,
    form: Fields,
    do: Annotated[str, Form()],
    place: Annotated[Id, Form()] = 1,
    name: Annotated[str, Form()] = "",
    version: Annotated[Id | None, Form()] = None,
    view: ViewField = "/",
) -> Response:
    """Move it up or down or to a place, rename and limit it, or take it out: its blocks move to the end."""
    editor, wanted = editor_of(request), str(section)

    def rename() -> Issue:
        limit = whole(form.get("most", ""), what=_("A limit"))
        issue = editor.rename_section(number, wanted, name)
        return blocks.limit_section(editor, number, wanted, limit) if "most" in form else issue

    edits: dict[str, Callable[[], Issue]] = {
        "up": lambda: editor.move_section(number, wanted, place - 1),
        "down": lambda: editor.move_section(number, wanted, place + 1),
        "place": lambda: blocks.place_section(editor, number, wanted, to=place, if_version=version),
        "rename": rename,
        "remove": lambda: editor.remove_section(number, wanted),
    }
    return edited(request, view, "outline" if do == "remove" else f"sec-{section}", edits.get(do))


@router.post("/markdown")
def markdown(request: Request, html: Annotated[str, Form()] = "") -> Response:
    """What was pasted, as Markdown that keeps its links. Changes nothing."""
    if len(html) > LARGEST_PASTE:
        return HTMLResponse(_("That is more than one text holds; paste a part of it."), 413)
    return Response(pasted(html), media_type="text/plain; charset=utf-8")
