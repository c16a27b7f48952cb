"""A POST of JSON to an address of the settings, under the same guard as every fetch. A failure is a value."""

from __future__ import annotations

import hmac
import http.client
import json
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from threading import Timer
from time import monotonic
from typing import Any
from urllib.parse import quote, urlsplit

from newsletter.net.guard import Unreachable, connect
from newsletter.settings import Fetching

TIMEOUT = 15.0
"""Wall clock of one POST, seconds."""
_SAFE = "/%:@!$&'()*+,;=~-._?[]"


def post_json(limits: Fetching, url: str, document: Mapping[str, Any], *, secret: str = "") -> str | None:
    """Post a document; why it was not taken, in one sentence, or none where the server answered with 2xx.

    No redirect is followed: the address is ours to name. With a secret the body is signed by HMAC-SHA256.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = (parts.hostname or "").encode("idna").decode()
    except (ValueError, UnicodeError):
        return "The address of the webhook cannot be read."
    if parts.scheme not in ("http", "https") or not host:
        return "The address of the webhook must begin with http:// or https://."
    body = json.dumps(document, ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": limits.user_agent,
        "Connection": "close",
    }
    if secret:
        headers["X-Newsletter-Signature"] = f"sha256={hmac.digest(secret.encode(), body, 'sha256').hex()}"
    path = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
    timeout = min(TIMEOUT, limits.timeout)
    deadline = monotonic() + timeout
    try:
        line = connect(host, port, allow_private=limits.allow_private_hosts, timeout=timeout)
    except Unreachable as cause:
        return cause.reason
    watchdog = Timer(max(deadline - monotonic(), 0.1), _cut, [line])  # an answer may come a byte a second
    watchdog.daemon = True
    watchdog.start()
    try:
        status = _asked(line, host, port, parts.scheme == "https", path, body, headers)
    except TimeoutError:
        return f"{host} did not answer within {timeout:g} s."
    except (OSError, http.client.HTTPException) as cause:
        if monotonic() >= deadline:
            return f"{host} did not answer within {timeout:g} s."
        return f"The connection to {host} broke off: {str(cause)[:120].rstrip('.') or type(cause).__name__}."
    finally:
        watchdog.cancel()
        line.close()
    if monotonic() >= deadline:  # what was cut off in the middle of its headers looks like an answer
        return f"{host} did not answer within {timeout:g} s."
    return None if 200 <= status < 300 else f"{host} answered {status}."


def _asked(
    line: socket.socket, host: str, port: int, tls: bool, path: str, body: bytes, headers: Mapping[str, str]
) -> int:
    connection = http.client.HTTPConnection(host, port)
    if tls:
        inner = line.dup()  # the watchdog keeps its own end
        connection.sock = ssl.create_default_context().wrap_socket(inner, server_hostname=host)
    else:
        connection.sock = line.dup()
    try:
        connection.request("POST", path, body, dict(headers))
        response = connection.getresponse()
        response.read(10_000)
        return response.status
    finally:
        connection.close()


def _cut(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
