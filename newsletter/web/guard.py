"""The door: which host is asked, from where, by whom; and the headers of every answer.

Everything is closed unless `is_public` says otherwise, so that a page that is added later is never open by accident.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsletter.errors import NewsletterError
from newsletter.model.user import User
from newsletter.store import users
from newsletter.web.passwords import hashed
from newsletter.web.place import Place

COOKIE = "desk"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LARGEST = 5 * 1024 * 1024
"""Bytes of a request's body."""

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "x-content-type-options": "nosniff",
    # Not no-referrer: with it browsers send `Origin: null` with our own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


_PUBLIC = frozenset(
    {"/healthz", "/readyz", "/metrics"}
    | {"/signin", "/static/desk.css", "/events", "/events.ics", "/archive", "/feed.atom", "/sitemap.xml"}
)


def is_public(path: str) -> bool:
    """Whether a page is for everybody: readers' pages, health, and the doors of the desk."""
    return path in _PUBLIC or path.startswith(("/setup/", "/unsubscribe/", "/archive/", "/events/"))


Origin = tuple[str, str, int]
"""Scheme, host and port of an address; the port is there also where it goes without saying."""
_AUTHORITY = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::([0-9]{1,5}))?", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}


def authority(text: str) -> tuple[str, int | None] | None:
    """Host, lower case and without brackets, and port of `host:port`; none for anything else (RFC 3986, 3.2).

    A user, a path or a fragment has no place in a Host header, and those who write one hope to be misread.
    """
    found = _AUTHORITY.fullmatch(text)
    if found is None:
        return None
    name = found[1].lower().strip("[]").removesuffix(".")
    return name, int(found[2]) if found[2] else None


def origin_of(url: str) -> Origin | None:
    """The origin of an address (RFC 6454); none where it has none, as `null`."""
    scheme, _, rest = url.partition("://")
    found = authority(rest.partition("/")[0])
    if scheme.lower() not in _PORTS or found is None:
        return None
    return scheme.lower(), found[0], found[1] or _PORTS[scheme.lower()]


def is_own_host(
    header: str | None,
    hosts: frozenset[str],
    *,
    served: Origin | None = None,
    base_url: str = "",
    any_address: bool = False,
) -> bool:
    """Whether the Host header names us. Another name at our address is DNS rebinding.

    Its port is the one that we listen at (`served`), where that is known. The host of the base URL has its own port,
    or none: some proxies leave it out.
    """
    asked = authority(header) if header is not None else None
    if asked is None:
        return False
    (name, port), base = asked, origin_of(base_url)
    if base and name == base[1] and port in (None, base[2]):
        return True
    if served and (port or _PORTS[served[0]]) != served[2]:
        return False
    return name in hosts or (any_address and _is_address(name))


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def why_not_ours(headers: Mapping[str, str], base_url: str = "", *, scheme: str = "http") -> str | None:
    """Why a request that changes something was not made by one of our own pages; none where it was.

    Sec-Fetch-Site decides where the browser sends it, and Origin must be our own address: `scheme` and Host, or the
    base URL, since a proxy may rewrite the first two. A request with neither is no form of ours: every browser of the
    last years sends Origin with a POST.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is None and origin is None:
        return "It came without Origin."
    if site is not None and site != "same-origin":
        return "It came from another site."
    if origin is not None:
        came = origin_of(origin) if origin.count("/") == 2 else None
        if came is None or came not in (origin_of(f"{scheme}://{headers.get('host', '')}"), origin_of(base_url)):
            return "It came from another site."
    return None


class Guard:
    """The middleware around all pages."""

    def __init__(self, app: ASGIApp, place: Place) -> None:
        self._app, self._place = app, place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            answer = await self._stopped(scope)
        except NewsletterError as error:
            answer = PlainTextResponse(f"{error.message}\n", 503)
        await (answer or self._app)(scope, receive, _with_headers(send))

    async def _stopped(self, scope: Scope) -> Response | None:
        headers, path, method = Headers(scope=scope), scope["path"], scope["method"]
        base_url, scheme = self._place.settings.base_url, scope.get("scheme", "http")
        host, port = scope.get("server") or ("", None)
        served = (scheme, host, port) if port else None
        if not is_own_host(
            headers.get("host"),
            self._place.hosts,
            served=served,
            base_url=base_url,
            any_address=self._place.any_address,
        ):
            return PlainTextResponse(
                "This address is not served here. Where it should be, write it as base_url into newsletter.toml.\n", 400
            )
        scope.setdefault("state", {})["user"] = None
        one_click = path.startswith("/unsubscribe/")  # RFC 8058: no cookie, no origin; its body is not read
        if one_click or path in ("/healthz", "/static/desk.css"):
            return None
        length = headers.get("content-length", "0")
        if not re.fullmatch("[0-9]{1,10}", length) or int(length) > LARGEST or "transfer-encoding" in headers:
            return PlainTextResponse("That is more than this page takes.\n", 413)
        if method not in SAFE and (reason := why_not_ours(headers, base_url, scheme=scheme)):
            return PlainTextResponse(f"This was not sent by a page of the desk. {reason}\n", 403)
        user = await run_in_threadpool(self._user, headers)
        scope["state"]["user"] = user
        if user is not None or is_public(path):
            return None
        if method in ("GET", "HEAD"):
            wanted = path + (f"?{query}" if (query := scope.get("query_string", b"").decode("latin-1")) else "")
            return RedirectResponse(f"/signin?next={quote(wanted, safe='')}" if wanted != "/" else "/signin", 303)
        return PlainTextResponse("Sign in first.\n", 401)

    def _user(self, headers: Headers) -> User | None:
        token = cookie_parser(headers.get("cookie", "")).get(COOKIE)
        if not token:
            return None
        with self._place.store.reading() as tx:
            return users.of_session(tx, hashed(token), self._place.clock.now())


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if "content-security-policy" not in headers:
                headers["content-security-policy"] = PAGE_POLICY
                headers["x-frame-options"] = "DENY"
            # Not no-store: Back must bring a page with what was typed.
            headers.setdefault("cache-control", "private, no-cache")
        await send(message)

    return sending
