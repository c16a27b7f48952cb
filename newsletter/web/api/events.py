"""The calendar: pasted lines and .ics in, dates out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from newsletter.errors import NewsletterError
from newsletter.events.editing import edited
from newsletter.events.lines import read_lines
from newsletter.events.occurrences import occurrences, rows_of
from newsletter.events.write_ics import write_ics
from newsletter.model.event import EventId, EventStatus
from newsletter.model.when import local_day
from newsletter.store import events
from newsletter.web.api.caller import By
from newsletter.web.api.once import Route
from newsletter.web.api.paging import after, cursor_of
from newsletter.web.api.words import Body, Cursor, InPath, Limit, Line, Number, Text
from newsletter.workflows.calendars import import_events
from newsletter.workflows.event_merging import merge
from newsletter.workflows.shapes import event_json

router = APIRouter(route_class=Route, tags=["events"])
Json = dict[str, Any]
MOST_LINES = 500
FURTHEST = timedelta(days=3 * 366)
"""The longest span that is listed at once."""


@router.get("/events")
def list_events(
    by: By,
    request: Request,
    response: Response,
    since: Annotated[date | None, Query(alias="from", description="The first day; else today.")] = None,
    to: Annotated[date | None, Query(description="The last day; else as far as an issue looks ahead.")] = None,
    limit: Limit = 500,
    cursor: Cursor = None,
) -> list[Json]:
    """What goes on between two days, by date: `events list`."""
    (begin,) = after(cursor)
    first = since or _today(by)
    try:
        last = to or first + timedelta(days=by.publication.event_days)
    except OverflowError as cause:
        raise NewsletterError("That is too far ahead; give a nearer day.", where="from") from cause
    if last < first or last - first > FURTHEST:
        raise NewsletterError("“to” lies before “from”, or more than three years behind it.", where="to")
    with by.store.reading() as tx:
        found = events.listing(tx, by.publication.id)
    rows = occurrences(found, first=first, last=last, zone=by.publication.zone)
    if len(rows) > begin + limit:
        url = request.url.include_query_params(cursor=cursor_of(begin + limit))
        response.headers["link"] = f'<{url.path}?{url.query}>; rel="next"'
    return [event_json(one) for one in rows[begin : begin + limit]]


@router.get("/events.ics", response_class=Response, responses={200: {"content": {"text/calendar": {}}}})
def export_events(by: By) -> Response:
    """The confirmed and cancelled events as .ics: `events export`."""
    with by.store.reading() as tx:
        found = events.listing(tx, by.publication.id, (EventStatus.CONFIRMED, EventStatus.CANCELLED))
    content = write_ics(found, name=by.publication.name, now=by.clock.now(), zone=by.publication.zone)
    return Response(content, media_type="text/calendar; charset=utf-8")


class Lines(Body):
    """Pasted lines, one event each."""

    lines: Text


@router.post("/events", status_code=201)
def add_events(by: By, body: Lines) -> list[Json]:
    """Add events from pasted lines: `events add LINE…`. What could not be read is `{"wording", "error"}`."""
    if sum(1 for line in body.lines.splitlines() if line.strip()) > MOST_LINES:
        raise NewsletterError(f"At most {MOST_LINES} lines are read at once.", where="lines")
    publication = by.publication
    read = read_lines(body.lines, today=_today(by), zone=publication.zone, language=publication.language)
    with by.store.writing() as tx:
        kept = events.keep(tx, publication.id, read.events, now=by.clock.now())
    return _rows(by, kept.ids, read.refused)


class Address(Body):
    """Where a calendar is."""

    url: Line


@router.post("/events/import")
def import_calendar(by: By, body: Address) -> list[Json]:
    """Take the events of an .ics or a web page at an address: `events import URL`."""
    if not body.url.lower().startswith(("http://", "https://")):
        raise NewsletterError("Write the address with https://.", where="url")
    imported = import_events(by.store, by.settings, by.clock, by.publication, body.url)
    return _rows(by, imported.ids, imported.refused)


class EventEdit(Body):
    """What to change of an event; what is left out stays."""

    title: Line | None = None
    description: Text | None = None
    start: Line | None = None
    end: Line | None = None
    place: Line | None = None
    url: Line | None = None
    contact: Line | None = None
    open: bool | None = None
    as_worded: bool | None = None
    except_: Annotated[Line | None, Field(alias="except")] = None
    confirm: bool = False
    cancel: bool = False


@router.patch("/events/{event}")
def edit_event(by: By, event: InPath, body: EventEdit) -> list[Json]:
    """Change an event; it keeps its UID: `events edit ID`."""
    fields = body.model_dump()
    with by.store.writing() as tx:
        old = events.get(tx, by.publication.id, EventId(event))
        data = edited(old.data, open_=fields.pop("open"), zone=by.publication.zone, **fields)
        events.edit(tx, by.publication.id, old.id, data, now=by.clock.now())
    return _rows(by, [old.id], ())


class Other(Body):
    """The other event."""

    other: Number


@router.post("/events/{event}/merge")
def merge_events(by: By, event: InPath, body: Other) -> list[Json]:
    """Make one of two events that are the same: `events merge ID OTHER`."""
    kept = merge(by.store, by.clock, by.publication, EventId(event), EventId(body.other))
    return _rows(by, [kept.id], ())


@router.delete("/events/{event}")
def remove_event(by: By, event: InPath) -> list[Json]:
    """Take an event out; a collected one stays as cancelled: `events remove ID`."""
    with by.store.writing() as tx:
        gone = events.remove(tx, by.publication.id, EventId(event), now=by.clock.now())
    return [event_json(row) for row in rows_of(gone, today=_today(by))]


def _today(by: By) -> date:
    return local_day(by.clock.now(), by.publication.zone)


def _rows(by: By, ids: Iterable[EventId], refused: Sequence[tuple[str, str]]) -> list[Json]:
    wanted = list(dict.fromkeys(ids))
    with by.store.reading() as tx:
        found = {event.id: event for event in events.listing(tx, by.publication.id) if event.id in set(wanted)}
    rows = [row for one in wanted for row in rows_of(found[one], today=_today(by))]
    rows.sort(key=lambda row: (row.first_date, row.start.isoformat()))
    return [*(event_json(row) for row in rows), *({"wording": wording, "error": why} for wording, why in refused)]
