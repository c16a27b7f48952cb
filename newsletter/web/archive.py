"""The public pages of sent issues: no session, no cookie, nothing of a reader."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import HTMLResponse

from newsletter.errors import NotFound
from newsletter.web.numbers import InPath
from newsletter.web.place import desk_of, place_of
from newsletter.web.public import public_page, wrong
from newsletter.workflows.archive import feed, issue_page, list_page, sitemap

router = APIRouter()

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_FOR_A_WHILE = {"cache-control": "public, max-age=300"}


@router.api_route("/archive", methods=["GET", "HEAD"])
def listing(
    request: Request,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    q: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """All public issues, newest first, or those that hold some words."""
    place, desk = place_of(request), desk_of(request)
    try:
        found = list_page(desk, page, q)
    except NotFound as error:
        return wrong(place, error.message)
    publication = {
        "name": desk.publication.name,
        "tagline": desk.publication.tagline,
        "language": desk.publication.language,
    }
    entries = [
        {"number": one.number, "title": one.title, "excerpt": one.excerpt, "day": one.day} for one in found.entries
    ]
    values = {"publication": publication, "entries": entries, "page": found.page, "pages": found.pages, "q": q}
    return public_page(place, "archive.html.j2", 200, values, "The list of issues cannot be shown at the moment.")


@router.api_route("/archive/{number}", methods=["GET", "HEAD"])
def issue(request: Request, number: InPath) -> Response:
    """One issue as it was mailed, under a policy of its own."""
    try:
        document = issue_page(desk_of(request), number)
    except NotFound as error:
        return wrong(place_of(request), error.message)
    return HTMLResponse(
        document, headers={"content-security-policy": POLICY, "x-frame-options": "DENY", **_FOR_A_WHILE}
    )


@router.api_route("/feed.atom", methods=["GET", "HEAD"])
def atom(request: Request) -> Response:
    """The latest issues for feed readers."""
    return Response(feed(desk_of(request)), media_type="application/atom+xml", headers=_FOR_A_WHILE)


@router.api_route("/sitemap.xml", methods=["GET", "HEAD"])
def site(request: Request) -> Response:
    """The public pages for search engines."""
    return Response(sitemap(desk_of(request)), media_type="application/xml", headers=_FOR_A_WHILE)
