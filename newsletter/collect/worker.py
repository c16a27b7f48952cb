"""Reading documents in a process of its own: a document that hangs or kills its reader is one reason, no more."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection
from types import TracebackType
from typing import TYPE_CHECKING

from newsletter.collect.found import Document, Found, Unreadable

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

TIME_LIMIT = 30.0
"""Seconds for one document."""
_START_LIMIT = 60.0
_MEMORY = 2 * 1024**3
_READY = "ready"


class Reader:
    """A worker process that reads one document after another; started when it is first needed."""

    def __init__(self, time_limit: float = TIME_LIMIT) -> None:
        self._time_limit = time_limit
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start the process, without waiting until it is ready."""
        if self._process is not None:
            return
        context = multiprocessing.get_context("spawn")  # fork beside threads hangs
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs,), name="newsletter-reader", daemon=True)
        self._process.start()
        theirs.close()

    def read(self, document: Document) -> Found:
        """What the document holds. Raises Unreadable, also where reading took too long or ended the process."""
        fresh = self._process is None
        self.start()
        assert self._pipe is not None
        try:
            if (fresh or not self._ready) and not self._wait_until_ready():
                raise Unreadable("The process that reads documents did not start; try again.")
            self._pipe.send(document)
            if not self._pipe.poll(self._time_limit):
                self.stop()
                raise Unreadable(f"Reading it took longer than {self._time_limit:g} s, and was stopped.")
            answer: Found | str = self._pipe.recv()
        except (EOFError, OSError) as cause:
            self.stop()
            raise Unreadable("Reading it ended the process that reads documents; it may be too large.") from cause
        if isinstance(answer, str):
            raise Unreadable(answer)
        return answer

    _ready = False

    def _wait_until_ready(self) -> bool:
        assert self._pipe is not None
        if self._pipe.poll(_START_LIMIT) and self._pipe.recv() == _READY:
            self._ready = True
            return True
        self.stop()
        return False

    def stop(self) -> None:
        """End the process, whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.join(10)
            self._process.close()
        if self._pipe is not None:
            self._pipe.close()
        self._process, self._pipe, self._ready = None, None, False


def _work(pipe: Connection) -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us
    _limit_memory()
    from newsletter.collect.reading import read_document

    pipe.send(_READY)
    while True:
        try:
            document: Document = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            answer: Found | str = read_document(document)
        except Unreadable as cause:
            answer = cause.reason
        except MemoryError:
            answer = "Reading it needs too much memory."
        except Exception as cause:
            answer = f"It cannot be read: {type(cause).__name__}."
        pipe.send(answer)


def _limit_memory() -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    except (ImportError, ValueError, OSError):
        return
