"""The public pages of sent issues: no session, no cookie, nothing of a reader."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import HTMLResponse

from newsletter.errors import NotFound
from newsletter.model.publication import Publication
from newsletter.render.archived import ARCHIVE, archive_url
from newsletter.render.words import direction, words
from newsletter.web.numbers import InPath
from newsletter.web.place import place_of
from newsletter.web.public import public_page, wrong
from newsletter.web.published import Published, root_of
from newsletter.workflows.archive import feed, issue_page, list_page, sitemap
from newsletter.workflows.publish import Desk
from newsletter.workflows.topics import Topic, topic_page, topics

router = APIRouter()

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_FOR_A_WHILE = {"cache-control": "public, max-age=300"}
_READ = ["GET", "HEAD"]
_Page = Annotated[int, Query(ge=1, le=1_000_000)]


@router.api_route("/archive", methods=_READ)
@router.api_route("/p/{slug}/archive", methods=_READ)
def listing(
    request: Request, publication: Published, page: _Page = 1, q: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """All public issues, newest first, or those that hold some words."""
    desk = _desk(request, publication)
    try:
        found = list_page(desk, page, q)
    except NotFound as error:
        return wrong(place_of(request), error.message)
    entries = [
        {"title": one.title, "excerpt": one.excerpt, "day": one.day, "url": archive_url(publication.path, one.number)}
        for one in found.entries
    ]
    here = publication.path + ARCHIVE + (f"?q={quote(q)}" if q else "")
    return _shelves(request, desk, entries, (here, found.page, found.pages), q=q)


@router.api_route("/archive/{kind}/{topic}", methods=_READ)
@router.api_route("/p/{slug}/archive/{kind}/{topic}", methods=_READ)
def shelf(
    request: Request, publication: Published, kind: Literal["tag", "section"], topic: str, page: _Page = 1
) -> Response:
    """What stood under a tag or in a section, newest first."""
    desk = _desk(request, publication)
    try:
        found = topic_page(desk, kind, topic, page)
    except NotFound as error:
        return wrong(place_of(request), error.message)
    entries = [
        {"title": one.title, "excerpt": one.excerpt, "day": one.day, "url": one.url, "outlet": one.outlet}
        for one in found.stories
    ]
    here = publication.path + quote(found.topic.path)
    return _shelves(request, desk, entries, (here, found.page, found.pages), topic=found.topic.name)


def _desk(request: Request, publication: Publication) -> Desk:
    place = place_of(request)
    return Desk(place.store, place.settings, place.clock, publication)


def _shelves(
    request: Request,
    desk: Desk,
    entries: list[dict[str, str]],
    where: tuple[str, int, int],
    *,
    topic: str = "",
    q: str = "",
) -> Response:
    """A page of titles and excerpts, and the ways to the others. `where`: address, number, and how many there are."""
    publication = desk.publication
    known = topics(desk)
    url, page, pages = where
    sign = "&" if "?" in url else "?"
    values = {
        "publication": {
            "name": publication.name,
            "tagline": publication.tagline,
            "language": publication.language,
            "path": publication.path,
        },
        "dir": direction(publication.language),
        "words": words(publication.language),
        "topic": topic,
        "entries": [{"outlet": "", **one} for one in entries],
        "page": page,
        "pages": pages,
        "newer": f"{url}{sign}page={page - 1}" if page > 1 else "",
        "older": f"{url}{sign}page={page + 1}" if page < pages else "",
        "q": q,
        "sections": [_shelf(publication, one) for one in known.sections],
        "tags": [_shelf(publication, one) for one in known.tags],
        "canonical": root_of(request, publication)
        + (url if page == 1 else f"{url}{sign}page={page}").removeprefix(publication.path),
        "description": publication.tagline,
    }
    said = "The list of issues cannot be shown at the moment."
    return public_page(place_of(request), "archive.html.j2", 200, values, said)


def _shelf(publication: Publication, topic: Topic) -> dict[str, object]:
    return {"name": topic.name, "url": publication.path + quote(topic.path), "count": topic.count}


@router.api_route("/archive/{number}", methods=_READ)
@router.api_route("/p/{slug}/archive/{number}", methods=_READ)
def issue(request: Request, publication: Published, number: InPath) -> Response:
    """One issue as it was mailed, under a policy of its own."""
    try:
        document = issue_page(_desk(request, publication), number)
    except NotFound as error:
        return wrong(place_of(request), error.message)
    return HTMLResponse(
        document, headers={"content-security-policy": POLICY, "x-frame-options": "DENY", **_FOR_A_WHILE}
    )


@router.api_route("/feed.atom", methods=_READ)
@router.api_route("/p/{slug}/feed.atom", methods=_READ)
def atom(request: Request, publication: Published) -> Response:
    """The latest issues for feed readers."""
    document = feed(_desk(request, publication))
    return Response(document, media_type="application/atom+xml", headers=_FOR_A_WHILE)


@router.api_route("/sitemap.xml", methods=_READ)
@router.api_route("/p/{slug}/sitemap.xml", methods=_READ)
def site(request: Request, publication: Published) -> Response:
    """The public pages for search engines."""
    return Response(sitemap(_desk(request, publication)), media_type="application/xml", headers=_FOR_A_WHILE)
