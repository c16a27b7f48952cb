"""The calendar: pasted lines and .ics in, dates out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from newsletter.errors import NewsletterError
from newsletter.events.ics import MOST_BYTES
from newsletter.model.event import EventId
from newsletter.web.api.caller import By
from newsletter.web.api.once import Route
from newsletter.web.api.paging import part
from newsletter.web.api.uploads import described, sent
from newsletter.web.api.words import Body, Cursor, InPath, Limit, Line, Number, Text
from newsletter.web.bodies import MEGABYTE, takes
from newsletter.workflows import event_rows
from newsletter.workflows.answers.events import EventJson, UnreadLineJson
from newsletter.workflows.calendars import import_events, keep_material
from newsletter.workflows.event_merging import merge
from newsletter.workflows.shapes import event_json

router = APIRouter(route_class=Route, tags=["events"])
MOST_LINES = 500
FURTHEST = timedelta(days=3 * 366)
"""The longest span that is listed at once."""
Rows = list[EventJson | UnreadLineJson]


@router.get("/events")
def list_events(
    by: By,
    request: Request,
    response: Response,
    since: Annotated[date | None, Query(alias="from", description="The first day; else today.")] = None,
    to: Annotated[date | None, Query(description="The last day; else as far as an issue looks ahead.")] = None,
    limit: Limit = 500,
    cursor: Cursor = None,
) -> list[EventJson]:
    """What goes on between two days, by date: `events list`."""
    if since and to and to - since > FURTHEST:
        raise NewsletterError("“to” lies more than three years behind “from”.", where="to")
    if to and not since and to - event_rows.today(by.desk) > FURTHEST:
        raise NewsletterError("“to” lies more than three years ahead; say “from”, too.", where="to")
    rows = event_rows.between(by.desk, since, to)
    return [event_json(one) for one in part(request, response, rows, limit, cursor)]


@router.get("/events.ics", response_class=Response, responses={200: {"content": {"text/calendar": {}}}})
def export_events(by: By) -> Response:
    """The confirmed and cancelled events as .ics: `events export`."""
    content, _count = event_rows.export(by.desk)
    return Response(content, media_type="text/calendar; charset=utf-8")


class Lines(Body):
    """Pasted lines, one event each."""

    lines: Text


@router.post("/events", status_code=201)
def add_events(by: By, body: Lines) -> Rows:
    """Add events from pasted lines: `events add LINE…`. What could not be read is `{"wording", "error"}`."""
    if sum(1 for line in body.lines.splitlines() if line.strip()) > MOST_LINES:
        raise NewsletterError(f"At most {MOST_LINES} lines are read at once.", where="lines")
    return event_rows.add_lines(by.desk, body.lines).json()


class Calendar(Body):
    """Where a calendar is."""

    url: Line


@router.post(
    "/events/import",
    dependencies=[takes(MOST_BYTES + MEGABYTE)],
    openapi_extra=described(Calendar),
    response_model=Rows,
)
async def import_calendar(by: By, request: Request) -> Rows:
    """Take the events of an .ics, a CSV or a web page, by its address or as a file: `events import FILE_OR_URL`."""
    body, file = await sent(request, Calendar, optional={"url"})
    url = body.url
    if file is None and not url.lower().startswith(("http://", "https://")):
        raise NewsletterError("Write the address with https://.", where="url")

    def work() -> Rows:
        if file is None:
            imported = import_events(by.store, by.settings, by.clock, by.publication, url)
        else:
            imported = keep_material(by.store, by.clock, by.publication, file.content, name=file.name)
        return event_rows.rows(by.desk, imported.ids, imported.refused).json()

    return await run_in_threadpool(work)


class EventEdit(Body):
    """What to change of an event; what is left out stays."""

    title: Line | None = None
    description: Annotated[Text | None, Field(description="Markdown.")] = None
    start: Annotated[Line | None, Field(description="2026-12-05, or 2026-12-05T19:30 in its zone.")] = None
    end: Annotated[Line | None, Field(description="The last day, or the time it ends; “none” for no end.")] = None
    place: Line | None = None
    url: Line | None = None
    contact: Line | None = None
    open: Annotated[bool | None, Field(description="Let contact and join link stand on public pages.")] = None
    as_worded: Annotated[bool | None, Field(description="Let issues show it in the words of its line.")] = None
    except_: Annotated[Line | None, Field(alias="except", description="Days its rule leaves out, with commas.")] = None
    confirm: Annotated[bool, Field(description="Let it into the issues.")] = False
    cancel: Annotated[bool, Field(description="Keep it out of the issues.")] = False


@router.patch("/events/{event}")
def edit_event(by: By, event: InPath, body: EventEdit) -> Rows:
    """Change an event; it keeps its UID: `events edit ID`."""
    fields = body.model_dump()
    return event_rows.edit(by.desk, event, open_=fields.pop("open"), **fields).json()


class Elsewhere(Body):
    """Another newsletter, by its slug or name."""

    with_: Annotated[Line, Field(alias="publication")]


@router.post("/events/{event}/share")
def share_event(by: By, event: InPath, body: Elsewhere) -> Rows:
    """Let an event appear in another newsletter too; it stays one event: `events share ID PUBLICATION`."""
    return event_rows.share(by.desk, event, body.with_).json()


class Other(Body):
    """The other event."""

    other: Number


@router.post("/events/{event}/merge")
def merge_events(by: By, event: InPath, body: Other) -> Rows:
    """Make one of two events that are the same: `events merge ID OTHER`."""
    kept = merge(by.store, by.clock, by.publication, EventId(event), EventId(body.other))
    return event_rows.rows(by.desk, [kept.id]).json()


@router.delete("/events/{event}")
def remove_event(by: By, event: InPath) -> Rows:
    """Take an event out; a collected one stays as cancelled: `events remove ID`."""
    return event_rows.rows_for(by.desk, event_rows.remove(by.desk, [event])).json()
