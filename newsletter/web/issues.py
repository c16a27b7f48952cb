"""The issues: their list, and the page on which one is checked, approved, scheduled, sent and watched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from newsletter.errors import NewsletterError, Refused
from newsletter.model.delivery import DeliveryId, DeliveryState
from newsletter.model.finding import Level
from newsletter.model.issue import IssueState
from newsletter.model.user import Role
from newsletter.model.when import read_when
from newsletter.store import deliveries
from newsletter.store import issues as table
from newsletter.web.draft import titles_of
from newsletter.web.numbers import BigId, InPath
from newsletter.web.page import back, page
from newsletter.web.place import desk_of, place_of
from newsletter.web.roles import needs
from newsletter.web.view import View
from newsletter.workflows import steering
from newsletter.workflows.publish import Desk
from newsletter.workflows.rendering import send_test

router = APIRouter()
PUBLISHERS = needs(Role.PUBLISHER)

READY = frozenset({IssueState.DRAFT, IssueState.APPROVED, IssueState.SCHEDULED, IssueState.HELD})
SHOWN = 50
"""Deliveries that need a person, listed on the page."""
FURTHEST = timedelta(days=731)
"""How far ahead an issue may be planned: further is a slip of the pen."""


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
    place, desk = place_of(request), desk_of(request)
    one, tally = desk.status(number)
    broken = ""
    try:
        proof, findings = place.proofs.of(desk, number), place.proofs.findings(desk, number)
    except NewsletterError as error:
        proof, findings, broken = None, [], error.message
    with place.store.reading() as tx:
        unsure = [
            row
            for state in (DeliveryState.UNCERTAIN, DeliveryState.FAILED)
            for row in deliveries.listing(tx, one.id, state, after=0, limit=SHOWN)
        ]
    return page(
        request,
        "issue",
        issue=one,
        tally=tally,
        proof=proof,
        broken=broken,
        findings=findings,
        has_errors=bool(broken) or any(finding.level is Level.ERROR for finding in findings),
        blocks=titles_of(desk, one),
        readers=desk.readers(),
        server=str(place.settings.smtp[0]) if place.settings.smtp else "",
        trouble=place.trouble(one.id) if one.state is IssueState.SENDING else None,
        ready=one.state in READY,
        unsure=unsure,
        view=View(issue=number),
    )


@router.post("/issues/{number}/approve", dependencies=[PUBLISHERS])
def approve(request: Request, number: InPath) -> Response:
    """Freeze what readers will get."""
    return _do(request, number, lambda desk: desk.approve(number), "Approved: this is what readers will get.")


@router.post("/issues/{number}/reopen", dependencies=[PUBLISHERS])
def reopen(request: Request, number: InPath) -> Response:
    """Back to a draft."""
    desk = desk_of(request)
    try:
        desk.reopen(number)
    except NewsletterError as error:
        return back(request, f"/issues/{number}", error.message, level="error")
    return back(request, f"/?issue={number}#outline", "It is a draft again.")


@router.post("/issues/{number}/schedule", dependencies=[PUBLISHERS])
def schedule(request: Request, number: InPath, at: Annotated[str, Form()] = "") -> Response:
    """Plan when it goes out, in the newsletter's zone; a draft is approved by it."""

    def plan(desk: Desk) -> None:
        if not at:
            raise NewsletterError("Choose a day and an hour first.")
        planned = read_when(at, desk.publication.zone, where="at")
        if planned.at > desk.clock.now() + FURTHEST:
            raise Refused("That is more than 2 years ahead; choose an earlier day.", code="too-far", where="at")
        desk.schedule(number, planned, approve=True)
        place_of(request).wake()

    return _do(request, number, plan, "Scheduled.")


@router.post("/issues/{number}/unschedule", dependencies=[PUBLISHERS])
def unschedule(request: Request, number: InPath) -> Response:
    """Withdraw the plan."""
    return _do(request, number, lambda desk: desk.unschedule(number), "The schedule is withdrawn.")


