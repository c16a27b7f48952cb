"""The issues: their list, and the page of each: what it waits for, or how it goes out."""

from __future__ import annotations

from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response

from newsletter.errors import NewsletterError
from newsletter.model.delivery import DeliveryState, Tally
from newsletter.model.finding import Level
from newsletter.model.issue import Issue, IssueState
from newsletter.schedule.timetable import of_publication
from newsletter.store import cadences, canaries, corrections, deliveries
from newsletter.store import issues as table
from newsletter.web.clocks import clock_change, where_you_are
from newsletter.web.draft import titles_of
from newsletter.web.numbers import LARGEST_BIG, InPath
from newsletter.web.pacing import Look, Paces, pace_of
from newsletter.web.page import page
from newsletter.web.place import desk_of, kept_of, place_of, user_of
from newsletter.web.publishing import READY
from newsletter.web.view import View
from newsletter.workflows import countdown
from newsletter.workflows.publish import Desk

router = APIRouter()

SHOWN = 50
"""Deliveries that need a person, listed on the page."""
LOOKED_AHEAD = 60
"""Times of a cadence that are looked at for a free one."""


@router.get("/issues")
def listing(request: Request) -> Response:
    """All issues with their states."""
    place = place_of(request)
    with place.store.reading() as tx:
        found = table.listing(tx, place.publication_id)
    return page(request, "issues", issues=found)


@router.get("/issues/{number}")
def issue(request: Request, number: InPath) -> Response:
    """One issue: what it is waiting for, and what can be done about it."""
    desk = desk_of(request)
    one, tally = desk.status(number)
    until = countdown.counting(desk, one)
    if one.state in READY and until is None:
        return page(request, "publish", **_before(request, desk, one))
    return page(request, "sending", until=until, **on_its_way(request, desk, one, tally))


def _before(request: Request, desk: Desk, one: Issue) -> dict[str, Any]:
    place, broken = place_of(request), ""
    try:
        material = desk.material(one.number)
        proof, findings = place.proofs.of(desk, material), place.proofs.findings(desk, material)
    except NewsletterError as error:
        proof, findings, broken = None, [], error.message
    errors = [finding for finding in findings if finding.level is Level.ERROR]
    now, yours, zone = desk.clock.now(), user_of(request).zone, desk.publication.zone
    usual = _usual(desk) if one.state is not IssueState.SCHEDULED else None
    shown_at = one.planned.at if one.planned else usual
    return {
        "issue": one,
        "proof": proof,
        "broken": broken,
        "findings": findings,
        "errors": errors,
        "has_errors": bool(broken or errors),
        "blocks": titles_of(desk, one),
        "readers": desk.readers(one.number),
        "server": str(place.settings.smtp[0]) if place.settings.smtp else "",
        "usual": usual,
        "yours": yours if yours and yours != zone else None,
        "elsewhere": where_you_are(shown_at, zone, yours) if shown_at else "",
        "change": clock_change(now, shown_at, zone) if shown_at else "",
        "view": View(issue=one.number),
    }


def _usual(desk: Desk) -> Any:
    """The next time of the cadence for which nothing is planned; none without a cadence."""
    with desk.store.reading() as tx:
        cadence = of_publication(tx, desk.publication)
        taken = cadences.planned(tx, desk.publication.id)
    if cadence is None:
        return None
    for number, occurrence in enumerate(cadence.after(desk.clock.now())):
        if occurrence.at not in taken:
            return occurrence.at
        if number >= LOOKED_AHEAD:
            break
    return None


def on_its_way(request: Request, desk: Desk, one: Issue, tally: Tally) -> dict[str, Any]:
    """What `sending.html.j2` shows of an issue that goes out, or went."""
    place, now = place_of(request), desk.clock.now()
    look = kept_of(request, Paces).look(place.store, place.clock, one) if tally.audience else Look()
    with place.store.reading() as tx:
        uncertain = deliveries.listing(tx, one.id, DeliveryState.UNCERTAIN, after=0, limit=SHOWN)
        canary = canaries.of(tx, one.id)
        corrected, is_open = corrections.listing(tx, one.id), corrections.is_open(tx, one.id)
        is_untouched = is_open and corrections.is_untouched(tx, one.id)
    return {
        "issue": one,
        "tally": tally,
        "readers": desk.readers(one.number),
        "uncertain": uncertain,
        "canary": canary,
        "corrected": corrected,
        "is_open": is_open,
        "is_untouched": is_untouched,
        "note": "",
        "wrong": "",
        "trouble": place.trouble(one.id) if one.state is IssueState.SENDING else None,
        "pace": pace_of(one, tally, look, place.settings, now=now, zone=ZoneInfo(desk.publication.zone)),
    }


@router.get("/issues/{number}/deliveries")
def ledger(
    request: Request,
    number: InPath,
    state: DeliveryState | None = None,
    after: Annotated[int, Query(ge=0, le=LARGEST_BIG)] = 0,
) -> Response:
    """The ledger of an issue, of one state or all, a page at a time."""
    desk = desk_of(request)
    one, tally = desk.status(number)
    with desk.store.reading() as tx:
        rows = deliveries.listing(tx, one.id, state, after=after, limit=SHOWN + 1)
    return page(
        request,
        "deliveries",
        issue=one,
        tally=tally,
        state=state,
        rows=rows[:SHOWN],
        after=rows[SHOWN - 1].id if len(rows) > SHOWN else None,
    )
