"""Errors for programs: problem details (RFC 9457), one sentence in `detail` as people get it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse

from newsletter.errors import Conflict, NewsletterError, NotFound, Refused
from newsletter.web.mending import for_programs
from newsletter.web.roles import NotYours

MEDIA = "application/problem+json"
SHOWN = 10
"""Mistakes of one request that are told."""
_STATUS: dict[type[NewsletterError], int] = {NotFound: 404, Conflict: 409, Refused: 409, NotYours: 403}
_CODES = {"exists": 409, "database": 503, "no-token": 401, "content-type": 415, "too-many": 429}


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    """As the command line tells it: stable, for programs."""
    where: str | None = None


class NoToken(NewsletterError):
    """Nobody, or nobody any more, is behind this request. 401."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="no-token", where="Authorization")


class WrongKind(NewsletterError):
    """The body is of a kind that this operation does not take. 415."""

    def __init__(self, kinds: Sequence[str]) -> None:
        super().__init__(f"Send the body as {' or '.join(kinds)}.", code="content-type", where="Content-Type")


class TooMany(NewsletterError):
    """Somebody tries one token after another. 429; `wait` is in seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__("Too many wrong tokens came from your address; wait a little.", code="too-many")
        self.wait = wait


def problem(
    status: int, detail: str, *, code: str, where: str | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """The answer to a request that did not work."""
    told = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, code=code, where=where)
    if status == 401:
        headers = {"www-authenticate": 'Bearer realm="newsletter"', **(headers or {})}
    return JSONResponse(told.model_dump(), status, media_type=MEDIA, headers=headers)


def add_to(app: FastAPI) -> None:
    """Answer all errors of an application so."""
    app.add_exception_handler(NewsletterError, _told)
    app.add_exception_handler(HTTPException, _wrong)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _broken)


async def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, NewsletterError)
    status = _CODES.get(error.code) or next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 422)
    if isinstance(error, Conflict) and "if-match" in request.headers:
        status = 412  # RFC 9110, 13.1.1
    headers = {"retry-after": str(error.wait)} if isinstance(error, TooMany) else None
    return problem(status, for_programs(error.message), code=error.code, where=_as_field(error.where), headers=headers)


def _as_field(where: str | None) -> str | None:
    """The name of a field, where the command line would name its option."""
    return where.removeprefix("--").replace("-", "_") if where and where.startswith("--") else where


async def _wrong(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentences = {404: "There is nothing at this address.", 405: "This address does not take that method."}
    detail = sentences.get(error.status_code, str(error.detail))
    headers = error.headers
    if error.status_code == 405:
        headers = {"allow": ", ".join(_methods(request))}
    return problem(error.status_code, detail, code="http", headers=headers)


def _methods(request: Request) -> list[str]:
    """All methods that an address takes (RFC 9110, 15.5.6): each has a route of its own."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    return sorted(
        {method for route in request.app.state.operations if route.path_regex.match(path) for method in route.methods}
    )


async def _unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    mistakes = error.errors()
    if any(one["type"] == "json_invalid" for one in mistakes):
        return problem(400, "The body is not JSON.", code="json", where="body")
    told = [f"{_where(one)}: {one['msg']}" for one in mistakes[:SHOWN]]
    return problem(422, f"{'; '.join(told)}.", code="invalid", where=_where(mistakes[0]))


def _where(mistake: Mapping[str, Any]) -> str:
    """Where it is, without what was sent: that need not be text at all."""
    path = ".".join(str(part) for part in mistake["loc"])
    return path.encode("ascii", "backslashreplace").decode()[:200]


async def _broken(request: Request, error: Exception) -> Response:
    return problem(500, "Something went wrong here; the log of the server says what.", code="broken")


async def _gone(request: Request, error: Exception) -> Response:
    """Whoever asked hung up in the middle of it: nobody reads this, and it is no fault of ours to log."""
    return problem(400, "The request ended before its body did.", code="ended")
