"""The forms of one block: its words, its place, and what it is cut to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response

from newsletter.errors import Conflict, NewsletterError
from newsletter.model.issue import Block, BlockId, BlockKind, Issue, Outline, Standing
from newsletter.model.item import ItemId
from newsletter.model.when import read_date
from newsletter.queue import blocks
from newsletter.queue.editing import Editor
from newsletter.queue.outline import block_at, find_block
from newsletter.store import issues, kept_versions
from newsletter.web.editing import (
    Fields,
    at,
    block_fields,
    both,
    edited,
    is_autosave,
    laid_over,
    refused,
    saved,
    says_what_it_saw,
    version_in,
)
from newsletter.web.fulltext import html_of, sentences_of
from newsletter.web.languages import gettext as _
from newsletter.web.missing import there
from newsletter.web.numbers import Id, InPath, whole
from newsletter.web.page import back, local, page
from newsletter.web.place import desk_of, editor_of, place_of

router = APIRouter()


@router.post("/issues/{number}/blocks/{block_number}")
def change_block(request: Request, number: InPath, block_number: InPath, form: Fields) -> Response:
    """Save its fields, move it, cut it, credit it, or take it out."""
    editor, view, do = editor_of(request), form.get("view", "/"), form.get("do", "save")
    block = BlockId(block_number)
    if do in ("save", "done", "sentences", "cut", "pick", "credit"):
        return _save(request, number, block, form, do)
    try:
        there(editor, number, block)
        edits, say = _moves(request, editor, number, block, form), _("Moved.")
    except NewsletterError as error:
        return back(request, at(view, f"b-{block}"), error.message, level="error")
    if do == "remove":
        say = _("Taken out.")
    elif do in ("renew", "keep"):
        say = _("Saved.")
    return edited(request, view, "outline" if do == "remove" else f"b-{block}", edits.get(do), lambda _issue: say)


def _moves(
    request: Request, editor: Editor, number: int, block: BlockId, form: dict[str, str]
) -> dict[str, Callable[[], Issue]]:
    item = ItemId(whole(form.get("item", ""), what=_("An item")) or 0)
    newer = whole(form.get("newer", ""), what=_("A version")) or 0
    to = whole(form.get("to", ""), what=_("A place")) or 1

    def keep() -> Issue:
        blocks.keep_version(editor, number, block, item, newer)
        return desk_of(request).issue(number)

    return {
        "up": lambda: _step(editor, number, block, -1),
        "down": lambda: _step(editor, number, block, +1),
        "place": lambda: blocks.place_block(
            editor, number, block, section=form.get("section", ""), to=to, if_version=version_in(form)
        ),
        "remove": lambda: editor.remove_block(number, block),
        "renew": lambda: blocks.take_new_version(editor, number, block, item, newer),
        "keep": keep,
    }


def _save(request: Request, number: int, block: BlockId, form: dict[str, str], do: str) -> Response:
    """Keep what was typed first; then do what the button says with it."""
    editor, view, auto = editor_of(request), form.get("view", "/"), is_autosave(request)
    mine = {name: form[name].replace("\r\n", "\n") for name in block_fields() if name in form}
    try:
        there(editor, number, block)
        section = whole(form.get("section", ""), what=_("A section"))
        values: dict[str, Any] = {**mine, **_beside(form)}
        issue = _saved_over(editor, number, block, form, mine, values, auto)
        _change_section_of(request, issue, block, section)
        if do == "sentences":
            count = whole(form.get("sentences", ""), what=_("How many sentences"))
            issue = blocks.take_sentences(editor, number, block, count or 1)
        elif do == "cut":
            issue = blocks.cut_at_sentence(editor, number, block)
        elif do == "credit":
            chosen = whole(form.get("credit", ""), what=_("An item"))
            issue = blocks.credit_to(editor, number, block, ItemId(chosen) if chosen else None)
    except Conflict:
        with place_of(request).store.reading() as tx:
            now = issues.get(tx, editor.publication.id, number)
        theirs = block_at(now.outline, find_block(now.outline, block))
        return both(request, form, block_fields(), mine, theirs, theirs.version)
    except NewsletterError as error:
        if auto:
            return refused(request, error, 404 if error.code == "not-found" else 400)
        labels = {**block_fields(), "teaser_rank": _("Place in the subject")}
        return page(
            request,
            "refused",
            status=400,
            why=error.message,
            form={**{name: value for name, value in form.items() if name != "do"}, "view": local(view)},
            labels=labels,
            action=request.url.path,
        )
    if auto:
        kept = block_at(issue.outline, find_block(issue.outline, block))
        return saved(request, number, kept.version)
    if do == "pick":
        return back(request, f"/issues/{number}/blocks/{block}/text")
    open_again = form.get("again", "") if do in ("sentences", "cut", "credit") else ""
    return back(request, at(open_again or view, f"b-{block}"), _("Saved."))


def _beside(form: dict[str, str]) -> dict[str, Any]:
    """The fields of a block that are no text."""
    values: dict[str, Any] = {}
    if "teaser_rank" in form:
        values["teaser_rank"] = whole(form["teaser_rank"], what=_("A teaser's place"))
    if "standing_first" in form or "standing_last" in form:
        values["standing"] = standing_in(form)
    return values


def standing_in(form: dict[str, str]) -> Standing | None:
    """The dates of a standing block in a form; none where the box is not ticked. Raises NewsletterError."""

    def day(name: str) -> date | None:
        text = form.get(name, "").strip()
        return read_date(text, where=name) if text else None

    return Standing(day("standing_first"), day("standing_last")) if form.get("standing") else None


def _saved_over(
    editor: Editor,
    number: int,
    block: BlockId,
    form: dict[str, str],
    mine: dict[str, str],
    values: dict[str, Any],
    auto: bool,
) -> Issue:
    """Save against what was seen: the version, or each field where the page says what it held. Raises Conflict."""
    if not says_what_it_saw(form):
        return editor.edit_block(number, block, values, if_version=version_in(form), joins=auto)
    beside = {name: value for name, value in values.items() if name not in mine}

    def look() -> Block:
        with editor.store.reading() as tx:
            now = issues.get(tx, editor.publication.id, number)
        return block_at(now.outline, find_block(now.outline, block))

    def save(theirs: Block, rest: dict[str, str]) -> Issue:
        return editor.edit_block(number, block, rest | beside, if_version=theirs.version, joins=auto)

    return laid_over(form, mine, look, save)


def _step(editor: Editor, number: int, block: BlockId, step: int) -> Issue:
    """One place up or down; over the edge of a section it goes into the next one."""
    with editor.store.reading() as tx:
        sections = issues.get(tx, editor.publication.id, number).outline.sections
    index, rank = find_block(Outline(sections), block)
    if 0 <= rank + step < len(sections[index].blocks):
        return editor.move_block(number, block, rank + 1 + step)
    if not 0 <= index + step < len(sections):
        raise NewsletterError(_("It is at the edge of the issue already."))
    beside = sections[index + step]
    return editor.move_block(number, block, len(beside.blocks) + 1 if step < 0 else 1, section=str(beside.id))


def _change_section_of(request: Request, issue: Issue, block: BlockId, wanted: int | None) -> None:
    """Where the form named another section, the block goes to its end; before a calendar that ends it."""
    sections = issue.outline.sections
    here = find_block(issue.outline, block)[0]
    there = next((index for index, section in enumerate(sections) if section.id == wanted), here)
    if there == here:
        return
    held = sections[there].blocks
    last = len(held) + (0 if held and held[-1].kind is BlockKind.CALENDAR else 1)
    editor_of(request).move_block(issue.number, block, last, section=str(wanted))


@router.get("/issues/{number}/blocks/{block_number}/text")
def full_text(request: Request, number: InPath, block_number: InPath) -> Response:
    """The full text of a block's source, sentence by sentence, to pick from."""
    material = desk_of(request).material(number)
    block = block_at(material.issue.outline, find_block(material.issue.outline, BlockId(block_number)))
    sources = [material.versions[pin] for pin in block.items if pin in material.versions]
    return page(
        request,
        "fulltext",
        issue=material.issue,
        block=block,
        parts=[(one, sentences_of(one.body or one.excerpt)) for one in sources],
    )


