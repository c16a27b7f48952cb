"""What a loop over many sockets stands on: which are ready, what was posted to it, and what is done apart from it."""

from __future__ import annotations

import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

_READ_AND_WRITE = selectors.EVENT_READ | selectors.EVENT_WRITE


class Loop:
    """Used by one thread, but for `post`. What waits by its nature is done `apart`, and comes back as a post."""

    def __init__(self) -> None:
        self._posted: deque[Callable[[], None]] = deque()
        self._apart = 0

    def __enter__(self) -> Loop:
        self._ready = selectors.DefaultSelector()
        self._ear, self._mouth = socket.socketpair()
        self._ear.setblocking(False)
        self._mouth.setblocking(False)
        self._ready.register(self._ear, selectors.EVENT_READ)
        return self

    def __exit__(self, *_: object) -> None:
        self._ready.close()
        self._ear.close()
        self._mouth.close()

    @property
    def is_waiting(self) -> bool:
        """Whether something is being done apart, or was posted."""
        return self._apart > 0 or bool(self._posted)

    def ready(self, patience: float) -> Iterator[Any]:
        """What belongs to the sockets that are ready, within so many seconds; at once where something is posted."""
        for key, _ in self._ready.select(0.0 if self._posted else patience):
            if key.data is not None:
                yield key.data
                continue
            with suppress(BlockingIOError):
                self._ear.recv(4096)

    def do_posted(self) -> None:
        """All that was posted so far."""
        while self._posted:
            self._posted.popleft()()

    def post(self, work: Callable[[], None]) -> None:
        """Let the loop do this next. From any thread."""
        self._posted.append(work)
        with suppress(OSError):  # full: it wakes anyway
            self._mouth.send(b".")

    def apart(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Something that waits; what it returned, or the exception it raised, is given to `then` by the loop."""
        self._apart += 1

        def back(result: Any) -> None:
            self._apart -= 1
            then(result)

        def run() -> None:
            try:
                result = work()
            except BaseException as cause:
                result = cause
            self.post(lambda: back(result))

        threading.Thread(target=run, name="smtp-apart", daemon=True).start()

    def listen(self, sock: socket.socket, owner: object) -> None:
        """Wait for what comes on this socket."""
        self._ready.register(sock, selectors.EVENT_READ, owner)

    def also_write(self, sock: socket.socket, owner: object, on: bool) -> None:
        """Whether to wait until it takes more, too."""
        self._ready.modify(sock, _READ_AND_WRITE if on else selectors.EVENT_READ, owner)

    def deaf_to(self, sock: socket.socket) -> None:
        """At once where it is closed: the system gives its number to the next socket."""
        with suppress(KeyError, ValueError, OSError):
            self._ready.unregister(sock)
