"""An issue before it goes out: approved, opened again, tested, planned, and sent with ten seconds to take it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from newsletter.errors import NewsletterError
from newsletter.model.issue import IssueState
from newsletter.model.user import Role
from newsletter.model.when import read_when
from newsletter.web.languages import gettext as _
from newsletter.web.numbers import InPath, whole
from newsletter.web.page import back, page
from newsletter.web.place import desk_of, place_of, user_of
from newsletter.web.roles import needs
from newsletter.workflows import countdown
from newsletter.workflows.publish import Desk
from newsletter.workflows.rendering import send_test

router = APIRouter()
PUBLISHERS = needs(Role.PUBLISHER)

READY = frozenset({IssueState.DRAFT, IssueState.APPROVED, IssueState.SCHEDULED, IssueState.HELD})
MOST_MINUTES = 24 * 60
"""How long one may wait after the first readers."""


@router.post("/issues/{number}/approve", dependencies=[PUBLISHERS])
def approve(request: Request, number: InPath) -> Response:
    """Freeze what readers will get."""
    return do(request, number, lambda desk: desk.approve(number), _("Approved: this is what readers will get."))


@router.post("/issues/{number}/reopen", dependencies=[PUBLISHERS])
def reopen(request: Request, number: InPath) -> Response:
    """Back to a draft."""
    try:
        desk_of(request).reopen(number)
    except NewsletterError as error:
        return back(request, f"/issues/{number}", error.message, level="error")
    return back(request, f"/?issue={number}#outline", _("It is a draft again."))


@router.post("/issues/{number}/schedule", dependencies=[PUBLISHERS])
def schedule(
    request: Request,
    number: InPath,
    at: Annotated[str, Form()] = "",
    when: Annotated[str, Form()] = "at",
    usual: Annotated[str, Form()] = "",
    zone: Annotated[str, Form()] = "",
) -> Response:
    """Plan when it goes out, in the newsletter's zone or the person's; a draft is approved by it."""

    def plan(desk: Desk) -> None:
        text = usual if when == "usual" else at
        if not text:
            raise NewsletterError(_("Choose a day and an hour first."))
        yours = user_of(request).zone
        planned = read_when(
            text, yours if zone == "yours" and yours and when != "usual" else desk.publication.zone, where="at"
        )
        desk.schedule(number, planned, approve=True)
        place_of(request).wake()

    return do(request, number, plan, _("Scheduled."))


@router.post("/issues/{number}/unschedule", dependencies=[PUBLISHERS])
def unschedule(request: Request, number: InPath) -> Response:
    """Withdraw the plan."""
    return do(request, number, lambda desk: desk.unschedule(number), _("The schedule is withdrawn."))


@router.post("/issues/{number}/test")
def test(request: Request, number: InPath, to: Annotated[str, Form()] = "") -> Response:
    """Send a marked test to a few addresses."""
    addresses = [word for word in to.replace(",", " ").replace(";", " ").split() if word]
    try:
        if not addresses:
            raise NewsletterError(_("Write an address for the test."))
        sent, failed = send_test(desk_of(request), number, addresses[:20])
    except NewsletterError as error:
        return back(request, f"/issues/{number}", error.message, level="error")
    if failed:
        why = "; ".join(f"{one['email']}: {one['reason']}" for one in failed)
        return back(request, f"/issues/{number}", _("The test did not reach %(why)s", why=why), level="error")
    return back(request, f"/issues/{number}", _("A test went to %(whom)s.", whom=", ".join(sent)))


@router.get("/issues/{number}/send", dependencies=[PUBLISHERS])
def ask(request: Request, number: InPath) -> Response:
    """One question, in words, before mail leaves."""
    place, desk = place_of(request), desk_of(request)
    one = desk.issue(number)
    if one.state not in READY or countdown.counting(desk, one):
        return RedirectResponse(f"/issues/{number}", 303)
    server = str(place.settings.smtp[0]) if place.settings.smtp else ""
    return page(request, "send", issue=one, readers=desk.readers(number), server=server, seconds=countdown.SECONDS)


@router.post("/issues/{number}/send", dependencies=[PUBLISHERS])
def send(
    request: Request, number: InPath, first: Annotated[str, Form()] = "", minutes: Annotated[str, Form()] = ""
) -> Response:
    """Begin in ten seconds; `first` so many readers first, and the others `minutes` later if few went wrong."""

    def begin(desk: Desk) -> None:
        canary = whole(first, what=_("How many readers first")) or 0
        wait = whole(minutes, what=_("How many minutes")) or 0
        if wait > MOST_MINUTES:
            raise NewsletterError(_("Wait a day at most before the others get it."))
        countdown.send_soon(desk, number, who=user_of(request).name, canary=canary, canary_wait=timedelta(minutes=wait))
        place_of(request).wake()

    if desk_of(request).issue(number).state is IssueState.SENDING:  # a second click: it is on its way
        return RedirectResponse(f"/issues/{number}", 303)
    return do(request, number, begin, _("It goes out in %(n)s seconds.", n=countdown.SECONDS))


@router.post("/issues/{number}/take-back", dependencies=[PUBLISHERS])
def take_back(request: Request, number: InPath) -> Response:
    """In these seconds: the issue is what it was before."""
    return do(
        request,
        number,
        lambda desk: countdown.take_back(desk, number),
        _("Taken back: nobody got it, and it is as it was."),
    )


def do(request: Request, number: int, work: Callable[[Desk], object], said: str) -> Response:
    """Do something with an issue, and say on its page what came of it."""
    try:
        work(desk_of(request))
    except NewsletterError as error:
        return back(request, f"/issues/{number}", error.message, level="error")
    return back(request, f"/issues/{number}", said)
