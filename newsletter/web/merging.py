"""Two events that are the same, side by side: an editor keeps one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response

from newsletter.errors import NewsletterError
from newsletter.events.telling import told
from newsletter.model.event import Event, EventId
from newsletter.model.when import local_day
from newsletter.store import events, sources
from newsletter.text.plain import plain
from newsletter.web.languages import gettext as _
from newsletter.web.numbers import Id
from newsletter.web.page import back, page
from newsletter.web.place import place_of
from newsletter.web.retold import piece_retold
from newsletter.workflows.event_merging import merge

router = APIRouter()


@dataclass(frozen=True)
class Side:
    """One of the two, in words."""

    event: Event
    pieces: tuple[str, ...]
    text: str
    source: str | None


@router.get("/calendar/merge")
def compare(request: Request, event: Annotated[Id, Query()], other: Annotated[Id, Query()]) -> Response:
    """Both events beside each other, a button under each."""
    if event == other:
        return back(request, "/calendar#same", "Choose two different events.", level="error")
    place = place_of(request)
    publication = place.publication()
    today = local_day(place.clock.now(), publication.zone)
    with place.store.reading() as tx:
        both = [events.get(tx, publication.id, EventId(one)) for one in (event, other)]
        names = {one.id: one.name for one in sources.listing(tx, publication.id)}
    sides = [
        Side(
            one,
            tuple(map(piece_retold, told(one.data, zone=publication.zone, today=today))),
            plain(one.data.description),
            names.get(one.source) if one.source else None,
        )
        for one in both
    ]
    return page(request, "merge", sides=sides)


@router.post("/calendar/merge")
def join(request: Request, event: Annotated[Id, Form()], other: Annotated[Id, Form()]) -> Response:
    """Make one of two events that are the same; the first is kept."""
    place = place_of(request)
    try:
        kept = merge(place.store, place.clock, place.publication(), EventId(event), EventId(other))
    except NewsletterError as error:
        return back(request, "/calendar", error.message, level="error")
    return back(request, "/calendar", _("“%(title)s” is one event now.", title=kept.data.title))
