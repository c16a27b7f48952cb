"""The forms of the outline: sections and blocks of a draft. Each is one edit, and each can meet somebody faster."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from newsletter.errors import Conflict, NewsletterError
from newsletter.model.issue import BlockId, Issue, Outline, Standing
from newsletter.queue.editing import Editor
from newsletter.queue.outline import block_at, find_block
from newsletter.store import issues
from newsletter.web.numbers import Id, InPath, whole
from newsletter.web.page import back, local, page
from newsletter.web.place import editor_of, place_of
from newsletter.workflows.drafting import fill_issue, new_issue

router = APIRouter()

BLOCK_FIELDS = {
    "headline": "Headline",
    "teaser": "Teaser",
    "blurb": "Blurb",
    "outlet": "Outlet",
    "url": "Link",
}
ISSUE_FIELDS = {"title": "Title", "subject": "Subject", "preheader": "Preheader"}

View = Annotated[str, Form()]


async def form_fields(request: Request) -> dict[str, str]:
    """The texts of a form; what was not in it stays as it is, so its absence counts."""
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


Fields = Annotated[dict[str, str], Depends(form_fields)]


@router.post("/issues")
def create(request: Request, title: Annotated[str, Form()] = "") -> Response:
    """A new draft, in the layout of the last issue."""
    issue = new_issue(editor_of(request), title=title.strip() or None)
    return back(request, f"/?issue={issue.number}#outline", f"Issue {issue.number} is begun.")


@router.post("/issues/{number}/fill")
def fill(request: Request, number: InPath, view: View = "/") -> Response:
    """Every picked item that is in no issue yet."""
    with place_of(request).store.reading() as tx:
        before = issues.get(tx, editor_of(request).publication.id, number)

    def say(issue: Issue) -> str:
        added = len(issue.outline.blocks()) - len(before.outline.blocks())
        return "Nothing new is picked." if not added else f"Added {added} {'item' if added == 1 else 'items'}."

    return _edit(request, view, "outline", lambda: fill_issue(editor_of(request), number), say)


@router.post("/issues/{number}/fields")
def fields(request: Request, number: InPath, form: Fields) -> Response:
    """Title, subject and preheader."""
    mine = {name: form[name] for name in ISSUE_FIELDS if name in form}
    try:
        editor_of(request).set_fields(number, mine, if_version=_version(form))
    except Conflict:
        with place_of(request).store.reading() as tx:
            now = issues.get(tx, editor_of(request).publication.id, number)
        return _both(request, form, ISSUE_FIELDS, mine, now, now.version)
    except NewsletterError as error:
        return back(request, form.get("view", "/"), error.message, level="error")
    return back(request, form.get("view", "/"), "Saved.")


@router.post("/issues/{number}/sections")
def add_section(request: Request, number: InPath, name: Annotated[str, Form()] = "", view: View = "/") -> Response:
    """A new section; its heading may be empty."""
    return _edit(request, view, "outline", lambda: editor_of(request).add_section(number, name))


@router.post("/issues/{number}/sections/{section}")
def change_section(
    request: Request,
    number: InPath,
    section: InPath,
    do: Annotated[str, Form()],
    place: Annotated[Id, Form()] = 1,
    name: Annotated[str, Form()] = "",
    view: View = "/",
) -> Response:
    """Move it up or down, rename it, or take it out: its blocks move to the end."""
    editor, wanted = editor_of(request), str(section)
    edits: dict[str, Callable[[], Issue]] = {
        "up": lambda: editor.move_section(number, wanted, place - 1),
        "down": lambda: editor.move_section(number, wanted, place + 1),
        "rename": lambda: editor.rename_section(number, wanted, name),
        "remove": lambda: editor.remove_section(number, wanted),
    }
    return _edit(request, view, "outline" if do == "remove" else f"sec-{section}", edits.get(do))


@router.post("/issues/{number}/blocks")
def add_text(
    request: Request,
    number: InPath,
    text: Annotated[str, Form()] = "",
    section: Annotated[str, Form()] = "",
    standing: Annotated[bool, Form()] = False,
    view: View = "/",
) -> Response:
    """A text of the editors, in Markdown; standing: in every issue from now on."""
    stays = Standing() if standing else None
    editor = editor_of(request)
    return _edit(
        request, view, "outline", lambda: editor.add_text(number, text, section=section or None, standing=stays)
    )


@router.post("/issues/{number}/blocks/{block_number}")
def change_block(request: Request, number: InPath, block_number: InPath, form: Fields) -> Response:
    """Save its fields, move it, or take it out."""
    editor, view, do = editor_of(request), form.get("view", "/"), form.get("do", "save")
    block = BlockId(block_number)
    edits: dict[str, Callable[[], Issue]] = {
        "up": lambda: _step(editor, number, block, -1),
        "down": lambda: _step(editor, number, block, +1),
        "remove": lambda: editor.remove_block(number, block),
    }
    if do != "save":
        say = "Taken out." if do == "remove" else "Moved."
        return _edit(request, view, "outline" if do == "remove" else f"b-{block}", edits.get(do), lambda _: say)
    mine = {name: form[name].replace("\r\n", "\n") for name in BLOCK_FIELDS if name in form}
    try:
        section = whole(form.get("section", ""), what="A section")
        rank = whole(form.get("teaser_rank", ""), what="A teaser's place")
        values = {**mine, "teaser_rank": rank} if "teaser_rank" in form else dict(mine)
        issue = editor.edit_block(number, block, values, if_version=_version(form))
        _change_section_of(request, issue, block, section)
    except Conflict:
        with place_of(request).store.reading() as tx:
            now = issues.get(tx, editor.publication.id, number)
        theirs = block_at(now.outline, find_block(now.outline, block))
        return _both(request, form, BLOCK_FIELDS, mine, theirs, theirs.version)
    except NewsletterError as error:
        return page(
            request,
            "refused",
            status=400,
            why=error.message,
            form={**form, "view": local(view)},
            labels={**BLOCK_FIELDS, "teaser_rank": "Place in the subject"},
            action=request.url.path,
        )
    return back(request, _at(view, f"b-{block}"), "Saved.")


def _step(editor: Editor, number: InPath, block: BlockId, step: int) -> Issue:
    """One place up or down; over the edge of a section it goes into the next one."""
    with editor.store.reading() as tx:
        sections = issues.get(tx, editor.publication.id, number).outline.sections
    index, rank = find_block(Outline(sections), block)
    if 0 <= rank + step < len(sections[index].blocks):
        return editor.move_block(number, block, rank + 1 + step)
    if not 0 <= index + step < len(sections):
        raise NewsletterError("It is at the edge of the issue already.")
    beside = sections[index + step]
    return editor.move_block(number, block, len(beside.blocks) + 1 if step < 0 else 1, section=str(beside.id))


def _change_section_of(request: Request, issue: Issue, block: BlockId, wanted: int | None) -> None:
    """Where the form named another section, the block goes to its end; before a calendar that ends it."""
    sections = issue.outline.sections
    here = find_block(issue.outline, block)[0]
    there = next((index for index, section in enumerate(sections) if section.id == wanted), here)
    if there == here:
        return
    blocks = sections[there].blocks
    last = len(blocks) + (0 if blocks and blocks[-1].kind == "calendar" else 1)
    editor_of(request).move_block(issue.number, block, last, section=str(wanted))


def _edit(
    request: Request,
    view: str,
    anchor: str,
    edit: Callable[[], Issue] | None,
    say: Callable[[Issue], str] = lambda _: "Saved.",
) -> Response:
    try:
        if edit is None:
            raise NewsletterError("The desk does not know that button.")
        issue = edit()
    except NewsletterError as error:
        return back(request, _at(view, anchor), error.message, level="error")
    return back(request, _at(view, anchor), say(issue))


def _both(
    request: Request, form: dict[str, str], labels: dict[str, str], mine: dict[str, str], theirs: object, version: int
) -> Response:
    """Two people saved: both texts, and a way to keep either. Nothing that was typed is lost."""
    return page(
        request,
        "conflict",
        status=409,
        action=request.url.path,
        view=local(form.get("view")),
        hidden={key: form[key] for key in ("teaser_rank", "section") if key in form},
        version=version,
        rows=[(name, label, mine[name], getattr(theirs, name) or "") for name, label in labels.items() if name in mine],
    )


def _version(form: dict[str, str]) -> int | None:
    return whole(form.get("version", ""), what="A version")


def _at(view: str, anchor: str) -> str:
    return view.split("#")[0] + f"#{anchor}"
