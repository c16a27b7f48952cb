"""The way to a PostgreSQL server, which breaks off at one commit of the ledger: before it, behind it, or within it."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Literal

from sqlalchemy.engine import make_url

Cut = Literal["before", "behind", "within"]
"""The server never hears of the commit; its answer is lost; it hears of it when the client is long gone."""
WITHIN = 1.6
"""Seconds: the client tries again before the first commit is over."""


class DatabaseWay:
    """Listens on loopback and passes everything on. The connection of the ledger is cut once, at its n-th commit."""

    def __init__(self, url: str, cut: Cut, commit: int) -> None:
        plain = make_url(url)
        self._cut, self._at = cut, commit
        host = plain.query.get("host") or plain.host or "127.0.0.1"
        self._host, self._port = str(host), plain.port or 5432
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.was_cut = threading.Event()
        self.url = plain.set(
            host="127.0.0.1",
            port=self._listening.getsockname()[1],
            query={"sslmode": "disable", "gssencmode": "disable"},
        ).render_as_string(hide_password=False)
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._listening.close()

    def _server(self) -> socket.socket:
        if self._host.startswith("/"):
            found = socket.socket(socket.AF_UNIX)
            found.connect(f"{self._host}/.s.PGSQL.{self._port}")
            return found
        return socket.create_connection((self._host, self._port))

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=_Carried(self, client).run, daemon=True).start()

    def wants(self, commits: int) -> bool:
        """Whether this is the commit."""
        if commits != self._at or self.was_cut.is_set():
            return False
        self.was_cut.set()
        return True

    @property
    def cut(self) -> Cut:
        return self._cut


class _Carried:
    """One connection, both ways."""

    def __init__(self, way: DatabaseWay, client: socket.socket) -> None:
        self._way, self._client, self._server = way, client, way._server()
        self._silent = False

    def run(self) -> None:
        threading.Thread(target=self._back, daemon=True).start()
        is_ledger, commits = False, 0
        with suppress(OSError):
            while part := self._client.recv(65_536):
                is_ledger = is_ledger or b"plan_cache_mode" in part
                if is_ledger and b"COMMIT\0" in part:
                    commits += 1
                    if self._way.wants(commits):
                        self._break_off(part)
                        return
                self._server.sendall(part)
        _close(self._server)

    def _break_off(self, part: bytes) -> None:
        if self._way.cut == "before":
            _close(self._server)
            _close(self._client)
            return
        self._silent = True
        if self._way.cut == "within":
            _close(self._client)
            threading.Event().wait(WITHIN)
        self._server.sendall(part)

    def _back(self) -> None:
        with suppress(OSError):
            while part := self._server.recv(65_536):
                if self._silent:  # it has done what it was told, and nobody hears of it
                    break
                self._client.sendall(part)
        _close(self._client)
        _close(self._server)


def _close(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
