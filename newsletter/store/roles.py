"""PostgreSQL's advisory locks: who holds the sender role, and whose worker still lives.

A lock belongs to its connection: the database frees it when the process, or its machine, is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from newsletter.store.engine import Store, Tx

_SPACE = 7_061_002


def _key(name: str) -> int:
    return int.from_bytes(sha256(name.encode()).digest()[:4], signed=True)


def is_free(tx: Tx, name: str) -> bool:
    """Whether nobody holds the lock of this name; if so it is ours until the transaction ends."""
    query = text("SELECT pg_try_advisory_xact_lock(:space, :key)")
    return bool(tx.execute(query, {"space": _SPACE, "key": _key(name)}).scalar())


@contextmanager
def held(store: Store, names: list[str]) -> Iterator[bool]:
    """Hold locks on a connection of their own; false, and none is held, where somebody else has one of them."""
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        query = text("SELECT pg_try_advisory_lock(:space, :key)")
        got = all(connection.execute(query, {"space": _SPACE, "key": _key(name)}).scalar() for name in names)
        try:
            yield got
        finally:
            with suppress(DBAPIError):  # a connection that is gone has freed them
                connection.execute(text("SELECT pg_advisory_unlock_all()"))
