"""Every change through the desk and the API goes into the audit log, without a word in the rooms themselves.

What changed is told by the route and its address; of the form only what names a thing or a decision, never a text or a
password. A room that knows better says so with `remark`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from newsletter.model.deed import Via
from newsletter.model.user import User
from newsletter.store import audit
from newsletter.web.place import Place

TELLING = frozenset(
    {"do", "item", "issue", "section", "decision", "at", "finding", "event", "occurrence", "publication", "state"}
)
"""Fields of forms that say what was done, and hold no text."""
_SECRET = re.compile(r"^/setup/.*")
LONGEST_FORM = 16_384
LONGEST_VALUE = 200
QUIET = frozenset({"keys.switch", "outline.markdown", "presence.say", "reading.reading"})
"""Deeds that change nothing, or but how a page looks to one person."""


class Recording:
    """One request that may change something: listens in on its form and its answer."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        headers = dict(scope["headers"])
        self._is_form = headers.get(b"content-type", b"").startswith(b"application/x-www-form-urlencoded")
        self._body = b""
        self._status = 0

    async def receive(self) -> Message:
        """The next part of the request."""
        message = await self._receive()
        if self._is_form and message["type"] == "http.request" and len(self._body) <= LONGEST_FORM:
            self._body += message.get("body", b"")
        return message

    async def send(self, message: Message) -> None:
        """The next part of the answer."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
        await self._send(message)

    def keep(self, place: Place) -> None:
        """Write it down, where somebody known changed something."""
        state: dict[str, Any] = self._scope["state"]
        user: User | None = state.get("actor") or state.get("user")
        deed: str = state.get("deed", "")
        if user is None or not deed or deed in QUIET or state.get("refused") or not 200 <= self._status < 400:
            return
        client = self._scope.get("client")
        via: Via = "api" if self._scope["path"].startswith("/api/") else "desk"
        with place.store.writing() as tx:
            audit.add(
                tx,
                at=place.clock.now(),
                who=user.name,
                via=via,
                deed=deed,
                subject=state.get("subject") or _SECRET.sub("/setup/…", self._scope["path"]),
                address=client[0] if client else None,
                publication=place.publication_id,
                detail={**self._told(), **state.get("remarks", {})},
            )

    def _told(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if not self._body or len(self._body) > LONGEST_FORM:
            return found
        for name, value in parse_qsl(self._body.decode("utf-8", "replace")):
            if name in TELLING:
                before = found.get(name)
                value = value[:LONGEST_VALUE]
                found[name] = value if before is None else [*(before if isinstance(before, list) else [before]), value]
        return {name: value[:50] if isinstance(value, list) else value for name, value in found.items()}


def deed_of(endpoint: Callable[..., Any]) -> str:
    """How a route is called in the log, a page's or a program's alike: `sending.approve`. `via` tells which it was."""
    return f"{endpoint.__module__.rpartition('.')[2]}.{endpoint.__name__}"


def remark(request: Request, subject: str | None = None, **detail: Any) -> None:
    """Say more in the audit log about what this request does: to whom or what, and how."""
    state = request.scope["state"]
    if subject is not None:
        state["subject"] = subject
    state.setdefault("remarks", {}).update(detail)
