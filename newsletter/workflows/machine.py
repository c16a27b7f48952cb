"""Whether this machine can send: its mail servers, the disk, the base URL. Each answer is a sentence, no error."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.net.fetch import Failed, Fetcher, Request
from newsletter.settings import Settings, is_loopback
from newsletter.workflows.deliver import try_server

LEAST_DISK = 100 * 1024 * 1024
"""Bytes that the ledger should find free."""
PATIENCE = 10.0
"""Seconds for a server or the base URL to answer."""


@dataclass(frozen=True)
class Check:
    """One thing that was tried."""

    check: str
    ok: bool
    detail: str


def servers(settings: Settings) -> list[Check]:
    """Connect to each mail server, log in, and take leave."""
    if not settings.smtp:
        return [Check("smtp", False, "No mail server is set; name one as [[smtp]] in newsletter.toml.")]
    found = []
    for server in settings.smtp:
        try:
            try_server(replace(settings, smtp=(replace(server, timeout=min(server.timeout, PATIENCE)),)))
            found.append(Check("smtp", True, f"{server} takes our login." if server.user else f"{server} answers."))
        except NewsletterError as error:
            found.append(Check("smtp", False, error.message))
    return found


def disk(settings: Settings) -> Check:
    """Whether there is room for the ledger."""
    try:
        room = os.statvfs(settings.workspace)
    except OSError as cause:
        return Check("disk", False, f"The workspace cannot be read: {cause.strerror}.")
    free = room.f_bavail * room.f_frsize
    if free < LEAST_DISK:
        return Check("disk", False, f"Only {free // 1024 // 1024} MB are free in {settings.workspace}; make room.")
    return Check("disk", True, f"{free / 1024**3:.1f} GB are free.")


def base_url(settings: Settings, clock: Clock, *, running: bool = True) -> Check:
    """Whether readers can reach us where our links lead, with a certificate that holds.

    Not `running`: the desk may be switched off, so that an address of this machine need not answer.
    """
    if not settings.base_url:
        return Check("base_url", False, "No base_url is set in newsletter.toml: nothing can be sent without it.")
    is_local = is_loopback(settings.base_url.partition("://")[2].partition("/")[0].partition(":")[0])
    if is_local and any(server.is_remote for server in settings.smtp):
        return Check("base_url", False, f"{settings.base_url} is this machine; readers elsewhere cannot reach it.")
    if not is_local and settings.base_url.startswith("http:"):
        return Check("base_url", False, f"{settings.base_url} is not encrypted; set an https:// address.")
    # it is our own: where it leads is for the settings to say, and not for a feed
    limits = replace(settings.fetching, allow_private_hosts=True, timeout=min(PATIENCE, settings.fetching.timeout))
    answer = Fetcher(limits).fetch(Request(url=f"{settings.base_url}/healthz"), now=clock.now())
    if isinstance(answer, Failed):
        why = answer.reason.rstrip(".")
        if is_local and not running:
            return Check(
                "base_url", True, f"{settings.base_url} is this machine, for a rehearsal; no desk runs there now."
            )
        return Check("base_url", False, f"{settings.base_url} does not lead to a running desk: {why}.")
    return Check("base_url", True, f"{settings.base_url} leads to a running desk.")
