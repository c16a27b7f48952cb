"""What editors write over an item in the queue: its title, excerpt, outlet, link and date. The original stays below."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from newsletter.errors import NewsletterError
from newsletter.model.item import ItemId
from newsletter.store import items
from newsletter.web.languages import gettext as _
from newsletter.web.numbers import InPath
from newsletter.web.page import back, local, page
from newsletter.web.place import place_of
from newsletter.web.view import view_at

router = APIRouter()

FIELDS = ("title", "excerpt", "outlet", "url")


def label(name: str) -> str:
    """What a field is called."""
    return {"title": _("Title"), "excerpt": _("Excerpt"), "outlet": _("Outlet"), "url": _("Link")}[name]


@router.post("/items/{item}/edit")
def edit(
    request: Request,
    item: InPath,
    title: Annotated[str, Form()] = "",
    excerpt: Annotated[str, Form()] = "",
    outlet: Annotated[str, Form()] = "",
    url: Annotated[str, Form()] = "",
    do: Annotated[str, Form()] = "save",
    view: Annotated[str, Form()] = "/",
) -> Response:
    """Save what differs from what was collected; `do=original` takes all of it off again."""
    from newsletter.text.to_markdown import to_markdown
    from newsletter.workflows.clip import Clipper

    place = place_of(request)
    typed = {"title": title.strip(), "excerpt": excerpt.replace("\r\n", "\n").strip(), "outlet": outlet, "url": url}
    to = view_at(view).to(f"s-{item}", item=item, open_="")
    try:
        with place.store.reading() as tx:
            original = items.versions(tx, ItemId(item))
            (shown,) = items.get(tx, place.publication_id, [ItemId(item)], now=place.clock.now())
        first = original[-1]
        was = {
            "title": first.title,
            "excerpt": to_markdown(first.excerpt).strip(),
            "outlet": first.outlet or (shown.latest.outlet if not shown.edited else "") or "",
            "url": first.url or "",
        }
        fields = {
            name: None if do == "original" or value.strip() == was[name] or not value.strip() else value
            for name, value in typed.items()
        }
        Clipper(place.store, place.settings, place.clock, place.publication()).edit(ItemId(item), fields)
    except NewsletterError as error:
        return page(
            request,
            "refused",
            status=400,
            why=error.message,
            form={**typed, "view": local(view)},
            labels={name: label(name) for name in FIELDS},
            action=request.url.path,
        )
    return back(request, to, _("As it was collected.") if do == "original" else _("Saved."))
