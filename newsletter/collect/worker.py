"""Reading documents in a process of its own: a document that hangs or kills its reader is one reason, no more."""

from __future__ import annotations

import os
from queue import LifoQueue

from newsletter.bounded import Bounded, Unfinished
from newsletter.collect.found import Document, Found, Unreadable

TIME_LIMIT = 30.0
"""Seconds for one document."""
MOST = 4
"""Processes; each may take its limit of memory."""


class Reader(Bounded):
    """A worker process that reads one document after another; started when it is first needed."""

    def __init__(self, time_limit: float = TIME_LIMIT) -> None:
        super().__init__("newsletter.collect.worker:work", time_limit=time_limit)

    def __enter__(self) -> Reader:
        return self

    def read(self, document: Document) -> Found:
        """What the document holds. Raises Unreadable, also where reading took too long or ended the process."""
        try:
            answer: Found | str = self.ask(document)
        except Unfinished as cause:
            raise Unreadable(self._reason(cause)) from cause
        if isinstance(answer, str):
            raise Unreadable(answer)
        return answer

    def _reason(self, cause: Unfinished) -> str:
        if cause.why == "failed":
            return f"It cannot be read: {cause.detail}."
        return {
            "late": f"Reading it took longer than {self._time_limit:g} s, and was stopped.",
            "ended": "Reading it ended the process that reads documents; it may be too large.",
            "memory": "Reading it needs too much memory.",
            "not-started": "The process that reads documents did not start; try again.",
        }[cause.why]


class Readers:
    """Several worker processes, one for each core at most, started as they are needed. Safe to use from threads."""

    def __init__(self, count: int | None = None) -> None:
        self.count = count or min(os.cpu_count() or 1, MOST)
        self._all = [Reader() for _ in range(self.count)]
        self._free: LifoQueue[Reader] = LifoQueue()  # the last one is warm
        for one in self._all:
            self._free.put(one)

    def __enter__(self) -> Readers:
        return self

    def warm_up(self, documents: int) -> None:
        """Start as many as will be needed, while something else is waited for."""
        for one in self._all[-documents:] if documents else ():
            one.warm_up()

    def __exit__(self, *_: object) -> None:
        for one in self._all:
            one.stop()

    def read(self, document: Document) -> Found:
        """What the document holds, read by one that is free. Raises Unreadable."""
        one = self._free.get()
        try:
            return one.read(document)
        finally:
            self._free.put(one)


def work(document: Document) -> Found | str:
    """What the process answers: what the document holds, or why it cannot be read."""
    from newsletter.collect.reading import read_document

    try:
        return read_document(document)
    except Unreadable as cause:
        return cause.reason
