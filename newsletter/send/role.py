"""The sender role: one process at a time sends from a workspace."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from newsletter.clock import Clock
from newsletter.errors import NewsletterError, Refused
from newsletter.store import Store, deliveries, roles

FILE = "sender.lock"
_SENDER = "the sender"


class RoleTaken(Refused):
    """Somebody else is sending: follow them instead."""


class RoleLost(NewsletterError):
    """The role went with the connection that held it: who sends stops at once, and may ask for it again."""

    def __init__(self) -> None:
        super().__init__(
            "The database ended the connection that says who sends, so this process stopped sending. Send again: "
            "nobody gets a second copy.",
            code="role-lost",
        )


@dataclass(frozen=True)
class Role:
    """Proof that this process may send. `owner` stands in the rows it takes."""

    owner: str
    lost: threading.Event = field(default_factory=threading.Event, compare=False)
    """Set when it is no proof any more."""


@contextmanager
def sender_role(store: Store, workspace: Path, clock: Clock) -> Iterator[Role]:
    """Hold the role. What a holder that died left *attempting* becomes *uncertain*, before anything is sent.

    On SQLite the role is a lock on `sender.lock` in the workspace, which the system frees when its process ends; on
    PostgreSQL it is an advisory lock, and another one carries the worker's id. Raises RoleTaken.
    """
    role = Role(f"{os.getpid()}-{uuid4().hex[:12]}")
    with _file_lock(workspace) if store.is_sqlite else _advisory_lock(store, role):
        _doubt_the_dead(store, role, clock)
        yield role


@contextmanager
def _file_lock(workspace: Path) -> Iterator[None]:
    path = workspace / FILE
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as cause:
        raise NewsletterError(
            f"{path} cannot be opened: {cause.strerror}. Sending needs to write in the workspace.", where=str(path)
        ) from cause
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as cause:
            raise _taken() from cause
        yield
    finally:
        os.close(descriptor)  # frees the lock; the file stays, or two holders could lock two files


@contextmanager
def _advisory_lock(store: Store, role: Role) -> Iterator[None]:
    with roles.held(store, [_SENDER, role.owner], role.lost) as got:
        if not got:
            raise _taken()
        yield


def _taken() -> RoleTaken:
    return RoleTaken("Another process of this workspace is sending already; it will send this issue too.", code="role")


def _doubt_the_dead(store: Store, role: Role, clock: Clock) -> None:
    """One transaction for each worker that is gone. On SQLite whoever had rows is gone: we hold the only lock."""
    with store.reading() as tx:
        workers = [owner for owner in deliveries.owners(tx) if owner != role.owner]
    for owner in workers:
        with store.writing() as tx:
            if store.is_sqlite or roles.is_free(tx, owner):
                deliveries.doubt(tx, owner, now=clock.now())
