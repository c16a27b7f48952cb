"""The door: which host is asked, from where, by whom; and the headers of every answer.

Everything is closed unless `is_public` says otherwise, so that a page that is added later is never open by accident.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsletter.errors import NewsletterError
from newsletter.model.secret import hashed
from newsletter.model.user import User
from newsletter.store import publications, sessions
from newsletter.web import languages
from newsletter.web.bodies import USUAL
from newsletter.web.carrying import asked_from, carrying
from newsletter.web.cookies import named
from newsletter.web.origins import is_own_host, why_not_ours
from newsletter.web.place import Place
from newsletter.web.published import without_prefix
from newsletter.web.recording import Recording
from newsletter.web.timely import in_time

SESSION = "desk"
"""The cookie of a session; `cookies.named` says how it is called in a browser."""
SEEN = timedelta(minutes=5)
"""How often we write down that a session is in use."""
API = "/api/"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'"
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
    | {"/signin", "/signin/code", "/events", "/events.ics", "/archive", "/feed.atom", "/sitemap.xml"}
)
_STATIC = re.compile(r"/static/[a-z0-9-]+\.[a-z0-9]{1,5}")
_BELOW = ("/setup/", "/unsubscribe/", "/archive/", "/events/", "/images/", "/api/docs")
_OF_EACH = frozenset({"/events", "/events.ics", "/archive", "/feed.atom", "/sitemap.xml"})
"""The pages that each newsletter has under `/p/SLUG`."""


def is_public(path: str) -> bool:
    """Whether a page is for everybody: readers' pages, health, and the doors of the desk."""
    if path in _PUBLIC or path.startswith(_BELOW) or _STATIC.fullmatch(path):
        return True
    within = without_prefix(path)
    return within != path and (within in _OF_EACH or within.startswith(("/archive/", "/events/")))


class Guard:
    """The middleware around all pages."""

    def __init__(self, app: ASGIApp, place: Place, longest: Callable[[str], int] = lambda _: USUAL) -> None:
        """`longest` says how many bytes the body of a request to a path may have; it may take its time."""
        self._app, self._place, self._longest = app, place, longest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it; what changed something goes into the audit log."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            answer: ASGIApp | None = await self._stopped(scope)
        except NewsletterError as error:
            answer = _refusal(scope, 503, error.message, "database")
        receive, send = in_time(receive, self._place.clock), _with_headers(send, scope)
        if answer is not None or scope["method"] in SAFE:
            await (answer or self._app)(scope, receive, send)
            return
        recording = Recording(scope, receive, send)
        await self._app(scope, recording.receive, recording.send)
        with suppress(NewsletterError):  # what was asked for is done
            await run_in_threadpool(recording.keep, scope["state"]["place"])

    async def _stopped(self, scope: Scope) -> ASGIApp | None:
        headers, path, method = Headers(scope=scope), scope["path"], scope["method"]
        base_url, scheme = self._place.settings.base_url, scope.get("scheme", "http")
        host, port = scope.get("server") or ("", None)
        served = (scheme, host, port) if port else None
        languages.speak(languages.accepted(headers.get("accept-language", "")))
        scope.setdefault("state", {}).update(user=None, session=None, place=self._place)
        if not is_own_host(
            headers.get("host"),
            self._place.hosts,
            served=served,
            base_url=base_url,
            any_address=self._place.any_address,
        ):
            why = "This address is not served here. Where it should be, write it as base_url into newsletter.toml."
            return _refusal(scope, 400, why, "host")
        one_click = path.startswith("/unsubscribe/")  # RFC 8058: no cookie, no origin; its body is not read
        if one_click or path == "/healthz" or _STATIC.fullmatch(path):
            return None
        length, most = headers.get("content-length", "0"), USUAL
        if "transfer-encoding" in headers:
            return _refusal(scope, 411, "Say how long the body is, in a Content-Length.", "length")
        is_number = re.fullmatch("[0-9]{1,10}", length)
        if is_number and int(length) > USUAL:
            most = await run_in_threadpool(self._longest, path)
        if not is_number or int(length) > most:
            why = f"That is more than the {most // 1024**2} MB that this address takes."
            return _refusal(scope, 413, why, "too-large")
        if path.startswith(API) or path == API[:-1]:
            if "\n" in path:  # a mounted application is not asked for a path of two lines
                return _refusal(scope, 404, "There is nothing at this address.", "http")
            return None  # it asks for a token itself, and a cookie opens nothing there
        if method not in SAFE and (reason := why_not_ours(headers, base_url, scheme=scheme)):
            return PlainTextResponse(f"This was not sent by a page of the desk. {reason}\n", 403)
        if problem := await run_in_threadpool(self._who, scope, headers):
            return problem
        user: User | None = scope["state"]["user"]
        if user is not None and user.language:
            languages.speak(user.language)
        if user is not None or is_public(path):
            return None
        if method in ("GET", "HEAD"):
            wanted = path + (f"?{query}" if (query := scope.get("query_string", b"").decode("latin-1")) else "")
            return RedirectResponse(f"/signin?next={quote(wanted, safe='')}" if wanted != "/" else "/signin", 303)
        from newsletter.web.late import sign_in_first  # pages ask us who may see them

        return sign_in_first

    def _who(self, scope: Scope, headers: Headers) -> Response | None:
        """Who is asking, in which language, and about which newsletter."""
        place, now = self._place, self._place.clock.now()
        token = cookie_parser(headers.get("cookie", "")).get(named(SESSION, scope, place.settings.base_url))
        if not token:
            return None
        with place.store.reading() as tx:
            session = sessions.find(tx, hashed(token), now)
            if session is None:
                return None
            everything = publications.listing(tx)
        if session.seen_at is None or now - session.seen_at > SEEN:
            with place.store.writing() as tx:
                sessions.seen(tx, session.key, now)
        scope["state"].update(user=session.user, session=session)
        if is_public(scope["path"]):
            return None
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("publication", [""])[0]
        known = {one.slug: one for one in everything}
        asked_before = asked_from(headers.get("referer", ""), headers.get("host", ""))
        asked = asked or (asked_before if asked_before in known else "")
        if asked and asked not in known:
            return PlainTextResponse("There is no such newsletter here.\n", 404)
        ids = {one.id for one in everything}
        wanted = known[asked].id if asked else session.publication if session.publication in ids else None
        working = replace(place, publication_id=wanted or place.publication_id)
        slug = next((one.slug for one in everything if one.id == working.publication_id), None)
        scope["state"].update(place=working, carried=slug if len(everything) > 1 else None)
        return None


def _refusal(scope: Scope, status: int, sentence: str, code: str) -> Response:
    """A sentence to a person; to a program its problem."""
    if scope["path"].startswith(API):
        from newsletter.web.api.problems import problem

        return problem(status, sentence, code=code)
    return PlainTextResponse(f"{sentence}\n", status)


def _with_headers(send: Send, scope: Scope) -> Send:
    is_part = any(name == b"x-swap" for name, _ in scope["headers"])

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if (slug := scope["state"].get("carried")) and (to := headers.get("location")) and to.startswith("/"):
                headers["location"] = carrying(to, slug)
            if message["status"] == 408:
                headers["connection"] = "close"  # the rest of the body is not read
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if "content-security-policy" not in headers:
                headers["content-security-policy"] = PAGE_POLICY
                headers["x-frame-options"] = "DENY"
            # Not no-store: Back must bring a page with what was typed. But of a part only the script knows what it is:
            # the browser would show it as the whole page of the same address, when somebody comes Back to it.
            headers.setdefault("cache-control", "no-store" if is_part else "private, no-cache")
        await send(message)

    return sending
