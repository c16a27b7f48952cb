"""The web server under the application: uvicorn, as we run it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from newsletter.settings import Settings

GRACE = 3
"""Seconds that open connections get at the end."""


class _Server(uvicorn.Server):
    """uvicorn without its own signals: it would raise them again at the end, before the sender has finished."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def server_for(app: ASGIApp, settings: Settings) -> uvicorn.Server:
    """A server for the application, which logs nothing itself and believes only the proxies of the settings."""
    return _Server(
        uvicorn.Config(
            app,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=GRACE,
            # Whoever may say where a request came from can guess passwords without ever having to wait.
            proxy_headers=bool(settings.proxies),
            forwarded_allow_ips=list(settings.proxies),
        )
    )
