"""The readers’ pages: to unsubscribe. No session, no cookie; only the link tells one reader from another."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import APIRouter, Request, Response
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from starlette.responses import HTMLResponse, PlainTextResponse

from newsletter.errors import NotFound
from newsletter.render.themes import shipped_templates
from newsletter.web.place import Place, place_of
from newsletter.workflows.unsubscribe import Unsubscribed, peek, unsubscribe_by_token

router = APIRouter()
log = logging.getLogger(__name__)

FOLDER = "public"


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
    """The page, where the workspace's own pages win file by file; a broken one must not tell readers a lie."""
    folders = (place.settings.templates / FOLDER, shipped_templates() / FOLDER)
    loader = ChoiceLoader([FileSystemLoader(folder) for folder in folders])
    environment = ImmutableSandboxedEnvironment(loader=loader, autoescape=True, undefined=StrictUndefined)
    try:
        return HTMLResponse(environment.get_template(template).render(values), status)
    except (TemplateError, TypeError, ValueError):
        log.exception("The page templates/%s/%s cannot be filled", FOLDER, template)
        return PlainTextResponse(f"{otherwise}\n", status)
