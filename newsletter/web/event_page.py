"""One event at the desk: what was pasted, what was read, and a form to mend it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from newsletter.errors import NewsletterError
from newsletter.events.editing import edited
from newsletter.events.telling import told
from newsletter.model.event import EventData, EventId
from newsletter.model.when import local_day
from newsletter.store import events
from newsletter.text.plain import plain
from newsletter.web.languages import gettext as _
from newsletter.web.numbers import InPath
from newsletter.web.page import back, page
from newsletter.web.place import place_of
from newsletter.web.retold import piece_retold

router = APIRouter()

TEXTS = ("title", "start", "end", "place", "url", "contact", "description", "except_")


@router.get("/calendar/{event}")
def show(request: Request, event: InPath) -> Response:
    """The event and its form."""
    place = place_of(request)
    with place.store.reading() as tx:
        found = events.get(tx, place.publication_id, EventId(event))
    return _shown(request, event, found.data, _values(found.data))


@router.post("/calendar/{event}")
def save(
    request: Request,
    event: InPath,
    title: Annotated[str, Form(max_length=500)],
    start: Annotated[str, Form(max_length=40)] = "",
    end: Annotated[str, Form(max_length=40)] = "",
    place: Annotated[str, Form(max_length=500)] = "",
    url: Annotated[str, Form(max_length=2000)] = "",
    contact: Annotated[str, Form(max_length=200)] = "",
    description: Annotated[str, Form(max_length=20_000)] = "",
    except_: Annotated[str, Form(alias="except", max_length=10_000)] = "",
    open_: Annotated[bool, Form(alias="open")] = False,
    as_worded: Annotated[bool, Form()] = False,
) -> Response:
    """Keep what was changed; what cannot be kept stays in the form with its reason."""
    at = place_of(request)
    publication = at.publication()
    typed = dict(zip(TEXTS, (title, start, end, place, url, contact, description, except_), strict=True))
    with at.store.reading() as tx:
        old = events.get(tx, publication.id, EventId(event)).data
    before = _values(old)
    changed = {name: value for name, value in typed.items() if value.strip() != before[name].strip()}
    try:
        data = edited(old, **changed, open_=open_, as_worded=as_worded, zone=publication.zone)  # type: ignore[arg-type]
    except NewsletterError as error:
        return _shown(request, event, old, typed, wrong=error.message, status=422)
    with at.store.writing() as tx:
        if data != old:
            events.edit(tx, publication.id, EventId(event), data, now=at.clock.now())
    return back(request, "/calendar", _("“%(title)s” is kept.", title=data.title))


def _values(data: EventData) -> dict[str, str]:
    """What stands in the form: times as they are on the clocks of the event's zone."""
    return {
        "title": data.title,
        "start": data.start.isoformat()[:16],
        "end": data.end.isoformat()[:16] if data.end is not None else "",
        "place": data.place or "",
        "url": data.url or "",
        "contact": data.contact or "",
        "description": plain(data.description),
        "except_": " ".join(day.isoformat() for day in data.excepted),
    }


def _shown(
    request: Request, event: int, data: EventData, typed: dict[str, str], *, wrong: str = "", status: int = 200
) -> Response:
    place = place_of(request)
    publication = place.publication()
    today = local_day(place.clock.now(), publication.zone)
    return page(
        request,
        "event",
        status=status,
        number=event,
        event=data,
        typed=typed,
        wrong=wrong,
        reading=tuple(map(piece_retold, told(data, zone=publication.zone, today=today))),
    )
