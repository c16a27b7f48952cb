"""An issue on its way: paused, resumed, ended, and its uncertain readers decided."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from newsletter.errors import NewsletterError
from newsletter.model.delivery import DeliveryId
from newsletter.model.user import Role
from newsletter.web.languages import gettext as _
from newsletter.web.numbers import BigId, InPath
from newsletter.web.page import back
from newsletter.web.place import place_of
from newsletter.web.publishing import do
from newsletter.web.roles import needs
from newsletter.workflows import steering
from newsletter.workflows.publish import Desk

router = APIRouter()
PUBLISHERS = needs(Role.PUBLISHER)


@router.post("/issues/{number}/continue", dependencies=[PUBLISHERS])
def go_on(request: Request, number: InPath) -> Response:
    """Try again at once what the sender had to stop."""
    place_of(request).wake()
    return back(request, f"/issues/{number}", _("The sender tries again."))


@router.post("/issues/{number}/pause", dependencies=[PUBLISHERS])
def pause(request: Request, number: InPath) -> Response:
    """Stop within one message for each connection."""
    return do(request, number, lambda desk: steering.pause(desk, number), _("Paused: nobody else gets it for now."))


@router.post("/issues/{number}/resume", dependencies=[PUBLISHERS])
def resume(request: Request, number: InPath) -> Response:
    """Go on where it was paused."""

    def go(desk: Desk) -> None:
        steering.resume(desk, number)
        place_of(request).wake()

    return do(request, number, go, _("It goes on."))


@router.post("/issues/{number}/cancel", dependencies=[PUBLISHERS])
def cancel(request: Request, number: InPath, sure: Annotated[str, Form()] = "") -> Response:
    """End it for good, where the box beside the button is ticked."""

    def end(desk: Desk) -> None:
        if not sure:
            raise NewsletterError(_("Tick the box first: a cancelled issue cannot be sent any more."))
        steering.cancel(desk, number)

    return do(request, number, end, _("Cancelled: who was not tried does not get it."))


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
            raise NewsletterError(_("Choose whether to send again, or to count them as sent."))

    return do(request, number, decide, _("They are sent again.") if decision == "resend" else _("They count as sent."))
