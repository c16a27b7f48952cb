"""What is put into an issue by hand: a text, a picture, a page by its address, the calendar."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.datastructures import UploadFile

from newsletter.errors import NewsletterError
from newsletter.model.issue import Issue
from newsletter.queue import blocks
from newsletter.web.blocks import standing_in
from newsletter.web.bodies import MEGABYTE, takes
from newsletter.web.editing import Fields, at, edited
from newsletter.web.languages import gettext as _
from newsletter.web.numbers import InPath
from newsletter.web.page import back
from newsletter.web.place import desk_of, editor_of, place_of

router = APIRouter()


@router.post("/issues/{number}/blocks")
def add_text(request: Request, number: InPath, form: Fields) -> Response:
    """A text of the editors, in Markdown; standing: in every issue from now on, or between two dates."""
    editor, view = editor_of(request), form.get("view", "/")

    def add() -> Issue:
        return editor.add_text(
            number,
            form.get("text", "").replace("\r\n", "\n"),
            headline=form.get("headline", "").strip() or None,
            section=form.get("section") or None,
            standing=standing_in(form),
        )

    return edited(request, view, "outline", add)


@router.post("/issues/{number}/calendar")
def add_calendar(
    request: Request, number: InPath, section: Annotated[str, Form()] = "", view: Annotated[str, Form()] = "/"
) -> Response:
    """The calendar, where it was taken out."""
    editor = editor_of(request)
    return edited(request, view, "outline", lambda: blocks.add_calendar(editor, number, section=section or None))


@router.post("/issues/{number}/pages")
def add_page(
    request: Request,
    number: InPath,
    url: Annotated[str, Form()] = "",
    section: Annotated[str, Form()] = "",
    view: Annotated[str, Form()] = "/",
) -> Response:
    """A page by its address: it becomes an item, and a block of this issue."""
    from newsletter.workflows.clip import Clipper

    place, editor = place_of(request), editor_of(request)

    def add() -> Issue:
        with place.store.reading() as tx:
            editor.draft(tx, number)  # nothing is fetched for an issue that cannot be edited
        found = Clipper(place.store, place.settings, place.clock, editor.publication).add_page(url.strip())
        return editor.add_items(number, [one.id for one in found], section=section or None)

    return edited(request, view, "outline", add)


async def upload_in(request: Request) -> UploadFile | None:
    """The file of a form, where there is one."""
    found = (await request.form()).get("file")
    return found if isinstance(found, UploadFile) and found.filename else None


@router.post("/issues/{number}/images", dependencies=[takes(21 * MEGABYTE)])
async def add_image(request: Request, number: InPath) -> Response:
    """A picture as a file or by its address, with words for those who do not see it."""
    from starlette.concurrency import run_in_threadpool

    form = await request.form()
    texts = {name: value for name, value in form.items() if isinstance(value, str)}
    file = await upload_in(request)
    content = await file.read() if file else b""
    name = (file.filename or "") if file else ""
    await form.close()
    return await run_in_threadpool(_add_image, request, number, texts, content, name)


def _add_image(request: Request, number: int, form: dict[str, str], content: bytes, name: str) -> Response:
    from newsletter.workflows.images import Uploaded, add_picture

    view, url = form.get("view", "/"), form.get("address", "").strip()
    if not content and not url.lower().startswith(("http://", "https://")):
        return back(request, at(view, "outline"), _("Choose a file, or write the address of a picture."), level="error")
    try:
        add_picture(
            desk_of(request),
            editor_of(request),
            number,
            Uploaded(content, name) if content else url,
            alt=form.get("alt", ""),
            caption=form.get("caption", ""),
            url=form.get("url", "").strip(),
            section=form.get("section") or None,
        )
    except NewsletterError as error:
        return back(request, at(view, "outline"), error.message, level="error")
    return back(request, at(view, "outline"), _("Saved."))
