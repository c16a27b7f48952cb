"""Reading documents in a process of its own: a document that hangs or kills its reader is one reason, no more."""

from __future__ import annotations

import json
import subprocess
import sys
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from types import TracebackType

from newsletter.collect.found import Document, Found, Unreadable

TIME_LIMIT = 30.0
"""Seconds for one document."""
_START_LIMIT = 60.0
_MEMORY = 2 * 1024**3
_READY = "ready"
_PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[2]); "
    "from newsletter.collect.worker import work; work(int(sys.argv[1]))"
)


class Reader:
    """A worker process that reads one document after another; started when it is first needed."""

    def __init__(self, time_limit: float = TIME_LIMIT) -> None:
        self._time_limit = time_limit
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def _start(self) -> None:
        # Not by multiprocessing: fork hangs beside threads, and spawn runs our caller's main module again.
        ours, theirs = Pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(theirs.fileno()), json.dumps(sys.path)],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us: we end it
        )
        theirs.close()
        self._pipe = ours
        if not (ours.poll(_START_LIMIT) and ours.recv() == _READY):
            self.stop()
            raise Unreadable("The process that reads documents did not start; try again.")

    def read(self, document: Document) -> Found:
        """What the document holds. Raises Unreadable, also where reading took too long or ended the process."""
        try:
            if self._pipe is None:
                self._start()
            assert self._pipe is not None
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

    def stop(self) -> None:
        """End the process, whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
        if self._pipe is not None:
            self._pipe.close()
        self._process, self._pipe = None, None


def work(handle: int) -> None:
    """What the worker process does: read what comes through the pipe of this file handle, until it is closed."""
    pipe = Connection(handle)
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
