"""The calendar: what is coming, pasted lines with a reading of each, files, duplicates, what the next issue shows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request, Response, UploadFile

from newsletter.errors import NewsletterError
from newsletter.events.duplicates import duplicates
from newsletter.events.lines import ReadLines
from newsletter.events.occurrences import occurrences, rows_of
from newsletter.model.event import Event, EventId, EventStatus, Occurrence
from newsletter.model.issue import IssueState
from newsletter.model.publication import Publication
from newsletter.model.when import local_day
from newsletter.store import events, issues
from newsletter.web.dates import told as told_day
from newsletter.web.languages import gettext as _
from newsletter.web.numbers import Id, InPath
from newsletter.web.page import back, page
from newsletter.web.place import Place, desk_of, place_of
from newsletter.web.reading import LONGEST, MOST_LINES, count_of, read_here, readings_of
from newsletter.web.retold import retold
from newsletter.workflows.calendars import keep_material
from newsletter.workflows.issue_calendar import arrange

router = APIRouter()

BEHIND = timedelta(days=90)
"""How far the list of what is over looks back."""


@router.get("/calendar")
def listing(request: Request, p: Literal["coming", "past"] = "coming") -> Response:
    """The coming dates, a recurring event by its next, and a field for more."""
    return _shown(request, period=p)


@router.post("/calendar")
def add(request: Request, lines: Annotated[str, Form()] = "", do: Annotated[str, Form()] = "add") -> Response:
    """Read pasted lines back, and (`do=add`) keep them; what could not be read stays in the field with its reason."""
    place = place_of(request)
    publication = place.publication()
    if not lines.strip():
        return back(request, "/calendar", "Paste a line first.", level="error")
    if len(lines) > LONGEST:
        raise NewsletterError("That is too long to be a list of dates; paste it in parts.")
    if (count := count_of(lines)) > MOST_LINES:
        said = _(
            "These are %(n)s lines, and %(most)s can be read at once; paste them in parts.", n=count, most=MOST_LINES
        )
        return _shown(request, lines=lines, said_here=said, status=422)
    read = read_here(request, publication, lines)
    if do == "read":
        return _shown(request, lines=lines, read=read)
    with place.store.writing() as tx:
        kept = events.keep(tx, publication.id, read.events, source=None, now=place.clock.now())
    said = _("Added %(n)s.", n=kept.new) if kept.new else _("Changed.") if kept.updated else _("Nothing new.")
    if read.refused:
        rest = "\n".join(wording for wording, _why in read.refused)
        return _shown(request, lines=rest, read=ReadLines((), read.refused, read.refused), said_here=said, status=422)
    return back(request, "/calendar", said)


@router.post("/calendar/import")
def take_in(request: Request, file: UploadFile) -> Response:
    """Take the events of an uploaded .ics, .csv or .html file."""
    place = place_of(request)
    name = (file.filename or "").replace("\\", "/").rsplit("/", 1)[-1][:100]
    if not name:
        return back(request, "/calendar", "Choose a file first.", level="error")
    try:
        kept = keep_material(place.store, place.clock, place.publication(), file.file.read(), name=name)
    except NewsletterError as error:
        return back(request, "/calendar", error.message, level="error")
    said = _("%(name)s: %(new)s new, %(changed)s changed.", name=name, new=kept.new, changed=kept.updated)
    if kept.refused:
        said += " " + _(
            "Left out: %(what)s", what="; ".join(f"{what}: {retold(why)}" for what, why in kept.refused[:5])
        )
    return back(request, "/calendar", said, level="error" if kept.refused else "fine")


@router.post("/calendar/issue")
def say(
    request: Request,
    occurrence: Annotated[str, Form(max_length=80)],
    do: Annotated[Literal["hide", "show", "pin", "unpin", "up", "down", "date"], Form()],
    issue: Annotated[Id, Form()],
) -> Response:
    """Hide, pin or move an occurrence in the issue that is being made."""
    place, desk = place_of(request), desk_of(request)
    material = desk.material(issue)
    order = [one.id for one in material.occurrences if not one.hidden]
    at = order.index(occurrence) + 1 if occurrence in order else 1
    to = {"up": max(at - 1, 1), "down": at + 1, "date": 0}.get(do)
    try:
        arrange(
            place.store,
            desk.publication,
            issue,
            occurrence,
            on=material.day,
            pinned={"pin": True, "unpin": False}.get(do),
            hidden={"hide": True, "show": False}.get(do),
            to=to,
        )
    except NewsletterError as error:
        return back(request, "/calendar", error.message, level="error")
    return back(request, "/calendar#issue", "")


@router.post("/calendar/{event}/confirm")
def confirm(request: Request, event: InPath) -> Response:
    """Let a proposed event into the issues."""
    from newsletter.events.editing import edited

    place = place_of(request)
    publication = place.publication()
    with place.store.writing() as tx:
        old = events.get(tx, publication.id, EventId(event))
        data = edited(old.data, confirm=True, zone=publication.zone)
        events.edit(tx, publication.id, old.id, data, now=place.clock.now())
    return back(request, "/calendar", _("“%(title)s” is confirmed.", title=data.title))


@router.post("/calendar/{event}/remove")
def remove(request: Request, event: InPath) -> Response:
    """Take an event out."""
    place = place_of(request)
    with place.store.writing() as tx:
        events.remove(tx, place.publication_id, EventId(event), now=place.clock.now())
    return back(request, "/calendar", "Removed.")


def _shown(
    request: Request,
    *,
    lines: str = "",
    read: ReadLines | None = None,
    said_here: str = "",
    status: int = 200,
    period: str = "coming",
) -> Response:
    place = place_of(request)
    publication = place.publication()
    today = _today(place, publication)
    with place.store.reading() as tx:
        found = events.listing(tx, publication.id)
        draft = next((one.number for one in issues.listing(tx, publication.id, IssueState.DRAFT)), None)
    material = desk_of(request).material(draft) if draft is not None else None
    in_issue = {one.id: one for one in material.occurrences} if material else {}
    return page(
        request,
        "calendar",
        status=status,
        rows=_rows(found, publication, today, period),
        period=period,
        lines=lines,
        readings=readings_of(request, publication, read),
        readable=len(read.events) if read else 0,
        said_here=said_here,
        today=told_day(today),
        days=publication.event_days,
        draft=draft,
        in_issue=in_issue,
        arranged=list(in_issue.values()),
        pairs=duplicates([event for event in found if _is_ahead(event, today)]),
        choices=_choices(found, today),
        when=when_in_words,
        hours=hours_in_words,
    )


def _choices(found: list[Event], today: date) -> list[tuple[EventId, str]]:
    """Each coming event by its title and its next day, to choose two that are the same."""
    named = [(event, rows_of(event, today=today)) for event in found if _is_ahead(event, today)]
    ordered = sorted(named, key=lambda one: (one[1][0].title.casefold(), one[1][0].first_date))
    return [(event.id, f"{event.data.title}, {when_in_words(rows[0])}") for event, rows in ordered]


def _rows(found: list[Event], publication: Publication, today: date, period: str) -> list[Occurrence]:
    if period == "past":
        past = occurrences(found, first=today - BEHIND, last=today - timedelta(days=1), zone=publication.zone)
        return [row for row in reversed(past) if row.last_date < today]
    rows = [row for event in found for row in rows_of(event, today=today) if row.last_date >= today]
    return sorted(rows, key=lambda row: (row.first_date, row.title))


def _is_ahead(event: Event, today: date) -> bool:
    return event.data.status is EventStatus.PROPOSED or any(
        row.last_date >= today for row in rows_of(event, today=today)
    )


def _today(place: Place, publication: Publication) -> date:
    return local_day(place.clock.now(), publication.zone)


def when_in_words(occurrence: Occurrence) -> str:
    """Its day, or days: `Sat 6 July 2026`, `6 July to 7 July 2026`."""
    first, last = occurrence.first_date, occurrence.last_date
    if first == last:
        return told_day(first, "short")
    begins = told_day(first, "day-month" if first.year == last.year else "day")
    return _("%(begins)s to %(ends)s", begins=begins, ends=told_day(last, "day"))


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
