"""The door: which host is asked, from where, by whom; and the headers of every answer.

Everything is closed unless `is_public` says otherwise, so that a page that is added later is never open by accident.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

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


def is_own_host(header: str | None, hosts: frozenset[str], *, any_address: bool = False) -> bool:
    """Whether the Host header names us. Another name at our address is DNS rebinding."""
    if header is None:
        return False
    name = host_name(header)
    return name in hosts or (any_address and _is_address(name))


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def host_name(netloc: str) -> str:
    """The name in `name:port`, lower case; empty where there is none."""
    try:
        return (urlsplit(f"//{netloc}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def why_not_ours(headers: Mapping[str, str], base_url: str = "") -> str | None:
    """Why a request that changes something was not made by one of our own pages; none where it was.

    Sec-Fetch-Site decides where the browser sends it, and Origin must be our own address. A request with neither is
    no form of ours: every browser of the last years sends Origin with a POST.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is None and origin is None:
        return "It came without Origin."
    if site is not None and site != "same-origin":
        return "It came from another site."
    own = {headers.get("host", "").lower(), urlsplit(base_url).netloc.lower()}  # a proxy may rewrite Host
    if origin is not None and origin.partition("://")[2].lower() not in own - {""}:
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
        if not is_own_host(headers.get("host"), self._place.hosts, any_address=self._place.any_address):
            return PlainTextResponse("This address is not served here.\n", 400)
        scope.setdefault("state", {})["user"] = None
        one_click = path.startswith("/unsubscribe/")  # RFC 8058: no cookie, no origin; its body is not read
        if one_click or path in ("/healthz", "/static/desk.css"):
            return None
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > LARGEST or "transfer-encoding" in headers:
            return PlainTextResponse("That is more than this page takes.\n", 413)
        if method not in SAFE and (reason := why_not_ours(headers, self._place.settings.base_url)):
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
