"""The readers’ pages: to unsubscribe. No session, no cookie; only the link tells one reader from another."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.responses import HTMLResponse, PlainTextResponse

from newsletter.errors import NotFound
from newsletter.web.filling import FOLDER, fill
from newsletter.web.place import Place, place_of
from newsletter.workflows.unsubscribe import Unsubscribed, peek, unsubscribe_by_token

router = APIRouter()
log = logging.getLogger(__name__)


@router.api_route("/unsubscribe/{token}", methods=["GET", "HEAD"])
def ask(request: Request, token: str) -> Response:
    """A page with a button. It changes nothing: mail scanners follow links."""
    place = place_of(request)
    try:
        found = peek(place.store, place.settings, token)
    except NotFound as error:
        return wrong(place, error.message)
    return _page(place, "unsubscribe.html.j2", 200, found, done=False)


@router.post("/unsubscribe/{token}")
def unsubscribe(request: Request, token: str) -> Response:
    """Do it: from the button, or the one click of a mail program (RFC 8058: no cookie, no origin, no redirect)."""
    place = place_of(request)
    how = "page" if request.headers.get("origin") else "one-click"
    try:
        found = unsubscribe_by_token(place.store, place.settings, place.clock, token, how=how)
    except NotFound as error:
        return wrong(place, error.message)
    return _page(place, "unsubscribe.html.j2", 200, found, done=True)


def _page(place: Place, template: str, status: int, found: Unsubscribed, *, done: bool) -> Response:
    publication = {"name": found.publication.name, "language": found.publication.language}
    values = {"publication": publication, "email": found.email, "already": found.already, "done": done}
    said = "You are unsubscribed." if done else "To unsubscribe, use the button of your mail program."
    return public_page(place, template, status, values, said)


def wrong(place: Place, sentence: str) -> Response:
    """The page for a link that leads nowhere, with one sentence."""
    return public_page(place, "wrong-link.html.j2", 404, {"sentence": sentence}, sentence)


def public_page(place: Place, template: str, status: int, values: dict[str, Any], otherwise: str) -> Response:
    """The page, where the workspace's own pages win file by file.

    A broken one must not tell readers a lie: whatever goes wrong in it, they get the sentence `otherwise`.
    """
    try:
        return HTMLResponse(fill(place.settings.templates, template, values), status)
    except Exception:  # a template is a program of somebody else, and what was asked for is done
        log.exception("The page templates/%s/%s cannot be filled", FOLDER, template)
        return PlainTextResponse(f"{otherwise}\n", status)
