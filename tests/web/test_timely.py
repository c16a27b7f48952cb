"""A body that comes slowly, or never, is not waited for; one that comes in its time may be long."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from newsletter.clock import Clock
from newsletter.web import timely
from newsletter.web.timely import in_time


@pytest.mark.parametrize("begun", [b"", b"name=Ed"])
def test_a_form_that_stays_half_sent_is_answered_and_the_line_closed(
    visitor: Any, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(timely, "SECONDS", 0.1)
    told: list[Any] = []

    async def ask() -> None:
        parts = iter([{"type": "http.request", "body": begun, "more_body": True}] if begun else [])

        async def receive() -> Any:
            return next(parts, None) or await asyncio.Event().wait()

        async def send(message: Any) -> None:
            told.append(message)

        headers = {"host": "127.0.0.1:8000", "origin": "http://127.0.0.1:8000", "content-length": "90"}
        headers["content-type"] = "application/x-www-form-urlencoded"
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/signin",
            "raw_path": b"/signin",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 9),
            "server": ("127.0.0.1", 8000),
            "scheme": "http",
        }
        async with asyncio.timeout(20):
            await visitor.client.app(scope, receive, send)

    asyncio.run(ask())
    assert told[0]["status"] == 408
    assert dict(told[0]["headers"])[b"connection"] == b"close"
    assert told[1]["body"] == b"What was sent did not arrive in time; try again when the connection is better.\n"


def test_a_long_body_has_time_by_its_length_and_afterwards_nothing_is_hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [
        {"type": "http.request", "body": b"x" * 1_000_000, "more_body": True},
        {"type": "http.request", "body": b"y", "more_body": False},
    ]

    async def read() -> list[str]:
        waits = iter([0.0, 0.05, 0.05])

        async def receive() -> Any:
            await asyncio.sleep(next(waits))
            return parts.pop(0) if parts else {"type": "http.disconnect"}

        monkeypatch.setattr(timely, "SECONDS", 5.0)
        part = in_time(receive, Clock())
        first = await part()
        monkeypatch.setattr(timely, "SECONDS", 0.0)  # a million bytes more than make up for it
        return [first["type"], (await part())["type"], (await part())["type"]]

    assert asyncio.run(read()) == ["http.request", "http.request", "http.disconnect"]
