"""The application under `/api`, its description as OpenAPI 3.1, and a page of our own that shows it."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.responses import JSONResponse, RedirectResponse

from newsletter import __version__
from newsletter.model.user import Role
from newsletter.web.api import events, issues, items, newsletters, people, readers, sending
from newsletter.web.api.problems import MEDIA, Problem, add_to
from newsletter.web.page import page
from newsletter.web.place import Place
from newsletter.web.roles import role_for

ROOMS = (newsletters, items, events, issues, sending, readers, people)
ABOUT = (
    "The operations of the command line for programs, in the same shapes as its `--json`. Show a token of your account "
    "page as `Authorization: Bearer nld_…`; its scope is read, edit, publish or admin, and it may never do more than "
    "its person. Errors are problem details (RFC 9457). Long lists come in pages: follow the Link header with "
    "rel=next. A POST with an Idempotency-Key is done once. ETag and If-Match keep two from writing over each other."
)
WRONG: dict[int | str, dict[str, Any]] = {
    code: {"description": what, "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for code, what in {
        400: "The request cannot be read.",
        401: "No token, or one that is over.",
        403: "The token, or its person, may not do that.",
        404: "There is no such thing.",
        409: "The state does not allow it, or somebody changed it meanwhile.",
        413: "The body is too large.",
        422: "A value cannot be used.",
        503: "The database does not answer.",
    }.items()
}


def build(place: Place) -> FastAPI:
    """The API of one workspace."""
    api = FastAPI(
        title="Newsletter desk",
        version=__version__,
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        servers=[{"url": "/api"}],
        responses=WRONG,
        redirect_slashes=False,
    )
    api.state.place = place
    api.state.posts = lambda path: Role.READER
    for room in ROOMS:
        api.include_router(room.router)
    api.add_api_route("/openapi.json", lambda: JSONResponse(described(api)), include_in_schema=False)
    api.add_api_route("/docs", docs, include_in_schema=False)
    api.add_api_route("/", lambda: RedirectResponse("/api/docs", 303), include_in_schema=False)
    add_to(api)
    return api


def described(api: FastAPI) -> dict[str, Any]:
    """The OpenAPI document."""
    if api.openapi_schema is None:
        document = api.openapi()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = Problem.model_json_schema()
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        needed = {
            (route.path, method.lower()): role_for({method}, route.dependencies)
            for room in ROOMS
            for route in room.router.routes
            for method in route.methods
        }
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                operation["x-role"] = needed[path, method].value
                operation["responses"]["422"] = WRONG[422]
    return api.openapi_schema or {}


def docs(request: Request) -> Response:
    """The operations on one page, drawn here: no script, nothing from elsewhere."""
    return page(request, "api", document=described(request.app))
