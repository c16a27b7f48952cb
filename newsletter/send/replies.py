"""The answers of an SMTP server, read from whatever pieces they arrive in (RFC 5321 §4.2)."""

from __future__ import annotations

import re
from collections import deque

LONGEST_ANSWER = 64 * 1024
"""Bytes of one answer with all its lines."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")

Reply = tuple[int, bytes]
"""Its code, -1 where it is no SMTP, and its text without codes, a line feed between two lines."""


class EndlessAnswer(OSError):
    """The server says more than any answer is long."""


class Replies:
    """Bytes in, whole answers out. Never holds more than the longest answer."""

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[bytes] = []
        self._size = 0
        self._ready: deque[Reply] = deque()

    def feed(self, chunk: bytes) -> None:
        """Take in what arrived. Raises EndlessAnswer."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            if not self._lines and line[3:4] == b" " and line[:3].isdigit():  # nearly all answers have one line
                self._ready.append((int(line[:3]), line[4:].strip(b" \t\r\n")))
                continue
            self._size += len(line)
            if self._size > LONGEST_ANSWER:
                raise EndlessAnswer("its answer has no end")
            self._lines.append(line[4:].strip(b" \t\r\n"))
            code = int(line[:3]) if line[:3].isdigit() else -1
            if code < 0 or line[3:4] != b"-":
                self._ready.append((code, b"\n".join(self._lines)))
                self._lines, self._size = [], 0
        if self._size + len(self._rest) > LONGEST_ANSWER:
            raise EndlessAnswer("its answer has no end")

    def next(self) -> Reply | None:
        """The oldest whole answer that was not asked for yet."""
        return self._ready.popleft() if self._ready else None


def readable(text: bytes) -> str:
    """An answer's text as one short line without controls."""
    said = text.decode("utf-8", "replace")
    return " ".join((said if said.isprintable() else _CONTROLS.sub(" ", said)).split())[:500]
