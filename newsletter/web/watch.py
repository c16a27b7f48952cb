"""For monitors: whether we run (`/healthz`), whether we are ready (`/readyz`), and figures (`/metrics`)."""

from __future__ import annotations

import os

from fastapi import APIRouter, Request, Response
from starlette.responses import JSONResponse, PlainTextResponse

from newsletter.errors import NewsletterError
from newsletter.settings import is_loopback
from newsletter.store import watching
from newsletter.web.figures import figures
from newsletter.web.place import Place, place_of
from newsletter.workflows.machine import LEAST_DISK

router = APIRouter()

LATE = 300.0
"""Seconds after which a scheduled issue that has not begun means that the scheduler does not run."""
STUCK = 120.0
"""Seconds without a look of the scheduler after which it does not run."""

_BY_A_PROXY = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


@router.api_route("/readyz", methods=["GET", "HEAD"])
def readyz(request: Request) -> Response:
    """Whether we could send now: the database answers, its disk has room, a server is set, nothing is overdue."""
    wrong = _not_ready(place_of(request))
    return JSONResponse({"ok": not wrong, "wrong": wrong}, 503 if wrong else 200)


def _not_ready(place: Place) -> list[str]:
    wrong = []
    try:
        with place.store.reading() as tx:
            if watching.overdue(tx, place.clock.now()) > LATE:
                wrong.append("a scheduled issue is overdue")
    except NewsletterError:
        wrong.append("the database does not answer")
    try:
        room = os.statvfs(place.settings.workspace)
        if room.f_bavail * room.f_frsize < LEAST_DISK:
            wrong.append("the disk is nearly full")
    except OSError:
        wrong.append("the workspace cannot be read")
    if not place.settings.smtp:
        wrong.append("no mail server is set")
    if (place.since_tick() or 0.0) > STUCK:
        wrong.append("the scheduler does not run")
    return wrong


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Figures in the text format of Prometheus (0.0.4). No address and no title.

    How many readers there are is nobody's business: they are for a program on this machine that asks directly, and
    elsewhere, or through a proxy, for one that shows a token of any scope.
    """
    place = place_of(request)
    if "authorization" in request.headers:
        if refused := _refused(request):
            return refused
    elif not _is_here(request):
        return PlainTextResponse(
            "Figures are for programs on this machine, and for those with a token: Authorization: Bearer nld_…\n",
            401,
            {"www-authenticate": "Bearer"},
        )
    return PlainTextResponse(
        "".join(figure.text() for figure in figures(place)), media_type="text/plain; version=0.0.4; charset=utf-8"
    )


def _is_here(request: Request) -> bool:
    """Whether a program on this machine asks, and not somebody behind a proxy on it."""
    client = request.client.host if request.client else ""
    return is_loopback(client) and not any(name in request.headers for name in _BY_A_PROXY)


def _refused(request: Request) -> Response | None:
    """Why the token that is shown opens nothing."""
    from newsletter.web.api.caller import let_in
    from newsletter.web.api.problems import NoToken, TooMany

    try:
        let_in(request)
    except TooMany as error:
        return PlainTextResponse(f"{error.message}\n", 429)
    except NoToken as error:
        return PlainTextResponse(f"{error.message}\n", 401, {"www-authenticate": "Bearer"})
    return None