@router.post("/issues/{number}/blocks/{block_number}/text")
def pick_text(
    request: Request, number: InPath, block_number: InPath, sentence: Annotated[list[str] | None, Form()] = None
) -> Response:
    """The ticked sentences, as the block's own text."""
    editor, block = editor_of(request), BlockId(block_number)
    material = desk_of(request).material(number)
    held = block_at(material.issue.outline, find_block(material.issue.outline, block))
    sources = [material.versions[pin] for pin in held.items if pin in material.versions]
    html = html_of({one.item: one.body or one.excerpt for one in sources}, sentence or [])
    view = f"/?issue={number}&block={block}"
    try:
        blocks.take_text(editor, number, block, html)
    except NewsletterError as error:
        return back(request, f"/issues/{number}/blocks/{block}/text", error.message, level="error")
    return back(request, f"{view}#b-{block}", _("Saved."))


@router.get("/issues/{number}/blocks/{block_number}/source")
def changed_source(request: Request, number: InPath, block_number: InPath, item: Id) -> Response:
    """What the source says now beside what it said, and what the editor made of it."""
    desk = desk_of(request)
    issue = desk.issue(number)
    block = block_at(issue.outline, find_block(issue.outline, BlockId(block_number)))
    with desk.store.reading() as tx:
        found = [one for one in kept_versions.changed(tx, issue.id, block.id) if one.item == item]
    if not found:
        return back(request, f"/?issue={number}#b-{block.id}", _("Nothing has changed any more."))
    return page(request, "source_changed", issue=issue, block=block, changed=found[0])
