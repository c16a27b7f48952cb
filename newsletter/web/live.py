"""What others do meanwhile, told to the pages that are open by server-sent events (WHATWG HTML, 9.2).

One poller in a process asks the database, each second and only while somebody listens. A kind of news is a function
of the database: its value is told when it differs from what was told last. `KINDS[name] = function` adds one.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, StreamingResponse

from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.model.publication import PublicationId
from newsletter.store import Store, Tx, arrivals
from newsletter.web.numbers import LARGEST
from newsletter.web.place import place_of, user_of

router = APIRouter()
log = logging.getLogger(__name__)

PAUSE = 1.0
"""Seconds between two looks at the database."""
SHARE = 10
"""Counting the ledger of a million readers takes 0.2 s: at most one part in so many of the time."""
MOST = 200
"""Pages that listen at the same time; one more has to come back later."""
MOST_OF_ONE = 20
"""Pages of one person; the one that listens longest gives way to one more, and comes back if it is still open."""
LIFETIME = 120.0
"""Seconds after which a page comes back by itself: a session that was ended does not listen on."""
QUIET = 15.0
"""Seconds after which a line is sent although there is no news, so that a broken connection is noticed."""

Ask = Callable[[Tx, PublicationId], Any]

KINDS: dict[str, Ask] = {"issue": arrivals.drafts, "sending": arrivals.going_out}
"""What is told, as JSON, and where it comes from. `arrived` comes beside: it depends on what a page shows."""


class Listener:
    """One open page: which newsletter it shows, up to which item, and to whom."""

    def __init__(self, publication: PublicationId, upto: int, user: int = 0) -> None:
        self.publication, self.upto, self.user = publication, upto, user
        self.gives_way = False
        self.tick = asyncio.Event()
        self._told: dict[str, str] = {}
        self._news: dict[str, str] = {}

    def hear(self, kinds: dict[str, str], waiting: list[arrivals.Arrival]) -> None:
        """What is known now; what it was not told yet waits to be sent."""
        new = [one for one in waiting if one.item > self.upto]
        count = len({("story", one.story) if one.story else ("item", one.item) for one in new})
        for kind, value in {**kinds, "arrived": json.dumps({"count": count})}.items():
            if self._told.get(kind) != value:
                self._told[kind] = self._news[kind] = value
        self.tick.set()

    def take(self) -> bytes:
        """The news as events."""
        news, self._news = self._news, {}
        return "".join(f"event: {kind}\ndata: {value}\n\n" for kind, value in news.items()).encode()


class Live:
    """Who listens in this process, and the one poller for all of them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._listeners: dict[Listener, None] = {}  # the oldest first
        self._poller: asyncio.Task[None] | None = None
        self._ended = False

    @property
    def is_full(self) -> bool:
        """Whether one more page would be too many."""
        return len(self._listeners) >= MOST

    @property
    def is_polling(self) -> bool:
        """Whether somebody listens."""
        return self._poller is not None and not self._poller.done()

    def end(self) -> None:
        """Let all streams end within a second: the process stops."""
        self._ended = True

    async def stream(self, listener: Listener) -> AsyncIterator[bytes]:
        """The events for one page, until it goes, its time is over, or we end."""
        of_one = [one for one in self._listeners if one.user == listener.user and not one.gives_way]
        for oldest in of_one[: max(0, len(of_one) + 1 - MOST_OF_ONE)]:
            oldest.gives_way = True
            oldest.tick.set()
        self._listeners[listener] = None
        if not self.is_polling:
            self._poller = asyncio.create_task(self._poll())
        try:
            begun = spoken = self._clock.monotonic()
            yield b"retry: 2000\n\n"
            while not (self._ended or listener.gives_way) and self._clock.monotonic() - begun < LIFETIME:
                await listener.tick.wait()
                listener.tick.clear()
                if news := listener.take():
                    yield news
                elif self._clock.monotonic() - spoken > QUIET:
                    yield b": still here\n\n"
                else:
                    continue
                spoken = self._clock.monotonic()
        finally:
            self._listeners.pop(listener, None)

    async def _poll(self) -> None:
        while self._listeners and not self._ended:
            wanted: dict[PublicationId, int] = {}
            for listener in self._listeners:
                lowest = wanted.get(listener.publication, listener.upto)
                wanted[listener.publication] = min(lowest, listener.upto)
            begun = self._clock.monotonic()
            try:
                found = await run_in_threadpool(self._look, wanted)
                for listener in self._listeners:
                    if listener.publication in found:
                        listener.hear(*found[listener.publication])
            except NewsletterError as error:  # the database does not answer: the next second it may
                log.warning("The open pages cannot be told news: %s", error.message)
            await asyncio.sleep(max(PAUSE, (self._clock.monotonic() - begun) * SHARE))
            for listener in self._listeners:
                listener.tick.set()  # each looks at its watch

        for listener in self._listeners:
            listener.tick.set()

    def _look(
        self, wanted: dict[PublicationId, int]
    ) -> dict[PublicationId, tuple[dict[str, str], list[arrivals.Arrival]]]:
        with self._store.reading() as tx:
            return {
                publication: (
                    {kind: json.dumps(ask(tx, publication)) for kind, ask in KINDS.items()},
                    arrivals.since(tx, publication, upto),
                )
                for publication, upto in wanted.items()
            }


@router.api_route("/live", methods=["GET", "HEAD"])
async def live(request: Request, upto: int = 0) -> Response:
    """The stream of an open page. `upto`: the highest number of an item that the page knows.

    503 where too many listen; HEAD tells whether the session still holds.
    """
    if request.method == "HEAD":
        return Response(status_code=204)
    telling: Live = place_of(request).kept[Live]
    if telling.is_full:
        return PlainTextResponse("Too many pages listen already.\n", 503, {"retry-after": "30"})
    publication = await run_in_threadpool(place_of(request).publication)
    listener = Listener(publication.id, max(0, min(upto, LARGEST)), user_of(request).id)
    return StreamingResponse(
        telling.stream(listener),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )
