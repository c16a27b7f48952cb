"""One process: the pages, the scheduler and the sender, from start to a clean end."""

from __future__ import annotations

import fcntl
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsletter.clock import Clock
from newsletter.errors import NewsletterError, Refused
from newsletter.model.publication import Publication
from newsletter.settings import Settings, is_loopback
from newsletter.store import Store, users

if TYPE_CHECKING:  # the pages take seconds to import: who cannot be served is told before
    import uvicorn

    from newsletter.schedule.alarm import Alarm
    from newsletter.web.place import Place

LOCK = "serve.lock"
WILDCARDS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104  (compared with, not bound to)


def serve(
    store: Store,
    settings: Settings,
    clock: Clock,
    publication: Publication,
    *,
    host: str,
    port: int,
    say: Callable[[str], None],
) -> None:
    """Serve until SIGTERM or SIGINT; the sender finishes the messages under way.

    `say` gets the sentences for the person who started it. Raises NewsletterError where another one serves this
    workspace, the address is taken, or nobody has a password and others could reach it.
    """
    if not is_loopback(host):
        with store.reading() as tx:
            if not users.count(tx):
                raise Refused(
                    f"Nobody has a password yet, and {host} can be reached by others. "
                    "Start it once without --host, set a password, then try again.",
                    code="no-password",
                    where="--host",
                )
    with _alone(settings.workspace), _bound(host, port) as bound:
        _run(store, settings, clock, publication, host=host, bound=bound, say=say)


def _run(
    store: Store,
    settings: Settings,
    clock: Clock,
    publication: Publication,
    *,
    host: str,
    bound: socket.socket,
    say: Callable[[str], None],
) -> None:
    from newsletter.schedule.alarm import Alarm
    from newsletter.web import log
    from newsletter.web.app import Application
    from newsletter.web.asgi import server_for
    from newsletter.web.leftovers import sweep
    from newsletter.web.retold import warm_up
    from newsletter.web.sealing import seal_secrets
    from newsletter.web.setup import invite_first_user

    port = bound.getsockname()[1]
    sweep(store, settings.workspace, clock)
    alarm = Alarm(store, settings, clock, collects=True)
    app = Application(place_for(store, settings, clock, publication, host=host, alarm=alarm))
    server = server_for(app, settings)
    shown = f"[{host}]" if ":" in host else "127.0.0.1" if host in WILDCARDS else host
    log.start(settings.log)
    with _until_signal(server, app.live.end):
        alarm.start()
        threading.Thread(target=warm_up, name="languages", daemon=True).start()
        try:
            seal_secrets(store, settings.secret_keys)
            say(f"The desk is at http://{shown}:{port}/")
            if token := invite_first_user(store, clock.now()):
                say(f"Set your password at http://{shown}:{port}/setup/{token}")
            server.run(sockets=[bound])
        finally:
            alarm.stop()


def place_for(
    store: Store, settings: Settings, clock: Clock, publication: Publication, *, host: str, alarm: Alarm | None = None
) -> Place:
    """What the pages stand on, for a process bound to this host."""
    from dataclasses import replace

    from newsletter.web.limits import Attempts
    from newsletter.web.place import Place

    names = {"localhost", "127.0.0.1", "::1", host.lower().strip("[]")}
    if base := urlsplit(settings.base_url).hostname:
        names.add(base)
    place = Place(
        store=store,
        settings=settings,
        clock=clock,
        publication_id=publication.id,
        hosts=frozenset(names - WILDCARDS),
        any_address=host in WILDCARDS,
        attempts=Attempts(store, clock),
    )
    if alarm is None:
        return place
    return replace(place, wake=alarm.wake, trouble=alarm.trouble, since_tick=alarm.since_tick)


@contextmanager
def _until_signal(server: uvicorn.Server, stop_telling: Callable[[], None]) -> Iterator[None]:
    def end(_number: int, _frame: FrameType | None) -> None:
        stop_telling()  # an open stream is a request under way, and would be waited for
        server.force_exit = server.should_exit  # the second time: at once
        server.should_exit = True

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _alone(workspace: Path) -> Iterator[None]:
    path = workspace / LOCK
    try:
        file = path.open("a")
    except OSError as cause:
        raise NewsletterError(f"{path} cannot be written: {cause.strerror}.", where=str(path)) from cause
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as cause:
            raise Refused(
                f"Another newsletter serve runs on {workspace} already; use that one, or end it first.",
                code="already-serving",
                where=str(path),
            ) from cause
        yield


@contextmanager
def _bound(host: str, port: int) -> Iterator[socket.socket]:
    where = f"--host {host} --port {port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError, OverflowError) as cause:
        raise NewsletterError(f"There is no address {host}:{port} to listen at.", where=where) from cause
    with bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(address)
            bound.listen(128)
        except (OSError, OverflowError) as cause:
            why = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
            raise NewsletterError(
                f"The address {host}:{port} cannot be used: {why}. Choose another with --port.", where=where
            ) from cause
        yield bound
