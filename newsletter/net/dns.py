"""TXT records of the DNS: what receivers ask about a sender (SPF, DKIM, DMARC)."""

from __future__ import annotations

from collections.abc import Sequence

PATIENCE = 4.0
"""Seconds for one answer."""


def txt(
    name: str, *, servers: Sequence[str] = (), port: int = 53, patience: float = PATIENCE
) -> tuple[str, ...] | None:
    """The TXT records of a name, each joined (RFC 7208 §3.3); empty where it has none; none where DNS does not answer.

    `servers` instead of those of the system.
    """
    import dns.exception
    import dns.resolver

    try:
        resolver = dns.resolver.Resolver(configure=not servers)
        if servers:
            resolver.nameservers = list(servers)
            resolver.port = port
        resolver.lifetime = resolver.timeout = patience
        answer = resolver.resolve(name, "TXT", search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (dns.exception.DNSException, OSError, ValueError, UnicodeError):
        return None
    return tuple(b"".join(one.strings).decode("utf-8", "replace") for one in answer)
