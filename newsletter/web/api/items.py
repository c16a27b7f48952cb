"""The queue: what was collected, and what is decided about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from newsletter.errors import NewsletterError
from newsletter.model.item import ItemId, Triage
from newsletter.model.source import SourceId
from newsletter.model.wanted import Spot
from newsletter.store import item_list, items
from newsletter.web.api.caller import By, Caller
from newsletter.web.api.once import Route
from newsletter.web.api.paging import after, cursor_of, not_ours, page
from newsletter.web.api.uploads import described, sent
from newsletter.web.api.words import Body, Cursor, InPath, Limit, Line, Number, Text
from newsletter.web.bodies import MEGABYTE, takes
from newsletter.workflows import retelling
from newsletter.workflows.answers.items import DecidedJson, FullTextJson, ItemJson
from newsletter.workflows.clip import Clipper
from newsletter.workflows.shapes import full_text_json, item_json

router = APIRouter(route_class=Route, tags=["items"])
LARGEST_FILE = 11 * MEGABYTE
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@router.get("/items")
def list_items(
    by: By,
    request: Request,
    response: Response,
    state: Triage | None = None,
    search: Annotated[
        str | None,
        Query(max_length=200, pattern=r"^[^\x00]*$", description="Words in title, excerpt, outlet or author."),
    ] = None,
    source: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Only from this one.")] = None,
    stories: Annotated[bool, Query(description="One row for each story: the item that leads.")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> list[ItemJson]:
    """The queue, the newest first: `items list`."""
    moment, last = after(cursor, count=2)
    with by.store.reading() as tx:
        found = item_list.page(
            tx,
            by.publication.id,
            now=by.clock.now(),
            state=state,
            search=search,
            source_id=None if source is None else SourceId(source),
            stories=stories,
            after=Spot(_moment(moment), ItemId(last)) if cursor is not None else None,
            limit=limit + 1,
        )
    shown = page(request, response, found, limit, lambda row: cursor_of(_microseconds(row.spot.moment), row.spot.item))
    return [item_json(row.item) for row in shown]


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _moment(microseconds: int) -> datetime:
    try:
        return _EPOCH + microseconds * _MICROSECOND
    except OverflowError:
        raise not_ours() from None


@router.get("/items/{item}")
def show_item(by: By, item: InPath) -> ItemJson:
    """One item."""
    with by.store.reading() as tx:
        return item_json(items.get(tx, by.publication.id, [ItemId(item)], now=by.clock.now())[0])


class Decision(Body):
    """Items, or the newest that are new, and what becomes of them."""

    ids: Annotated[list[Number], Field(min_length=1, max_length=500)] | None = None
    newest: Annotated[int | None, Field(ge=1, le=500, description="The newest that are new, so many.")] = None
    state: Annotated[Triage, Field(description="new takes the decision back.")]
    section: Annotated[Line | None, Field(description="Where they go in the issue.")] = None


@router.post("/items/decide")
def decide_items(by: By, body: Decision) -> list[DecidedJson]:
    """Pick, skip, snooze or restore: `items pick|skip|snooze|restore ID…`, `items pick --newest N`."""
    if (body.ids is None) == (body.newest is None):
        raise NewsletterError("Send either ids or newest.", where="ids")
    now = by.clock.now()
    with by.store.writing() as tx:
        ids = [ItemId(one) for one in dict.fromkeys(body.ids or ())]
        if body.newest is not None:
            ids = items.newest(tx, by.publication.id, body.newest, now=now)
        found = items.decide(tx, by.publication.id, ids, body.state, section=body.section or None, now=now)
    return [{"id": one.id, "state": one.state} for one in found]


class NewItem(Body):
    """A page by its address, or a text whose first line is the title."""

    url: Line | None = None
    title: Annotated[Line, Field(description="Over the page's own.")] = ""
    text: Annotated[Text | None, Field(description="Markdown.")] = None


@router.post("/items", status_code=201)
def add_item(by: By, body: NewItem) -> list[ItemJson]:
    """Add a page or a text by hand: `items add URL`, `items add -`."""
    if (body.url is None) == (body.text is None):
        raise NewsletterError("Send either a url or a text.", where="url")
    clipper = _clipper(by)
    found = clipper.add_page(body.url, title=body.title) if body.url is not None else clipper.add_text(body.text or "")
    return [item_json(one) for one in found]


class ItemFile(Body):
    """A file of items: a page, a message, a document, a table."""


@router.post(
    "/items/file",
    status_code=201,
    dependencies=[takes(LARGEST_FILE)],
    openapi_extra=described(ItemFile, json=False),
    response_model=list[ItemJson],
)
async def add_item_file(by: By, request: Request) -> list[ItemJson]:
    """Add the items of a file: `items add FILE`. Its name says its kind; events in it go into the calendar."""
    _body, file = await sent(request, ItemFile, json=False)
    assert file is not None, "it is a form with a file"
    found = await run_in_threadpool(_clipper(by).add_content, file.name, file.content)
    return [item_json(one) for one in found]


class ItemEdit(Body):
    """Words over an item; null: as it was."""

    title: Line | None = None
    excerpt: Annotated[Text | None, Field(description="Markdown.")] = None
    url: Line | None = None
    outlet: Line | None = None
    published: Annotated[Line | None, Field(description="A date, as 2026-12-04.")] = None
    reset: Annotated[bool, Field(description="First take off all earlier words.")] = False


@router.patch("/items/{item}")
def edit_item(by: By, item: InPath, body: ItemEdit) -> ItemJson:
    """Lay words over an item; what was collected stays below: `items edit`."""
    fields = body.model_dump(exclude_unset=not body.reset, exclude={"reset"})
    if not fields:
        raise NewsletterError("Say what to change: title, excerpt, url, outlet, published or reset.", where="body")
    return item_json(_clipper(by).edit(ItemId(item), fields))


@router.post("/items/{item}/text")
def fetch_text(by: By, item: InPath) -> FullTextJson:
    """Fetch the whole text of an item from its page, and keep it beside the excerpt: `items text`."""
    return full_text_json(_clipper(by).full_text(ItemId(item)))


class Ids(Body):
    """Some items."""

    ids: Annotated[list[Number], Field(min_length=1, max_length=100)]

    def wanted(self) -> list[ItemId]:
        """Each once."""
        return [ItemId(one) for one in dict.fromkeys(self.ids)]


@router.post("/items/join")
def join_items(by: By, body: Ids) -> list[ItemJson]:
    """Make these one story; that is remembered: `items join ID…`."""
    return [item_json(one) for one in retelling.join(by.desk, body.wanted())]


@router.post("/items/split")
def split_items(by: By, body: Ids) -> list[ItemJson]:
    """Take these out of their story; that is remembered: `items split ID…`."""
    return [item_json(one) for one in retelling.split(by.desk, body.wanted())]


@router.post("/items/{item}/lead")
def lead_story(by: By, item: InPath) -> ItemJson:
    """Let an item lead its story: `items lead ID`."""
    return item_json(retelling.lead(by.desk, ItemId(item)))


def _clipper(by: Caller) -> Clipper:
    return Clipper(by.store, by.settings, by.clock, by.publication)
