"""The calendar: what is coming, and pasted lines that become events."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request, Response

from newsletter.errors import NewsletterError
from newsletter.events.lines import read_lines
from newsletter.events.occurrences import rows_of
from newsletter.model.event import EventId, Occurrence
from newsletter.model.when import local_day
from newsletter.store import events
from newsletter.web.numbers import InPath
from newsletter.web.page import back, page
from newsletter.web.place import place_of

router = APIRouter()

LONGEST = 100_000
"""Characters of pasted lines."""


@router.get("/calendar")
def listing(request: Request) -> Response:
    """The coming dates, a recurring event by its next, and a field for more."""
    return _shown(request)


@router.post("/calendar")
def add(request: Request, lines: Annotated[str, Form()] = "") -> Response:
    """Read pasted lines; what could not be read stays in the field with its reason."""
    place = place_of(request)
    publication = place.publication()
    if not lines.strip():
        return back(request, "/calendar", "Paste a line first.", level="error")
    if len(lines) > LONGEST:
        raise NewsletterError("That is too long to be a list of dates; paste it in parts.")
    read = read_lines(lines, today=local_day(place.clock.now(), publication.zone), zone=publication.zone)
    with place.store.writing() as tx:
        kept = events.keep(tx, publication.id, read.events, source=None, now=place.clock.now())
    said = f"Added {kept.new}." if kept.new else "Nothing new."
    if read.refused:
        return _shown(request, refused=read.refused, said_here=said)
    return back(request, "/calendar", said)


@router.post("/calendar/{event}/remove")
def remove(request: Request, event: InPath) -> Response:
    """Take an event out."""
    place = place_of(request)
    with place.store.writing() as tx:
        events.remove(tx, place.publication_id, EventId(event), now=place.clock.now())
    return back(request, "/calendar", "Removed.")


def _shown(request: Request, refused: object = (), said_here: str = "") -> Response:
    place = place_of(request)
    publication = place.publication()
    today = local_day(place.clock.now(), publication.zone)
    with place.store.reading() as tx:
        found = events.listing(tx, publication.id)
    rows = [row for event in found for row in rows_of(event, today=today) if row.last_date >= today]
    coming = sorted(rows, key=lambda row: (row.first_date, row.title))
    return page(
        request,
        "calendar",
        status=422 if refused else 200,
        coming=coming,
        refused=refused,
        said_here=said_here,
        days=publication.event_days,
        when=when_in_words,
        hours=hours_in_words,
    )


def when_in_words(occurrence: Occurrence) -> str:
    """Its day, or days: `Sat 6 July 2026`, `6 July to 7 July 2026`."""
    first, last = occurrence.first_date, occurrence.last_date
    if first == last:
        return f"{first:%a} {first.day} {first:%B %Y}"
    begins = f"{first.day} {first:%B}" + ("" if first.year == last.year else f" {first:%Y}")
    return f"{begins} to {last.day} {last:%B %Y}"


def hours_in_words(occurrence: Occurrence) -> str:
    """Its hours in its own zone; empty for a whole day."""
    if occurrence.all_day:
        return ""
    zone = ZoneInfo(occurrence.zone or "UTC")
    start, end = _local(occurrence.start, zone), _local(occurrence.end, zone)
    city = zone.key.rsplit("/", 1)[-1].replace("_", " ")
    return f"{start}{f'–{end}' if end else ''} {city}"


def _local(at: date | datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M}" if isinstance(at, datetime) else ""
