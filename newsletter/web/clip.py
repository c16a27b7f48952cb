"""Clipping a page by hand: looking changes nothing and asks nobody; the button fetches, and shows what came."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from newsletter.errors import NewsletterError
from newsletter.model.issue import IssueState
from newsletter.model.item import Item, ItemId, Triage
from newsletter.store import issues, items, sources
from newsletter.text.links import absolute
from newsletter.web.languages import gettext as _
from newsletter.web.numbers import InPath
from newsletter.web.page import back, page
from newsletter.web.place import place_of
from newsletter.workflows.clip import Clipper

router = APIRouter()

LONGEST = 4_000
"""Characters of an address or a selection that are taken."""


@router.get("/clip")
def look(request: Request, url: str = "", title: str = "", selection: str = "") -> Response:
    """What would be kept, to be changed first. Nothing is fetched before the button is pressed."""
    return _form(request, url[:LONGEST], title[:500], selection[:LONGEST])


@router.post("/clip")
def fetch(
    request: Request,
    url: Annotated[str, Form()] = "",
    title: Annotated[str, Form()] = "",
    selection: Annotated[str, Form()] = "",
) -> Response:
    """Fetch the page through the guard, keep it, and go to what came of it."""
    clipper = _clipper(request)
    try:
        if absolute(url.strip()) is None:
            raise NewsletterError(_("Write the address of a page, with https:// before it."), where="url")
        (item, *_more) = clipper.add_page(url.strip(), title=title.strip(), selection=selection.strip())
    except NewsletterError as error:
        return _form(request, url, title, selection, wrong=error.message, status=400)
    return back(request, f"/clip/{item.id}", _("This is what the page holds. It is in the queue now."))


@router.get("/clip/{item}")
def result(request: Request, item: InPath) -> Response:
    """What a page held: title, excerpt, outlet and section, to be changed, and to be picked."""
    return _result(request, _item(request, item))


@router.post("/clip/{item}")
def keep(
    request: Request,
    item: InPath,
    title: Annotated[str, Form()] = "",
    excerpt: Annotated[str, Form()] = "",
    outlet: Annotated[str, Form()] = "",
    section: Annotated[str, Form()] = "",
    do: Annotated[str, Form()] = "save",
) -> Response:
    """Lay the words over the item where they differ; `do=pick` picks it into its section too."""
    from newsletter.text.to_markdown import to_markdown

    place = place_of(request)
    was = _item(request, item)
    excerpt = excerpt.replace("\r\n", "\n").strip()
    typed = {"title": title.strip(), "excerpt": excerpt, "outlet": outlet.strip()}
    before = {
        "title": was.latest.title,
        "excerpt": to_markdown(was.latest.excerpt).strip(),
        "outlet": was.latest.outlet or "",
    }
    fields = {
        name: value or None if name == "title" else value for name, value in typed.items() if value != before[name]
    }
    try:
        if fields:
            _clipper(request).edit(was.id, fields)
        if do == "pick":
            with place.store.writing() as tx:
                items.decide(
                    tx,
                    place.publication_id,
                    [was.id],
                    Triage.PICKED,
                    section=section.strip() or None,
                    now=place.clock.now(),
                )
    except NewsletterError as error:
        return _result(request, was, typed=typed, section=section, wrong=error.message, status=400)
    if do == "pick":
        return back(request, "/", _("Picked “%(title)s”.", title=typed["title"] or was.latest.title))
    return back(request, f"/clip/{item}", _("Saved."))


def _clipper(request: Request) -> Clipper:
    place = place_of(request)
    return Clipper(place.store, place.settings, place.clock, place.publication())


def _item(request: Request, item: int) -> Item:
    place = place_of(request)
    with place.store.reading() as tx:
        (found,) = items.get(tx, place.publication_id, [ItemId(item)], now=place.clock.now())
    return found


def _form(
    request: Request, url: str, title: str, selection: str, *, wrong: str | None = None, status: int = 200
) -> Response:
    return page(request, "clip", status=status, url=url, title=title, selection=selection, wrong=wrong)


def _result(
    request: Request,
    item: Item,
    *,
    typed: dict[str, str] | None = None,
    section: str | None = None,
    wrong: str | None = None,
    status: int = 200,
) -> Response:
    from newsletter.text.to_markdown import to_markdown

    place = place_of(request)
    with place.store.reading() as tx:
        named = {one.section for one in sources.listing(tx, place.publication_id) if one.section}
        for draft in issues.listing(tx, place.publication_id, IssueState.DRAFT)[:1]:
            outline = issues.get(tx, place.publication_id, draft.number).outline
            named |= {one.name for one in outline.sections if one.name}
    shown = typed or {
        "title": item.latest.title,
        "excerpt": to_markdown(item.latest.excerpt),
        "outlet": item.latest.outlet or "",
    }
    section = item.section or "" if section is None else section
    return page(
        request,
        "clipped",
        status=status,
        item=item,
        typed=shown,
        section=section,
        sections=sorted(named, key=str.casefold),
        wrong=wrong,
        also=item.place.also_in if item.place else (),
    )
