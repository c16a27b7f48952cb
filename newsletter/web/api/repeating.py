"""The body of a request that may come twice: read to the disk where it is long, and what it says, as a hash."""

from __future__ import annotations

import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256

from fastapi import Request
from starlette.types import Message

from newsletter.web.api.uploads import kind_of

IN_MEMORY = 256 * 1024
"""Bytes of a body that are held in memory; the rest goes to the disk."""
CHUNK = 64 * 1024


class Saying:
    """The hash of a body as it comes. The boundary of a form does not count: who sends it again draws another one."""

    def __init__(self, content_type: str) -> None:
        found = re.search(r"boundary=(?:\"([^\"]+)\"|([^\s;\"]+))", content_type, re.IGNORECASE)
        named = (found[1] or found[2]) if found else ""
        # With its line end before it (RFC 2046, 5.1.1) it stands nowhere inside of a part.
        self._between = f"\r\n--{named}".encode("latin-1") if named else b""
        self._all, self._part, self._rest = sha256(), sha256(), b"\r\n" if named else b""

    def add(self, chunk: bytes) -> None:
        """The next bytes."""
        if not self._between:
            self._part.update(chunk)
            return
        *parts, rest = (self._rest + chunk).split(self._between)
        for part in parts:
            self._part.update(part)
            # Each part by its own hash: no text within a part can look like the space between two.
            self._all.update(self._part.digest())
            self._part = sha256()
        ends = max(len(rest) - len(self._between) + 1, 0)
        self._part.update(rest[:ends])
        self._rest = rest[ends:]

    def digest(self) -> bytes:
        """Of everything that came."""
        self._part.update(self._rest)
        self._all.update(self._part.digest())
        return self._all.digest()


@asynccontextmanager
async def heard(request: Request) -> AsyncIterator[tuple[str, Request]]:
    """What a request asks for, as a hash, and the request to read once more; gone with its body in the end."""
    saying = Saying(request.headers.get("content-type", ""))
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as body:
        async for chunk in request.stream():
            saying.add(chunk)
            body.write(chunk)
        body.seek(0)
        asked = f"{request.method} {request.url.path}?{request.url.query}\n{kind_of(request)}\n".encode()
        ended = False

        async def receive() -> Message:
            nonlocal ended
            if ended:
                return await request.receive()
            chunk = body.read(CHUNK)
            ended = not chunk
            return {"type": "http.request", "body": chunk, "more_body": not ended}

        yield sha256(asked + saying.digest()).hexdigest(), Request(request.scope, receive)
