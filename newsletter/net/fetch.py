"""The one guarded fetcher: http(s) only, checked addresses, caps on size, time and redirects. A failure is a value."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from http.client import IncompleteRead
from threading import Timer
from time import monotonic
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit, urlunsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, SSLError

from newsletter.net.decoding import Body, TooBig, Undecodable
from newsletter.net.guard import Unreachable, connect
from newsletter.settings import Fetching

MAX_REDIRECTS = 5
MAX_RETRY_AFTER = 24 * 3600
"""Seconds; a server that asks for more patience is asked again after a day."""
_ACCEPT = (
    "application/feed+json, application/atom+xml, application/rss+xml, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1"
)
_SAFE = "/%:@!$&'()*+,;=~-._?[]"
_PERMANENT = frozenset((301, 308))
_REDIRECTS = frozenset((301, 302, 303, 307, 308))


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked for, and what its server said last time (RFC 9110 §13.1)."""

    url: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A body, undone from its compression."""

    url: str
    """Where it came from in the end."""
    body: bytes = field(repr=False)
    headers: Mapping[str, str]
    """Names in lower case."""
    moved_to: str | None = None
    """Where 301/308 said that it lives from now on."""


@dataclass(frozen=True, kw_only=True)
class NotModified:
    """The server still has what we know."""

    headers: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Names in lower case: a 304 may say anew how long it is fresh (RFC 9110 §15.4.5)."""
    moved_to: str | None = None


@dataclass(frozen=True, kw_only=True)
class Failed:
    """Why there is nothing, in one sentence for a person."""

    reason: str
    gone: bool = False
    """410: it will not come back, and is asked no more."""
    retry_after: float | None = None
    """Seconds of patience the server asked for."""
    host_is_down: bool = False
    status: int | None = None
    """What the server answered, where it answered with an error."""
    too_big: bool = False
    """There is something, and more of it than the limit."""


Answer = Fetched | NotModified | Failed


@dataclass(frozen=True)
class _Hop:
    answer: Answer | None = None
    location: str | None = None
    permanent: bool = False


