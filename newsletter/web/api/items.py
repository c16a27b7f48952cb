"""The queue: what was collected, and what is decided about it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from newsletter.errors import NewsletterError
from newsletter.model.item import Item, ItemId, Triage
from newsletter.model.source import SourceId
from newsletter.store import items, stories
from newsletter.web.api.caller import By
from newsletter.web.api.once import Route
from newsletter.web.api.paging import after, cursor_of
from newsletter.web.api.words import Body, Cursor, InPath, Limit, Line, Number, Text
from newsletter.workflows.clip import Clipper
from newsletter.workflows.shapes import item_json

router = APIRouter(route_class=Route, tags=["items"])
Json = dict[str, Any]
SHIFT = 500
"""So many new items may arrive between two pages before one is shown twice."""


@router.get("/items")
def list_items(
    by: By,
    request: Request,
    response: Response,
    state: Triage | None = None,
    search: Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$")] = None,
    source: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> list[Json]:
    """The queue, the newest first: `items list`."""
    seen, last = after(cursor, count=2)
    with by.store.reading() as tx:
        found = items.listing(
            tx,
            by.publication.id,
            now=by.clock.now(),
            state=state,
            search=search,
            source_id=None if source is None else SourceId(source),
            limit=min(seen + limit + 1 + (SHIFT if seen else 0), 10**6),
        )
    # What arrived meanwhile moved the list: go on behind the last one that was shown, where it still is.
    begin = next((at + 1 for at, one in enumerate(found) if one.id == last), seen) if seen else 0
    shown = found[begin : begin + limit]
    if shown and len(found) > begin + limit:
        url = request.url.include_query_params(cursor=cursor_of(begin + limit, shown[-1].id))
        response.headers["link"] = f'<{url.path}?{url.query}>; rel="next"'
    return [item_json(one) for one in shown]


@router.get("/items/{item}")
def show_item(by: By, item: InPath) -> Json:
    """One item."""
    with by.store.reading() as tx:
        return item_json(items.get(tx, by.publication.id, [ItemId(item)], now=by.clock.now())[0])


class Decision(Body):
    """Items, and what becomes of them."""

    ids: Annotated[list[Number], Field(min_length=1, max_length=500)]
    state: Triage
    """`picked`, `skipped`, `snoozed`, or `new` to take the decision back."""
    section: Line | None = None


@router.post("/items/decide")
def decide_items(by: By, body: Decision) -> list[Json]:
    """Pick, skip, snooze or restore: `items pick|skip|snooze|restore ID…`."""
    with by.store.writing() as tx:
        ids = [ItemId(one) for one in dict.fromkeys(body.ids)]
        found = items.decide(tx, by.publication.id, ids, body.state, section=body.section or None, now=by.clock.now())
    return [{"id": one.id, "state": one.state.value} for one in found]


class NewItem(Body):
    """A page by its address, or a text whose first line is the title."""

    url: Line | None = None
    title: Line = ""
    text: Text | None = None


@router.post("/items", status_code=201)
def add_item(by: By, body: NewItem) -> list[Json]:
    """Add a page or a text by hand: `items add URL` and `items add -`."""
    if (body.url is None) == (body.text is None):
        raise NewsletterError("Send either a url or a text.", where="url")
    clipper = Clipper(by.store, by.settings, by.clock, by.publication)
    found = clipper.add_page(body.url, title=body.title) if body.url is not None else clipper.add_text(body.text or "")
    return [item_json(one) for one in found]


class ItemEdit(Body):
    """Words over an item; null: as it was."""

    title: Line | None = None
    excerpt: Text | None = None
    url: Line | None = None
    outlet: Line | None = None
    published: Line | None = None


@router.patch("/items/{item}")
def edit_item(by: By, item: InPath, body: ItemEdit) -> Json:
    """Lay words over an item; what was collected stays below: `items edit`."""
    fields = body.model_dump(exclude_unset=True)
    if not fields:
        raise NewsletterError("Say what to change: title, excerpt, url, outlet or published.", where="body")
    clipper = Clipper(by.store, by.settings, by.clock, by.publication)
    return item_json(clipper.edit(ItemId(item), fields))


class Ids(Body):
    """Some items."""

    ids: Annotated[list[Number], Field(min_length=1, max_length=100)]


@router.post("/items/join")
def join_items(by: By, body: Ids) -> list[Json]:
    """Make these one story: `items join ID…`."""
    with by.store.writing() as tx:
        wanted = _there(by, tx, body)
        stories.join(tx, wanted, now=by.clock.now())
        return [item_json(one) for one in _get(by, tx, wanted)]


@router.post("/items/split")
def split_items(by: By, body: Ids) -> list[Json]:
    """Take these out of their story: `items split ID…`."""
    with by.store.writing() as tx:
        wanted = _there(by, tx, body)
        for one in wanted:
            stories.split(tx, one, now=by.clock.now())
        return [item_json(one) for one in _get(by, tx, wanted)]


@router.post("/items/{item}/lead")
def lead_story(by: By, item: InPath) -> Json:
    """Let an item lead its story: `items lead ID`."""
    with by.store.writing() as tx:
        wanted = [ItemId(item)]
        _get(by, tx, wanted)
        stories.lead(tx, wanted[0])
        return item_json(_get(by, tx, wanted)[0])


def _there(by: By, tx: Any, body: Ids) -> list[ItemId]:
    wanted = [ItemId(one) for one in dict.fromkeys(body.ids)]
    _get(by, tx, wanted)
    return wanted


def _get(by: By, tx: Any, wanted: list[ItemId]) -> list[Item]:
    return items.get(tx, by.publication.id, wanted, now=by.clock.now())
