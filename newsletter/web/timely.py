"""A body comes in its time: who sends a byte a minute does not hold a place of the desk (RFC 9110, 15.5.9)."""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from newsletter.clock import Clock
from newsletter.web.languages import gettext as _

SECONDS = 60.0
"""For any body."""
SPEED = 10_000
"""Bytes in a second that a long one comes with at least."""


def in_time(receive: Receive, clock: Clock) -> Receive:
    """The messages of a request, as long as its body comes in its time; then HTTPException 408."""
    begun, size, is_whole = clock.monotonic(), 0, False

    async def receiving() -> Message:
        nonlocal size, is_whole
        if is_whole:
            return await receive()
        left = SECONDS + size / SPEED - (clock.monotonic() - begun)
        try:
            async with asyncio.timeout(max(0.0, left)):
                message = await receive()
        except TimeoutError:
            is_whole = True  # it is not waited for again
            raise HTTPException(
                408, _("What was sent did not arrive in time; try again when the connection is better.")
            ) from None
        size += len(message.get("body", b""))
        is_whole = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    return receiving
