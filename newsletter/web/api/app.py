"""The application under `/api`, its description as OpenAPI 3.1, and a page of our own that shows it."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import APIRoute
from starlette.responses import JSONResponse, RedirectResponse

from newsletter import __version__
from newsletter.model.token import Scope
from newsletter.model.user import Role
from newsletter.web.api import (
    events,
    history,
    issues,
    items,
    machine,
    newsletters,
    outline,
    people,
    planning,
    readers,
    sending,
    sources,
    themes,
)
from newsletter.web.api.guide import ABOUT, ELSEWHERE, GROUPS, LEFT
from newsletter.web.api.once import LONGEST
from newsletter.web.api.page import groups_of, shapes_of
from newsletter.web.api.pressed import Pressed
from newsletter.web.api.problems import MEDIA, Problem, add_to
from newsletter.web.api.uploads import JSON
from newsletter.web.page import page
from newsletter.web.place import kept_of
from newsletter.web.roles import role_for

ROOMS = (
    newsletters,
    planning,
    sources,
    items,
    events,
    issues,
    outline,
    history,
    sending,
    themes,
    readers,
    people,
    machine,
)
WRONG: dict[int | str, dict[str, Any]] = {
    code: {"description": what, "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for code, what in {
        400: "The request cannot be read.",
        401: "No token, or one that is over.",
        403: "The token, or its person, may not do that.",
        404: "There is no such thing.",
        409: "The state does not allow it.",
        411: "The request does not say how long its body is.",
        412: "Somebody changed it meanwhile: it is not at the version of If-Match any more.",
        413: "The body is too large.",
        415: "The body is of a kind that is not taken here.",
        422: "A value cannot be used.",
        429: "Too many wrong tokens; Retry-After says for how long to wait.",
        500: "Something went wrong here.",
        503: "The database does not answer.",
    }.items()
}


NEXT = {"description": "Where the next page is, as rel=next (RFC 8288).", "schema": {"type": "string"}}
VERSION = {"description": "The version, for If-Match.", "schema": {"type": "string"}}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": LONGEST},
    "description": "A text of your own: with it the request is done once, however often it is sent within a day.",
}


def routers() -> list[APIRouter]:
    """All routes of the API."""
    return [*(room.router for room in ROOMS), readers.lists]


def routes() -> list[APIRoute]:
    """All operations."""
    return [route for router in routers() for route in router.routes if isinstance(route, APIRoute)]


@cache
def application() -> FastAPI:
    """The API, once for a process: the guard says with each request which workspace it is for."""
    api = FastAPI(
        title="Newsletter desk",
        version=__version__,
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        servers=[{"url": "/api"}],
        openapi_tags=[{"name": one.name, "description": one.about, "x-example": one.example} for one in GROUPS],
        responses=WRONG,
        redirect_slashes=False,
    )
    api.state.posts = lambda path: Role.READER
    api.state.operations = routes()
    for router in routers():
        api.include_router(router)
    for path in ("/openapi.json", "/docs/openapi.json"):
        api.add_api_route(path, document, include_in_schema=False)
    api.add_api_route("/docs", docs, include_in_schema=False)
    api.add_api_route("/docs/shapes", shapes, include_in_schema=False)
    api.add_api_route("/", lambda: RedirectResponse("/api/docs", 303), include_in_schema=False)
    add_to(api)
    return api


def described(api: FastAPI) -> dict[str, Any]:
    """The OpenAPI document."""
    if api.openapi_schema is None:
        found = api.openapi()
        schemas = found.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = Problem.model_json_schema()
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        needed = {
            (route.path, method.lower()): role_for({method}, route.dependencies)
            for route in routes()
            for method in route.methods or ()
        }
        for path, operations in found["paths"].items():
            for method, operation in operations.items():
                role = needed[path, method]
                operation["x-role"] = role.value
                operation["x-scope"] = next(scope.value for scope in Scope if scope.role is role)
                operation["responses"]["422"] = WRONG[422]
                _tell_headers(operation, method)
    return api.openapi_schema or {}


def _tell_headers(operation: dict[str, Any], method: str) -> None:
    """What stands in headers: the next page, the version, and a key that makes a request safe to send again."""
    good = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
    if any(one["name"] == "cursor" for one in operation.get("parameters", ())):
        good["headers"] = {"Link": NEXT}
    if "IssueJson" in str(good):
        good["headers"] = {"ETag": VERSION}
    media = operation.get("requestBody", {}).get("content", {})
    if method == "post" and (JSON in media or not media):
        operation.setdefault("parameters", []).append(KEY)


def document(request: Request) -> Response:
    """The OpenAPI document."""
    return kept_of(request, Pressed).answer(request, "document", lambda asked: JSONResponse(described(asked.app)))


def docs(request: Request) -> Response:
    """The operations on one page, drawn here: no script, nothing from elsewhere. A program gets the document itself."""
    accepted = request.headers.get("accept", "")
    if "json" in accepted and "html" not in accepted:
        return document(request)
    return kept_of(request, Pressed).answer(request, "docs", _drawn)


def _drawn(request: Request) -> Response:
    found = described(request.app)
    return page(request, "api", document=found, groups=groups_of(found), left={**LEFT, **ELSEWHERE})


def shapes(request: Request) -> Response:
    """What answers are made of."""
    return kept_of(request, Pressed).answer(
        request, "shapes", lambda asked: page(asked, "api_shapes", shapes=shapes_of(described(asked.app)))
    )
