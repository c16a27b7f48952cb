"""Readers must be able to reach the links that are ours: to unsubscribe, above all."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from newsletter.model.finding import Finding
from newsletter.render.checks.checked import Checked, error
from newsletter.settings import is_loopback


def check(seen: Checked) -> Iterator[Finding]:
    """Set, https, and not this machine while mail goes to others."""
    url = seen.data.base_url
    if not url:
        yield error(
            "base-url-unset",
            "There is no base URL, so links to unsubscribe lead nowhere: set base_url in newsletter.toml to the https "
            "address where readers reach this desk.",
        )
        return
    parts = urlsplit(url)
    loopback = is_loopback(parts.hostname or "")
    if loopback and seen.sends_far:
        servers = ", ".join(str(server) for server in seen.settings.smtp if server.is_remote)
        yield error(
            "base-url-loopback",
            f"The base URL {url} is this machine, which readers of mail sent through {servers} cannot reach: set "
            "base_url in newsletter.toml to a public https address.",
        )
    elif parts.scheme != "https" and not loopback:
        yield error(
            "base-url-not-https",
            f"The base URL {url} is not https, which mail programs ask of a link to unsubscribe: change base_url in "
            "newsletter.toml.",
        )
