"""The desk, the readers' pages and health as one application."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import Lock

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from newsletter.errors import Conflict, NewsletterError, NotFound
from newsletter.web import (
    account,
    adding,
    archive,
    auditing,
    blocks,
    calendar,
    clip,
    correcting,
    desk,
    event_page,
    events,
    history,
    images,
    issues,
    item_edit,
    keys,
    lists,
    live,
    look,
    merging,
    outline,
    people,
    presence,
    preview,
    public,
    publication,
    publishing,
    queue,
    readers,
    reading,
    setup,
    signin,
    source_page,
    sources,
    steering,
    waiving,
    watch,
)
from newsletter.web.bodies import longest
from newsletter.web.guard import Guard
from newsletter.web.languages import gettext as _
from newsletter.web.live import Live
from newsletter.web.page import page, told_here
from newsletter.web.place import Place, place_of
from newsletter.web.roles import NotYours, allowed, posting

STATIC = Path(__file__).parent / "static"
ROOMS = (
    signin,
    setup,
    desk,
    outline,
    queue,
    item_edit,
    blocks,
    adding,
    history,
    presence,
    preview,
    issues,
    publishing,
    steering,
    correcting,
    keys,
    live,
    sources,
    source_page,
    clip,
    calendar,
    merging,
    reading,
    waiving,
    readers,
    lists,
    public,
    archive,
    images,
    events,
    event_page,
    watch,
    people,
    account,
    auditing,
    publication,
    look,
)
"""The files with the routes; the first that fits an address answers it."""
_ONE_MAKES_IT = Lock()


class Application:
    """All pages for one workspace, and what they stand on."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.live = place.kept[Live] = Live(place.store, place.clock)
        self._app = ServerErrorMiddleware(Guard(pages(), place, _longest), handler=_broken)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        scope["app"] = self  # as Starlette does; without it a form that cannot be read is an error of the server
        await self._app(scope, receive, send)


@cache
def pages() -> FastAPI:
    """The routes, once for a process: the guard says with each request which workspace it is for."""
    app = FastAPI(
        title="Newsletter desk", docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(allowed)]
    )
    app.state.posts = posting(room.router for room in ROOMS)
    app.mount("/api", programs)
    app.mount("/static", GZipMiddleware(StaticFiles(directory=STATIC), minimum_size=1_000), name="static")
    app.api_route("/healthz", methods=["GET", "HEAD"])(healthz)
    for room in ROOMS:
        app.include_router(room.router)
    app.add_exception_handler(NewsletterError, _told)
    app.add_exception_handler(HTTPException, _wrong_page)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _broken)
    return app


async def programs(scope: Scope, receive: Receive, send: Send) -> None:
    """The API. Its hundred operations are made when one of them is asked for first: that takes a second."""
    await (await run_in_threadpool(_api))(scope, receive, send)


def _api() -> ASGIApp:
    with _ONE_MAKES_IT:
        from newsletter.web.api.app import application

        return application()


@cache
def _pages_take() -> Callable[[str], int]:
    return longest(room.router for room in ROOMS)


@cache
def _api_takes() -> Callable[[str], int]:
    from newsletter.web.api.app import routers

    return longest(routers(), below="/api")


def _longest(path: str) -> int:
    return _api_takes()(path) if path.startswith("/api/") else _pages_take()(path)


def healthz(request: Request) -> Response:
    """Whether we run and the database answers."""
    try:
        place_of(request).publication()
    except NewsletterError as error:
        return JSONResponse({"ok": False, "why": error.message}, 503)
    return JSONResponse({"ok": True})


async def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, NewsletterError)
    statuses: dict[type[NewsletterError], int] = {NotFound: 404, Conflict: 409, NotYours: 403}
    status = next((code for kind, code in statuses.items() if isinstance(error, kind)), 400)
    return _sentence(request, status, error.message)


async def _wrong_page(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    unreadable = _("The form could not be read: it has too many fields, or one that is too long. Nothing was saved.")
    sentences = {400: unreadable, 404: _("There is no such page."), 405: _("This page does not take that.")}
    return _sentence(request, error.status_code, sentences.get(error.status_code, str(error.detail)))


async def _unreadable(request: Request, error: Exception) -> Response:
    """A number that cannot be one, or a form without what it needs; our own pages send neither."""
    if request.method == "GET":
        return _sentence(request, 404, _("There is no such page."))
    return _sentence(request, 400, _("The form was not complete."))


async def _gone(request: Request, error: Exception) -> Response:
    """Whoever asked hung up in the middle of it: nobody reads this, and it is no fault of ours to log."""
    return PlainTextResponse(status_code=400)


async def _broken(request: Request, error: Exception) -> Response:
    return PlainTextResponse(
        "Something went wrong here; the log of the server says what. Nothing was half done.\n", 500
    )


def _sentence(request: Request, status: int, sentence: str) -> Response:
    sentence = told_here(_(sentence))
    if request.scope["state"]["user"] is None:
        return PlainTextResponse(f"{sentence}\n", status)
    return page(request, "sentence", status=status, sentence=sentence)
