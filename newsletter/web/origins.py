"""Whose address a request names, and whose page sent it: against DNS rebinding and forged forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address

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
