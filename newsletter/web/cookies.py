"""The cookie of a session: its name, and how it is set."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from newsletter.web.origins import authority, origin_of


def is_https(scheme: str, host: str, base_url: str) -> bool:
    """Whether the browser reached us by https, perhaps through a proxy that we only know as the base URL."""
    base, asked = origin_of(base_url), authority(host)
    return scheme == "https" or bool(base and asked and base[:2] == ("https", asked[0]))


def named(what: str, scope: Any, base_url: str) -> str:
    """The name of a cookie for the address that was asked.

    By https it begins with `__Host-`: no other host, and no page without TLS, can set or overwrite it (RFC 6265bis,
    4.1.3.2). By http its port is in the name, since cookies know no port and two desks on one machine would sign each
    other out.
    """
    host = Headers(scope=scope).get("host", "")
    if is_https(scope.get("scheme", "http"), host, base_url):
        return f"__Host-{what}"
    asked = authority(host)
    return f"{what}-{asked[1] or 80}" if asked else what


def give(answer: Response, request: Request, what: str, value: str, lasts: timedelta, base_url: str) -> None:
    """Set one that no script reads and no other site sends along."""
    name = named(what, request.scope, base_url)
    age = int(lasts.total_seconds())
    answer.set_cookie(name, value, max_age=age, httponly=True, samesite="lax", secure=name.startswith("__Host-"))


def take(answer: Response, request: Request, what: str, base_url: str) -> None:
    """Delete it."""
    name = named(what, request.scope, base_url)
    answer.delete_cookie(name, httponly=True, samesite="lax", secure=name.startswith("__Host-"))
