"""Work in a process of its own, under limits of time and memory: what hangs or kills it is one reason, no more."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import threading
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Literal

MEMORY = 2 * 1024**3
"""Bytes of address space."""
_START_LIMIT = 60.0
_READY = "ready"
_PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[2]); "
    "from newsletter.bounded import serve; serve(int(sys.argv[1]), sys.argv[3])"
)


class Unfinished(Exception):
    """The work gave no answer: it took too long, ended its process, asked for too much memory, or failed."""

    def __init__(self, why: Literal["late", "ended", "memory", "failed", "not-started"], detail: str = "") -> None:
        super().__init__(f"{why} {detail}".strip())
        self.why = why
        self.detail = detail
        """For `failed`: the name of the exception."""


class Bounded:
    """A warm process that answers one question after another; started when it is first needed, again after it ended.

    `work` names a function as `module:name`; its module is imported once. Questions and answers are pickled.
    """

    def __init__(self, work: str, *, time_limit: float) -> None:
        self._work = work
        self._time_limit = time_limit
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._is_ready = False
        self._turn = threading.Lock()

    def __enter__(self) -> Bounded:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def ask(self, question: object) -> Any:
        """The answer to one question, of one caller at a time. Raises Unfinished."""
        with self._turn:
            try:
                self._launch()
                self._await()
                assert self._pipe is not None
                self._pipe.send(question)
                if not self._pipe.poll(self._time_limit):
                    self.stop()
                    raise Unfinished("late")
                outcome, answer = self._pipe.recv()
            except (EOFError, OSError) as cause:
                self.stop()
                raise Unfinished("ended") from cause
        if outcome != "done":
            raise Unfinished(outcome, answer)
        return answer

    def warm_up(self) -> None:
        """Start the process if it does not run, and do not wait until it can be asked."""
        with self._turn:
            self._launch()

    def _launch(self) -> None:
        if self._pipe is not None:
            return
        # Not by multiprocessing: fork hangs beside threads, and spawn runs our caller's main module again.
        ours, theirs = Pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(theirs.fileno()), json.dumps(sys.path), self._work],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us: we end it
        )
        theirs.close()
        self._pipe, self._is_ready = ours, False

    def _await(self) -> None:
        assert self._pipe is not None
        if self._is_ready:
            return
        if not (self._pipe.poll(_START_LIMIT) and self._pipe.recv() == _READY):
            self.stop()
            raise Unfinished("not-started")
        self._is_ready = True

    def stop(self) -> None:
        """End the process, whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
        if self._pipe is not None:
            self._pipe.close()
        self._process, self._pipe = None, None


def serve(handle: int, work: str) -> None:
    """What the process does: answer what comes through the pipe of this file handle, until it is closed."""
    pipe = Connection(handle)
    _limit_memory()
    module, name = work.split(":")
    answer_to = getattr(importlib.import_module(module), name)
    pipe.send(_READY)
    while True:
        try:
            question = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            said: tuple[str, object] = ("done", answer_to(question))
        except MemoryError:
            said = ("memory", "")
        except Exception as cause:
            said = ("failed", type(cause).__name__)
        pipe.send(said)


def _limit_memory() -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, ValueError, OSError):
        return
