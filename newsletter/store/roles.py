"""PostgreSQL's advisory locks: who holds the sender role, and whose worker still lives.

A lock belongs to its connection: the database frees it when the process, or its machine, is gone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from selectors import EVENT_READ, DefaultSelector
from socket import socketpair
from threading import Event, Thread

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from newsletter.store.engine import Store, Tx

log = logging.getLogger(__name__)

_SPACE = 7_061_002


def _key(name: str) -> int:
    return int.from_bytes(sha256(name.encode()).digest()[:4], signed=True)


def is_free(tx: Tx, name: str) -> bool:
    """Whether nobody holds the lock of this name; if so it is ours until the transaction ends."""
    query = text("SELECT pg_try_advisory_xact_lock(:space, :key)")
    return bool(tx.execute(query, {"space": _SPACE, "key": _key(name)}).scalar())


@contextmanager
def held(store: Store, names: list[str], lost: Event) -> Iterator[bool]:
    """Hold locks on a connection of their own; false, and none is held, where somebody else has one of them.

    `lost` is set at once when that connection ends before its time: then the locks may be somebody else's already.
    """
    with store.connected() as connection:
        query = text("SELECT pg_try_advisory_lock(:space, :key)")
        got = all(connection.execute(query, {"space": _SPACE, "key": _key(name)}).scalar() for name in names)
        try:
            with _watched(connection, lost):
                yield got
        finally:
            if lost.is_set():
                connection.invalidate()  # a connection that is gone has freed them
            else:
                with suppress(DBAPIError):
                    connection.execute(text("SELECT pg_advisory_unlock_all()"))


@contextmanager
def _watched(connection: Connection, lost: Event) -> Iterator[None]:
    """A thread that waits for the end of a connection on which nothing is asked meanwhile."""
    driver = connection.connection.driver_connection
    assert driver is not None
    own, other = socketpair()

    def watch() -> None:
        with DefaultSelector() as ready:
            ready.register(driver.fileno(), EVENT_READ)
            ready.register(own, EVENT_READ)
            while not any(key.fileobj is own for key, _ in ready.select()):
                try:
                    driver.pgconn.consume_input()  # raises where it is gone; else it was a notice
                except Exception:
                    log.warning("The connection that holds the sender role was lost")
                    lost.set()
                    return

    watcher = Thread(target=watch, name="role", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        other.close()  # wakes it
        watcher.join()
        own.close()
