"""Idempotency-Key: a request that is sent again, because its answer was lost, does nothing twice.

After draft-ietf-httpapi-idempotency-key-header: the same key with another request is 422, one still under way 409.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse

from newsletter.errors import NewsletterError, Refused
from newsletter.store import tokens
from newsletter.store.tokens import Answer
from newsletter.web.api.caller import let_in
from newsletter.web.api.problems import WrongKind
from newsletter.web.api.repeating import heard
from newsletter.web.api.uploads import kind_of
from newsletter.web.place import Place, place_of

KEPT = timedelta(days=1)
LONGEST = 255
JSONS = ("application/json",)


class ToldOnce:
    """The word of one route: its answer holds a secret, and is kept nowhere."""

    def __call__(self) -> None:
        """Nothing here: the route looks when it has its answer."""


told_once = Depends(ToldOnce())


class Route(APIRoute):
    """A route of the API: its body is JSON, and a POST with an Idempotency-Key is done once.

    Nothing of a body is read before the token is known, and may do this; that holds for what is only told again, too.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, behind the look at the token and the key."""
        inside = super().get_route_handler()
        secret = any(isinstance(one.dependency, ToldOnce) for one in self.dependencies)

        async def handle(request: Request) -> Response:
            token = await run_in_threadpool(let_in, request)
            if self.body_field is not None and _has_body(request) and kind_of(request) not in JSONS:
                raise WrongKind(["application/json"])
            key = request.headers.get("idempotency-key")
            if request.method != "POST" or not key:
                return await inside(request)
            if len(key) > LONGEST or not key.isprintable():
                raise NewsletterError("An Idempotency-Key has at most 255 characters.", where="Idempotency-Key")
            place = place_of(request)
            async with heard(request) as (digest, again):
                before = await run_in_threadpool(_begin, place, token.id, key, digest)
                if before is not None:
                    return _again(before, digest)
                try:
                    answer = await inside(again)
                except BaseException:
                    await run_in_threadpool(_give_up, place, token.id, key)
                    raise
            if isinstance(answer, FileResponse):  # nothing was changed, and it is long
                await run_in_threadpool(_give_up, place, token.id, key)
            else:
                await run_in_threadpool(_finish, place, token.id, key, answer, secret)
            return answer

        return handle


def _has_body(request: Request) -> bool:
    return request.headers.get("content-length", "0") != "0"


def _begin(place: Place, token: int, key: str, digest: str) -> Answer | None:
    now = place.clock.now()
    with place.store.writing() as tx:
        return tokens.begin(tx, token, key, digest, now=now, forget_before=now - KEPT)


def _again(before: Answer, digest: str) -> Response:
    if before.request_hash != digest:
        raise NewsletterError(
            "This Idempotency-Key was used for another request; take a fresh one.", where="Idempotency-Key"
        )
    if before.status is None:
        raise Refused("The request with this Idempotency-Key is still under way.", where="Idempotency-Key")
    if before.body is None:
        raise Refused(
            "That was done already; its answer held a secret and is not kept. Ask anew with a fresh Idempotency-Key.",
            code="told-once",
            where="Idempotency-Key",
        )
    headers = {"idempotent-replayed": "true"}
    return Response(before.body, before.status, headers=headers, media_type="application/json")


def _finish(place: Place, token: int, key: str, answer: Response, secret: bool) -> None:
    body = None if secret else bytes(answer.body).decode()
    with place.store.writing() as tx:
        tokens.finish(tx, token, key, status=answer.status_code, body=body)


def _give_up(place: Place, token: int, key: str) -> None:
    with place.store.writing() as tx:
        tokens.give_up(tx, token, key)
