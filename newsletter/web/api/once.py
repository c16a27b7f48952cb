"""Idempotency-Key: a request that is sent again, because its answer was lost, does nothing twice.

After draft-ietf-httpapi-idempotency-key-header: the same key with another request is 422, one still under way 409.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from datetime import timedelta
from hashlib import sha256
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse

from newsletter.errors import NewsletterError, Refused
from newsletter.model.secret import hashed
from newsletter.store import tokens
from newsletter.store.tokens import Answer
from newsletter.web.api.problems import WrongKind
from newsletter.web.api.uploads import kind_of
from newsletter.web.place import Place, place_of

KEPT = timedelta(days=1)
LONGEST = 255
JSONS = ("application/json",)


class Route(APIRoute):
    """A route of the API: its body is JSON, and a POST with an Idempotency-Key is done once."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, behind the look at the key."""
        inside = super().get_route_handler()

        async def handle(request: Request) -> Response:
            if self.body_field is not None and _has_body(request) and kind_of(request) not in JSONS:
                raise WrongKind(["application/json"])
            key = request.headers.get("idempotency-key")
            if request.method != "POST" or not key:
                return await inside(request)
            if len(key) > LONGEST or not key.isprintable():
                raise NewsletterError("An Idempotency-Key has at most 255 characters.", where="Idempotency-Key")
            secret = request.headers.get("authorization", "").partition(" ")[2].strip()
            asked = f"{request.method} {request.url.path}?{request.url.query}\n".encode() + await _said(request)
            digest, place = sha256(asked).hexdigest(), place_of(request)
            token, before = await run_in_threadpool(_begin, place, hashed(secret), key, digest)
            if token is None:
                return await inside(request)  # it is told there that nobody knows this token
            if before is not None:
                return _again(before, digest)
            try:
                answer = await inside(request)
            except BaseException:
                await run_in_threadpool(_give_up, place, token, key)
                raise
            if isinstance(answer, FileResponse):  # nothing was changed, and it is long
                await run_in_threadpool(_give_up, place, token, key)
            else:
                await run_in_threadpool(_finish, place, token, key, answer)
            return answer

        return handle


async def _said(request: Request) -> bytes:
    """The body, without the boundary of a form: a program that sends it again draws another one."""
    body = await request.body()
    boundary = re.search(r"boundary=\"?([^\";]+)", request.headers.get("content-type", ""))
    return body.replace(boundary[1].encode("latin-1"), b"") if boundary else body


def _has_body(request: Request) -> bool:
    return request.headers.get("content-length", "0") != "0"


def _begin(place: Place, secret: str, key: str, digest: str) -> tuple[int | None, Answer | None]:
    now = place.clock.now()
    with place.store.writing() as tx:
        token = tokens.find(tx, secret, now)
        if token is None:
            return None, None
        return token.id, tokens.begin(tx, token.id, key, digest, now=now, forget_before=now - KEPT)


def _again(before: Answer, digest: str) -> Response:
    if before.request_hash != digest:
        raise NewsletterError(
            "This Idempotency-Key was used for another request; take a fresh one.", where="Idempotency-Key"
        )
    if before.status is None:
        raise Refused("The request with this Idempotency-Key is still under way.", where="Idempotency-Key")
    headers = {"idempotent-replayed": "true"}
    return Response(before.body or "", before.status, headers=headers, media_type="application/json")


def _finish(place: Place, token: int, key: str, answer: Response) -> None:
    with place.store.writing() as tx:
        tokens.finish(tx, token, key, status=answer.status_code, body=bytes(answer.body).decode())


def _give_up(place: Place, token: int, key: str) -> None:
    with place.store.writing() as tx:
        tokens.give_up(tx, token, key)
