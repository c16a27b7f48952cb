"""The calendar for everybody: a list, a page for each event, ways to take them along. No session, nothing changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from fastapi import APIRouter, Request, Response
from markupsafe import Markup
from starlette.responses import RedirectResponse

from newsletter.errors import NotFound
from newsletter.events.arranging import calendar_of
from newsletter.events.handing_over import google_url, jsonld, outlook_url
from newsletter.events.occurrences import first_day, rows_of, rule_in
from newsletter.events.openness import public
from newsletter.events.write_ics import write_ics
from newsletter.model.event import Event, EventId, EventStatus, Occurrence
from newsletter.model.publication import Publication
from newsletter.model.when import local_day
from newsletter.render.agenda import agenda
from newsletter.render.words import direction, words
from newsletter.store import events, publications
from newsletter.web.numbers import InPath
from newsletter.web.place import Place, kept_of, place_of
from newsletter.web.public import public_page
from newsletter.web.published import Published, base_of, of_slug, root_of

router = APIRouter()

AHEAD = 365
"""Days that the list looks ahead; an issue takes fewer."""
BEHIND = timedelta(days=60)
"""How long a calendar that somebody subscribed to keeps what is over."""
TOLD = (EventStatus.CONFIRMED, EventStatus.CANCELLED)
READ = ["GET", "HEAD"]


class _Answers(dict[tuple[int, str], tuple[object, int, bytes, dict[str, str]]]):
    """What was answered last time, by newsletter and kind: of what it was made, status, body and headers."""


@router.api_route("/events", methods=READ)
@router.api_route("/p/{slug}/events", methods=READ)
def listing(request: Request, publication: Published) -> Response:
    """What is coming, a recurring event by its next date."""
    return _remembered(request, publication, "list", _listing)


def _listing(request: Request, publication: Publication) -> Response:
    place = place_of(request)
    on = _today(place, publication)
    with place.store.reading() as tx:
        found = [public(event) for event in events.listing(tx, publication.id, [EventStatus.CONFIRMED])]
    coming = calendar_of(found, {}, on=on, days=AHEAD, zone=publication.zone, language=publication.language)
    said = words(publication.language)
    shown = agenda(publication, coming, on=on, base_url=base_of(request), said=said)
    values = {**_values(publication), "words": said, **shown, "page": None}
    return public_page(place, "events.html.j2", 200, values, said["calendar"])


@router.api_route("/events.ics", methods=READ)
@router.api_route("/p/{slug}/events.ics", methods=READ)
def calendar(request: Request, publication: Published) -> Response:
    """The calendar to subscribe to: what is coming, and what was lately."""
    answer = _remembered(request, publication, "ics", _calendar)
    if answer.headers["etag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={name: answer.headers[name] for name in ("etag", "cache-control")})
    return answer


def _calendar(request: Request, publication: Publication) -> Response:
    place = place_of(request)
    since = _today(place, publication) - BEHIND
    with place.store.reading() as tx:
        found = events.listing(tx, publication.id, TOLD)
    kept = [event for event in found if _goes_on(event, since)]
    return _ics(request, publication, kept, publication.name, "events.ics")


@router.api_route("/events/{event}.ics", methods=READ)
@router.api_route("/p/{slug}/events/{event}.ics", methods=READ)
def one_calendar(request: Request, event: InPath) -> Response:
    """One event, to add to a calendar."""
    publication, found = _event(request, event)
    return _ics(request, publication, [found], found.data.title, f"event-{event}.ics")


@router.api_route("/events/{event}", methods=READ)
@router.api_route("/p/{slug}/events/{event}", methods=READ)
def page(request: Request, event: InPath) -> Response:
    """One event, for people and (as JSON-LD) for machines."""
    place = place_of(request)
    publication, found = _event(request, event)
    on, said = _today(place, publication), words(publication.language)
    one = _next(found, publication, on)
    since = first_day(found.data.start)
    told = jsonld(one, page=_address(request, publication, event), organizer=publication.name, since=since)
    shown = agenda(publication, [one], on=min(on, one.last_date), base_url=base_of(request), said=said)
    values = {
        **_values(publication),
        "words": said,
        "event": shown["events"][0],
        "cancelled": one.status is EventStatus.CANCELLED,
        "over": one.last_date < on,
        "jsonld": Markup(json.dumps(told, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")),  # noqa: S704  no tag can begin or end in it
    }
    return public_page(place, "event.html.j2", 200, values, one.title)


@router.api_route("/events/{event}/google", methods=READ)
@router.api_route("/p/{slug}/events/{event}/google", methods=READ)
def google(request: Request, event: InPath) -> Response:
    """On to Google Calendar, with its form filled in."""
    one, address = _handed_over(request, event)
    return RedirectResponse(google_url(one, address), 302)


@router.api_route("/events/{event}/outlook", methods=READ)
@router.api_route("/p/{slug}/events/{event}/outlook", methods=READ)
def outlook(request: Request, event: InPath) -> Response:
    """On to Outlook's calendar, with its form filled in."""
    one, address = _handed_over(request, event)
    return RedirectResponse(outlook_url(one, address), 302)


