"""When two addresses mean the same page."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

_TRACKING = re.compile(
    r"^(?:utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|igshid|mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|ref_src)$",
    re.IGNORECASE,
)
_TRACKED = re.compile(r"[?&](?:utm_|fbclid|gclid|dclid|msclkid|mc_|mkt_tok|_hs|igshid|yclid|twclid|ref_src|[gw]braid)")
_HREF = re.compile(r'href="([^"]+)"')
_DEFAULT_PORTS = {"http": 80, "https": 443}


def canonical(url: str | None) -> str | None:
    """An http(s) address without tracking, fragment, default port and trailing slash; http counts as https.

    None for anything else. It is for comparing: readers get the address as the source gave it.
    """
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    host = (parts.hostname or "").rstrip(".")
    if scheme not in _DEFAULT_PORTS or not host:
        return None
    host = f"[{host}]" if ":" in host else host
    place = host if port in (None, _DEFAULT_PORTS[scheme]) else f"{host}:{port}"
    kept = [pair for pair in parts.query.split("&") if pair and not _TRACKING.match(pair.partition("=")[0])]
    return urlunsplit(("https", place, parts.path.rstrip("/"), "&".join(kept), ""))


def without_tracking(url: str) -> str:
    """An address without the parameters that follow a reader; otherwise as it was given."""
    if not _TRACKED.search(url):
        return url
    address, mark, fragment = url.partition("#")
    start, _, query = address.partition("?")
    kept = [pair for pair in query.split("&") if not _TRACKING.match(pair.partition("=")[0])]
    return start + ("?" + "&".join(kept) if kept else "") + mark + fragment


def links_without_tracking(html: str) -> str:
    """Clean HTML, its links without the parameters that follow a reader."""
    return _HREF.sub(_bare, html) if _TRACKED.search(html.replace("&amp;", "&")) else html


def _bare(match: re.Match[str]) -> str:
    bare = without_tracking(match[1].replace("&amp;", "&"))
    return f'href="{bare.replace("&", "&amp;")}"'
