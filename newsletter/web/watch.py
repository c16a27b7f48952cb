"""For monitors: whether we run (`/healthz`), whether we are ready (`/readyz`), and figures (`/metrics`)."""

from __future__ import annotations

import os

from fastapi import APIRouter, Request, Response
from starlette.responses import JSONResponse, PlainTextResponse

from newsletter.errors import NewsletterError
from newsletter.settings import is_loopback
from newsletter.store import watching
from newsletter.web.place import Place, place_of

router = APIRouter()

LATE = 300.0
"""Seconds after which a scheduled issue that has not begun means that the scheduler does not run."""
LEAST_DISK = 100 * 1024 * 1024
"""Bytes that the ledger should find free."""

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
    return wrong


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Figures in the text format of Prometheus (0.0.4), for a program on this machine. No address and no title.

    How many readers there are is nobody else's business: what came by a proxy is refused.
    """
    place = place_of(request)
    client = request.client.host if request.client else ""
    if not is_loopback(client) or any(name in request.headers for name in _BY_A_PROXY):
        return PlainTextResponse("Figures are for programs on this machine.\n", 403)
    with place.store.reading() as tx:
        by_state, rows = watching.issues(tx), watching.deliveries(tx)
        overdue = watching.overdue(tx, place.clock.now())
    lines = ["# HELP newsletter_issues Issues by state.", "# TYPE newsletter_issues gauge"]
    lines += [f'newsletter_issues{{state="{state}"}} {count}' for state, count in by_state.items()]
    lines += [
        "# HELP newsletter_deliveries Deliveries of issues that are going out or paused, by state.",
        "# TYPE newsletter_deliveries gauge",
    ]
    lines += [
        f'newsletter_deliveries{{issue="{issue}",state="{state}"}} {count}'
        for (issue, state), count in sorted(rows.items())
    ]
    lines += [
        "# HELP newsletter_overdue_seconds How long a scheduled issue has been waiting to begin.",
        "# TYPE newsletter_overdue_seconds gauge",
        f"newsletter_overdue_seconds {overdue:.0f}",
    ]
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4; charset=utf-8")