class Fetcher:
    """Asks servers under the limits of the settings. Safe to use from several threads."""

    def __init__(self, limits: Fetching) -> None:
        self.limits = limits

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Made when it is first needed: reading all roots takes longer than most answers."""
        return ssl.create_default_context()

    def fetch(self, request: Request, *, now: datetime) -> Answer:
        """The answer to one request, redirects followed. Never raises for what the network does.

        `now` (UTC) is what a Retry-After date is compared with; timeouts are real time.
        """
        deadline = monotonic() + self.limits.timeout
        url, moved_to, stays_permanent = request.url, None, True
        for _ in range(MAX_REDIRECTS + 1):
            parts = _readable(url)
            if isinstance(parts, Failed):
                return parts
            hop = self._hop(parts, request, deadline, now)
            if hop.answer is not None:
                if isinstance(hop.answer, Failed):
                    return hop.answer
                return replace(hop.answer, moved_to=moved_to)
            try:
                url = urljoin(urlunsplit(parts), hop.location or "")
            except ValueError:
                return _not_readable(hop.location or "")
            # A way from https back to http is followed, and never believed: anybody between us could have said so.
            downgraded = parts.scheme == "https" and not url.startswith("https:")
            stays_permanent = stays_permanent and hop.permanent and not downgraded
            if stays_permanent:
                moved_to = url
        return Failed(reason=f"{_named(request.url)} redirects more than {MAX_REDIRECTS} times.")

    def _hop(self, parts: SplitResult, request: Request, deadline: float, now: datetime) -> _Hop:
        late = Failed(reason=f"{_named(parts)} took longer than {self.limits.timeout:g} s.")
        left = deadline - monotonic()
        if left <= 0:
            return _Hop(late)
        line = _Line(self.limits.allow_private_hosts, deadline)
        watchdog = Timer(left, line.cut)  # a server may send its headers a byte a second
        watchdog.daemon = True
        watchdog.start()
        try:
            hop = self._ask(parts, request, line, left, now)
        except Unreachable as cause:
            hop = _Hop(Failed(reason=cause.reason, host_is_down=cause.host_is_down))
        except TooBig:
            size = self.limits.max_bytes / 1024 / 1024
            reason = f"{_named(parts)} sent more than {size:.3g} MiB; fetch.max_bytes sets the limit."
            hop = _Hop(Failed(reason=reason, too_big=True))
        except Undecodable as cause:
            hop = _Hop(Failed(reason=f"The answer of {_named(parts)} cannot be read: {cause}."))
        except (HTTPError, OSError, ValueError) as cause:
            hop = _Hop(_failure(parts, cause, late))
        finally:
            watchdog.cancel()
            line.close()
        return _Hop(late) if line.was_cut and isinstance(hop.answer, Failed | Fetched) else hop

    def _ask(self, parts: SplitResult, request: Request, line: _Line, left: float, now: datetime) -> _Hop:
        with self._pool(parts, line) as pool:
            response = pool.urlopen(
                "GET",
                quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else ""),
                headers=self._headers(parts, request),
                retries=False,
                redirect=False,
                preload_content=False,
                timeout=urllib3.Timeout(connect=left, read=left),
                assert_same_host=False,
            )
            try:
                return self._read(parts, response, now)
            finally:
                response.close()

    def _pool(self, parts: SplitResult, line: _Line) -> HTTPConnectionPool:
        host = (
            (parts.hostname or "").encode("idna").decode() if not (parts.hostname or "").isascii() else parts.hostname
        )
        assert host
        if parts.scheme == "https":
            pool: HTTPConnectionPool = HTTPSConnectionPool(host, parts.port or 443, ssl_context=self._tls, line=line)
            pool.ConnectionCls = _GuardedTls
        else:
            pool = HTTPConnectionPool(host, parts.port or 80, line=line)
            pool.ConnectionCls = _Guarded
        return pool

    def _headers(self, parts: SplitResult, request: Request) -> dict[str, str]:
        headers = {"User-Agent": self.limits.user_agent, "Accept": _ACCEPT, "Accept-Encoding": "gzip, deflate, br"}
        if request.etag:
            headers["If-None-Match"] = request.etag
        if request.last_modified:
            headers["If-Modified-Since"] = request.last_modified
        asked = urlsplit(request.url)
        if asked.username and (asked.scheme, asked.hostname, asked.port) == (parts.scheme, parts.hostname, parts.port):
            headers |= urllib3.make_headers(basic_auth=f"{unquote(asked.username)}:{unquote(asked.password or '')}")
        return headers

    def _read(self, parts: SplitResult, response: urllib3.BaseHTTPResponse, now: datetime) -> _Hop:
        headers = {name.lower(): value for name, value in response.headers.items()}
        status = response.status
        if status in _REDIRECTS and headers.get("location"):
            return _Hop(location=headers["location"], permanent=status in _PERMANENT)
        if status == 304:
            return _Hop(NotModified(headers=headers))
        if status != 200:
            return _Hop(_refusal(parts, status, headers, now))
        cap = self.limits.max_bytes
        if headers.get("content-length", "").isdigit() and int(headers["content-length"]) > cap:
            raise TooBig
        body = Body(headers.get("content-encoding", ""), cap)
        for chunk in response.stream(64 * 1024, decode_content=False):
            body.feed(chunk)
        return _Hop(Fetched(url=urlunsplit(parts), body=body.content(), headers=headers))


class _Line:
    """One connection, and the hand that cuts it when its time is over."""

    def __init__(self, allow_private: bool, deadline: float) -> None:
        self.allow_private = allow_private
        self.deadline = deadline
        self.was_cut = False
        self._twin: socket.socket | None = None

    def open(self, connection: HTTPConnection) -> socket.socket:
        left = max(self.deadline - monotonic(), 0.1)
        found = connect(connection.host, connection.port or 0, allow_private=self.allow_private, timeout=left)
        found.settimeout(left)
        self._twin = found.dup()  # the first one changes hands: to TLS, to the response
        return found

    def cut(self) -> None:
        self.was_cut = True
        if self._twin is not None:
            with suppress(OSError):
                self._twin.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        if self._twin is not None:
            self._twin.close()


class _Guarded(HTTPConnection):
    def __init__(self, *args: Any, line: _Line, **options: Any) -> None:
        super().__init__(*args, **options)
        self._line = line

    def _new_conn(self) -> socket.socket:
        return self._line.open(self)


class _GuardedTls(HTTPSConnection):
    def __init__(self, *args: Any, line: _Line, **options: Any) -> None:
        super().__init__(*args, **options)
        self._line = line

    def _new_conn(self) -> socket.socket:
        return self._line.open(self)


def _readable(url: str) -> SplitResult | Failed:
    try:
        parts = urlsplit(url)
        port = parts.port
        (parts.hostname or "").encode("idna")
    except (ValueError, UnicodeError):
        return _not_readable(url)
    if parts.scheme not in ("http", "https"):
        return Failed(reason=f"“{url[:200]}” is not asked: only http and https addresses are.")
    if not parts.hostname or port == 0:
        return Failed(reason=f"“{url[:200]}” names no host.")
    bare = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=bare, fragment="")


def _not_readable(url: str) -> Failed:
    return Failed(reason=f"“{url[:200]}” is an address that cannot be read.")


def _named(where: SplitResult | str) -> str:
    parts = urlsplit(where) if isinstance(where, str) else where
    return parts.netloc.rpartition("@")[2] or "The server"


def _failure(parts: SplitResult, cause: Exception, late: Failed) -> Failed:
    if isinstance(cause, TimeoutError | urllib3.exceptions.TimeoutError):
        return late
    if isinstance(cause, SSLError | ssl.SSLError):
        return Failed(reason=f"The TLS certificate or connection of {_named(parts)} is not valid: {_short(cause)}.")
    if isinstance(cause, UnicodeError):
        return Failed(reason=f"{_named(parts)} is not a host name that can be used.")
    if (cut := _innermost(cause, IncompleteRead)) is not None:
        got = cut.partial if isinstance(cut.partial, int) else len(cut.partial)
        if isinstance(cut.expected, int):
            whole = got + cut.expected
            return Failed(reason=f"The connection to {_named(parts)} broke off after {got} of {whole} bytes.")
        return Failed(reason=f"The connection to {_named(parts)} broke off after {got} bytes.")
    return Failed(reason=f"The connection to {_named(parts)} broke off: {_short(cause)}.")


def _innermost(cause: BaseException | None, kind: type[Any]) -> Any:
    """The exception of a kind that an exception tells of; none where there is none."""
    seen: list[BaseException] = []
    while cause is not None and not isinstance(cause, kind) and cause not in seen:
        seen.append(cause)
        inner = next((one for one in cause.args if isinstance(one, BaseException)), None)
        cause = inner or cause.__cause__ or cause.__context__
    return cause if isinstance(cause, kind) else None


def _short(cause: Exception) -> str:
    inner: Any = cause
    while getattr(inner, "args", ()) and isinstance(inner.args[-1], Exception):
        inner = inner.args[-1]
    words = getattr(inner, "verify_message", None) or getattr(inner, "reason", None) or str(inner)
    return " ".join(str(words).split())[:160].rstrip(".") or type(inner).__name__


def _refusal(parts: SplitResult, status: int, headers: Mapping[str, str], now: datetime) -> Failed:
    if status == 410:
        return Failed(
            reason=f"{_named(parts)} says that this is gone for good (410); it is not asked again.",
            gone=True,
            status=410,
        )
    patience = retry_after(headers.get("retry-after"), now) if status in (429, 503) else None
    server = _named(parts)
    reasons = {
        401: f"{server} asks for a login (401).",
        403: f"{server} does not allow it (403).",
        404: f"{server} has nothing at this address (404).",
        429: f"{server} asks for patience (429).",
        503: f"{server} is not available at the moment (503).",
    }
    return Failed(reason=reasons.get(status, f"{server} answered {status}."), retry_after=patience, status=status)


def retry_after(value: str | None, now: datetime) -> float | None:
    """A Retry-After header (RFC 9110 §10.2.3) as seconds from `now`, at most a day; none where it says nothing."""
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(min(int(value[:9]), MAX_RETRY_AFTER))
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max((at - now).total_seconds(), 0.0), float(MAX_RETRY_AFTER))
