"""The line of an IMAP conversation: to a checked address, under caps that the server cannot talk its way around."""

from __future__ import annotations

import imaplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer
from typing import Any

from newsletter.net.guard import connect
from newsletter.settings import Fetching

_LONGEST_LINE = 1_000_000


class TooMuch(Exception):
    """The server sent, or announced, more than it may."""


class Line(imaplib.IMAP4):
    """imaplib's protocol over a connection of ours. Greets the server when it is made."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None, limits: Fetching, *, budget: int) -> None:
        self._tls_first, self._fetching = tls, limits
        self._left = budget
        self._stream: tuple[socket.socket, Any] | None = None
        self._twin: socket.socket | None = None
        self.was_cut = False
        try:
            with self._watched(limits.timeout):
                super().__init__(host, port)
        except BaseException:
            self.hang_up()
            if self.was_cut:
                raise TimeoutError from None
            raise

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        """Connect to exactly the address that was checked."""
        self.host, self.port = host, port
        seconds = self._fetching.timeout
        found = connect(host, port, allow_private=self._fetching.allow_private_hosts, timeout=seconds)
        found.settimeout(seconds)
        self._twin = found.dup()  # the first one changes hands: to TLS
        if self.was_cut:
            found.close()
            raise TimeoutError
        try:
            self.sock = found if self._tls_first is None else self._tls_first.wrap_socket(found, server_hostname=host)
        except BaseException:
            found.close()
            raise

    @contextmanager
    def within(self, seconds: float, budget: int) -> Iterator[None]:
        """So long, and so many bytes, for what is asked next."""
        self._left = budget
        with self._watched(seconds):
            yield

    @contextmanager
    def _watched(self, seconds: float) -> Iterator[None]:
        watchdog = Timer(seconds, self._cut)  # a timeout of the socket is per read: a byte a second beats it
        watchdog.daemon = True
        watchdog.start()
        try:
            yield
        finally:
            watchdog.cancel()

    def _cut(self) -> None:
        self.was_cut = True
        if self._twin is not None:
            with suppress(OSError):
                self._twin.shutdown(socket.SHUT_RDWR)

    def _file_of(self) -> Any:
        if self._stream is None or self._stream[0] is not self.sock:  # TLS began: what came before it is dropped
            self._stream = (self.sock, self.sock.makefile("rb"))
        return self._stream[1]

    def _spend(self, size: int) -> None:
        if size > self._left:
            raise TooMuch
        self._left -= size

    def read(self, size: int) -> bytes:
        """So many bytes of a literal."""
        self._spend(size)
        found: bytes = self._file_of().read(size)
        if len(found) < size:
            raise self.abort("it ended in the middle of a message")
        return found

    def readline(self) -> bytes:
        """One line of an answer."""
        found: bytes = self._file_of().readline(_LONGEST_LINE + 1)
        if len(found) > _LONGEST_LINE:
            raise TooMuch
        self._spend(len(found))
        return found

    def shutdown(self) -> None:
        """What imaplib calls when the conversation is over."""
        self.hang_up()

    def hang_up(self) -> None:
        """Close the connection, whatever the server thinks of it."""
        for one in (self._stream[1] if self._stream else None, getattr(self, "sock", None), self._twin):
            if one is not None:
                with suppress(OSError, ValueError):
                    one.close()
        self._stream = self._twin = None