def _handed_over(request: Request, number: int) -> tuple[Occurrence, str]:
    publication, event = _event(request, number)
    one = _next(event, publication, _today(place_of(request), publication))
    return one, _address(request, publication, number)


def _address(request: Request, publication: Publication, event: int) -> str:
    return f"{root_of(request, publication)}/events/{event}"


def _remembered(
    request: Request, publication: Publication, what: str, make: Callable[[Request, Publication], Response]
) -> Response:
    """The answer of last time, while the calendar, the newsletter and the day are the same.

    Whoever likes may ask, as often as they like, and 1,000 events take a second to write.
    """
    place = place_of(request)
    with place.store.reading() as tx:
        now = (publication, base_of(request), _today(place, publication), events.fingerprint(tx, publication.id))
    kept = kept_of(request, _Answers)
    key = (publication.id, what)
    if key not in kept or kept[key][0] != now:
        answer = make(request, publication)
        if answer.status_code != 200:
            return answer
        kept[key] = (now, answer.status_code, bytes(answer.body), dict(answer.headers))
    _, status, body, headers = kept[key]
    return Response(body, status, headers={k: v for k, v in headers.items() if k != "content-length"})


def _event(request: Request, number: int) -> tuple[Publication, Event]:
    """An event as everybody may see it, and the newsletter whose page it is.

    Links of older mails name no newsletter: without a slug it is the first of those that show the event.
    """
    slug = request.path_params.get("slug")
    asked = of_slug(request, slug)
    with place_of(request).store.reading() as tx:
        shown_in = events.publications_of(tx, EventId(number), TOLD)
        if not shown_in or (slug is not None and asked.id not in shown_in):
            raise NotFound("There is no such event, or it was taken out.")
        publication = asked if asked.id in shown_in else publications.get(tx, shown_in[0])
        return publication, public(events.get(tx, publication.id, EventId(number)))


def _next(event: Event, publication: Publication, on: date) -> Occurrence:
    """The next of its dates, else the last, with its rule in the newsletter's language."""
    rows = sorted(rows_of(event, today=on), key=lambda row: row.first_date)
    one = next((row for row in rows if row.last_date >= on), rows[-1])
    return one.with_rule_text(rule_in(one, publication.language, on=on))


def _in_a_script(told: dict[str, Any]) -> Markup:
    safe = json.dumps(told, ensure_ascii=False).replace("<", "\u003c").replace("&", "\u0026")
    return Markup(safe)  # noqa: S704  no tag can begin or end in it


def _goes_on(event: Event, since: date) -> bool:
    return any(row.last_date >= since for row in rows_of(event, today=since))


def _ics(request: Request, publication: Publication, found: list[Event], name: str, file: str) -> Response:
    now = place_of(request).clock.now()
    content = write_ics(found, name=name, now=now, base_url=root_of(request, publication), zone=publication.zone)
    tag = f'"{sha256(content).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "public, max-age=900"}
    headers["content-disposition"] = f'inline; filename="{file}"'
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)


def _today(place: Place, publication: Publication) -> date:
    return local_day(place.clock.now(), publication.zone)


def _values(publication: Publication) -> dict[str, Any]:
    named = {"name": publication.name, "language": publication.language}
    return {"publication": named, "dir": direction(publication.language), "root": publication.path}
