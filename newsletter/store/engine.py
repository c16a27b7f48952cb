"""The open database: connections, transactions, and the one fair lock of a SQLite workspace."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError, SQLAlchemyError

from newsletter.errors import NewsletterError, SettingsError

Tx = Connection
"""A transaction. Rooms pass it to the functions of `store`, and never speak SQL themselves."""


class FairLock:
    """A lock that is handed over in the order of asking.

    `threading.Lock` lets a busy sender take it again at once: writes of the pages then waited 1–5 s.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Event] = deque()

    def __enter__(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False


class Store:
    """An open workspace database, SQLite or PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._lock = FairLock()

    @property
    def is_sqlite(self) -> bool:
        """Whether the sender role is a file lock, and claims go by conditional UPDATE."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """One consistent view. Nothing is written."""
        with _told(), self.engine.connect() as tx, tx.begin():
            yield tx

    @contextmanager
    def writing(self) -> Iterator[Tx]:
        """One transaction: all of it is kept, or nothing. On SQLite writers take turns, in the order of asking."""
        with _told():
            if self.is_sqlite:
                with self._lock, self.engine.connect().execution_options(writes=True) as tx, tx.begin():
                    yield tx
            else:
                with self.engine.begin() as tx:
                    yield tx

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection of its own, where each statement is kept at once: for what belongs to a connection."""
        with _told(), self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    def answers(self) -> bool:
        """Whether the database can be read now."""
        try:
            with self.reading():
                return True
        except NewsletterError:
            return False

    @contextmanager
    def standing(self) -> Iterator[Standing]:
        """A connection for one writer of many short transactions, kept open between them."""
        writer = Standing(self.engine, self._lock if self.is_sqlite else None)
        try:
            yield writer
        finally:
            writer.close()

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


class Standing:
    """A writer's own connection. Its transactions take their turn like all others; used by one thread."""

    def __init__(self, engine: Engine, lock: FairLock | None) -> None:
        self._engine = engine
        self._lock = lock
        self._connection: Connection | None = None

    @contextmanager
    def writing(self) -> Iterator[Tx]:
        """One transaction: all of it is kept, or nothing. After a failure the next one has a fresh connection."""
        with _told(), self._lock or nullcontext():
            try:
                tx = self._connection
                if tx is None:
                    tx = self._connection = self._engine.connect()
                    if self._lock is not None:
                        tx.execution_options(writes=True)
                    elif tx.dialect.name == "postgresql":
                        tx.detach()  # never back into the pool with a setting of its own
                        # Planning a claim anew each time takes longer than the claim.
                        tx.exec_driver_sql("SET plan_cache_mode = force_generic_plan")
                        tx.commit()
                with tx.begin():
                    yield tx
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.close()


@contextmanager
def _told() -> Iterator[None]:
    """The database's own failures as one sentence; mistakes of the program stay what they are."""
    try:
        yield
    except OperationalError as cause:
        raise NewsletterError(
            f"The database did not answer: {first_line(cause)}. Check that its disk is not full and that it runs.",
            code="database",
        ) from cause
    except DatabaseError as cause:
        if "malformed" in str(cause) or "not a database" in str(cause):
            raise NewsletterError(
                f"The database file cannot be read: {first_line(cause)}. Restore it from a backup.", code="database"
            ) from cause
        raise


def first_line(cause: SQLAlchemyError) -> str:
    """What the driver said, without SQL and without a full stop."""
    return (str(getattr(cause, "orig", None) or cause).strip().splitlines() or [type(cause).__name__])[0].rstrip(".")


def open_engine(url: str, workspace: Path | None = None) -> Engine:
    """An engine for a database URL; a relative SQLite path is taken from the workspace. Connects to nothing yet."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # never the URL itself: it may hold a password
        raise SettingsError(
            "The database URL cannot be read; write sqlite:///newsletter.db or postgresql://user:password@host/name.",
            where="database.url",
        ) from None
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        path = Path(parsed.database or "newsletter.db")
        if workspace is not None and not path.is_absolute():
            path = workspace / path
        _create_private(path)
        engine = create_engine(
            parsed.set(database=str(path)),
            connect_args={"timeout": 30, "check_same_thread": False},
            pool_size=32,
            max_overflow=32,
        )
        _tune_sqlite(engine)
        return engine
    if backend == "postgresql":
        try:
            engine = create_engine(
                parsed.set(drivername="postgresql+psycopg"),
                connect_args=_ALIVE,
                pool_size=16,
                max_overflow=48,
                pool_pre_ping=True,
            )
            _tune_postgresql(engine)
            return engine
        except ImportError as cause:
            raise SettingsError(
                "PostgreSQL needs its driver: pip install 'newsletter-desk[postgres]'.", where="database.url"
            ) from cause
    raise SettingsError(f"The database “{backend}” is not supported; use SQLite or PostgreSQL.", where="database.url")


_ALIVE = {"keepalives_idle": 20, "keepalives_interval": 5, "keepalives_count": 3}
"""Seconds: a database whose machine is gone is noticed within a minute, and not in two hours."""


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _create_private(path: Path) -> None:
    """A new database is for its owner alone; SQLite gives its -wal and -shm the same mode."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except ValueError:
        raise SettingsError("The path of the database holds a zero byte.", where="database.url") from None
    except OSError as cause:
        raise NewsletterError(
            f"The database {path} cannot be opened: {cause.strerror}. Check its folder and who may write there.",
            code="database",
            where=str(path),
        ) from cause


def _tune_postgresql(engine: Engine) -> None:
    """A commit is on disk when it is answered, whatever the server's default: else a crash forgets who was mailed."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.execute(
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
        )
        connection.commit()


def _tune_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves: the driver's own never locks in time
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")  # NORMAL forgets on power loss, and would mail twice
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA busy_timeout=30000")
        cursor.close()
        connection.create_function("lower", 1, _lower, deterministic=True)  # SQLite's own knows ASCII only

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
        try:  # the driver's own way: SQLAlchemy's costs as much as all else in a small transaction
            connection.connection.execute(begin)
        except sqlite3.DatabaseError as cause:
            kind = OperationalError if isinstance(cause, sqlite3.OperationalError) else DatabaseError
            raise kind(begin, None, cause) from cause