@router.post("/issues/{number}/test")
def test(request: Request, number: InPath, to: Annotated[str, Form()] = "") -> Response:
    """Send a marked test to a few addresses."""
    addresses = [word for word in to.replace(",", " ").replace(";", " ").split() if word]
    try:
        if not addresses:
            raise NewsletterError("Write an address for the test.")
        sent, failed = send_test(desk_of(request), number, addresses[:20])
    except NewsletterError as error:
        return back(request, f"/issues/{number}", error.message, level="error")
    if failed:
        why = "; ".join(f"{one['email']}: {one['reason']}" for one in failed)
        return back(request, f"/issues/{number}", f"The test did not reach {why}", level="error")
    return back(request, f"/issues/{number}", f"A test went to {', '.join(sent)}.")


@router.get("/issues/{number}/send", dependencies=[PUBLISHERS])
def ask(request: Request, number: InPath) -> Response:
    """One question, in words, before mail leaves."""
    place, desk = place_of(request), desk_of(request)
    one = desk.issue(number)
    if one.state not in READY:
        return RedirectResponse(f"/issues/{number}", 303)
    server = str(place.settings.smtp[0]) if place.settings.smtp else ""
    return page(request, "send", issue=one, readers=desk.readers(), server=server)


@router.post("/issues/{number}/send", dependencies=[PUBLISHERS])
def send(request: Request, number: InPath) -> Response:
    """Begin: the audience is those who are confirmed now."""

    def begin(desk: Desk) -> None:
        desk.start(number, approve=True)
        place_of(request).wake()

    return _do(request, number, begin, "Sending has begun.")


@router.post("/issues/{number}/continue", dependencies=[PUBLISHERS])
def go_on(request: Request, number: InPath) -> Response:
    """Try again at once what the sender had to stop."""
    place_of(request).wake()
    return back(request, f"/issues/{number}", "The sender tries again.")


@router.post("/issues/{number}/pause", dependencies=[PUBLISHERS])
def pause(request: Request, number: InPath) -> Response:
    """Stop within one message for each connection."""
    return _do(request, number, lambda desk: steering.pause(desk, number), "Paused: nobody else gets it for now.")


@router.post("/issues/{number}/resume", dependencies=[PUBLISHERS])
def resume(request: Request, number: InPath) -> Response:
    """Go on where it was paused."""

    def go(desk: Desk) -> None:
        steering.resume(desk, number)
        place_of(request).wake()

    return _do(request, number, go, "It goes on.")


@router.post("/issues/{number}/cancel", dependencies=[PUBLISHERS])
def cancel(request: Request, number: InPath, sure: Annotated[str, Form()] = "") -> Response:
    """End it for good, where the box beside the button is ticked."""

    def end(desk: Desk) -> None:
        if not sure:
            raise NewsletterError("Tick the box first: a cancelled issue cannot be sent any more.")
        steering.cancel(desk, number)

    return _do(request, number, end, "Cancelled: who was not tried does not get it.")


@router.post("/issues/{number}/resolve", dependencies=[PUBLISHERS])
def resolve(
    request: Request,
    number: InPath,
    decision: Annotated[str, Form()] = "",
    delivery: Annotated[BigId | None, Form()] = None,
) -> Response:
    """Decide one uncertain delivery, or all of them."""

    def decide(desk: Desk) -> None:
        ids = None if delivery is None else [DeliveryId(delivery)]
        if decision == "resend":
            steering.resolve(desk, number, "resend", ids)
            place_of(request).wake()
        elif decision == "assume-sent":
            steering.resolve(desk, number, "assume-sent", ids)
        else:
            raise NewsletterError("Choose whether to send again, or to count them as sent.")

    said = "They are sent again." if decision == "resend" else "They count as sent."
    return _do(request, number, decide, said)


def _do(request: Request, number: InPath, work: Callable[[Desk], object], said: str) -> Response:
    try:
        work(desk_of(request))
    except NewsletterError as error:
        return back(request, f"/issues/{number}", error.message, level="error")
    return back(request, f"/issues/{number}", said)
