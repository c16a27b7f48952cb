"""Which addresses may be reached. The network is hostile: a feed's host name may mean this very machine."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from threading import Thread
from time import monotonic

_NAT64 = IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")
_V4_COMPATIBLE = IPv6Network("::/96")
_SIX_TO_FOUR = IPv6Network("2002::/16")
_TEREDO = IPv6Network("2001::/32")
# Python 3.11 knows the special-purpose registries (RFC 6890) of some years ago.
_NOBODYS_V4 = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))
_NOBODYS_V6 = (IPv6Network("2001::/23"), IPv6Network("3fff::/20"), IPv6Network("5f00::/16"))
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)
"""The upper half of an interface identifier that wraps an IPv4 address (RFC 5214, 6.1)."""


class Unreachable(Exception):
    """An address that is not reached, with one sentence for a person. `host_is_down`: asking again now is useless."""

    def __init__(self, reason: str, *, host_is_down: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.host_is_down = host_is_down


def is_public(address: str) -> bool:
    """Whether an IP address is out there for everybody.

    `ipaddress.is_global` of Python 3.11 calls wrapped loopback addresses and multicast global (RFC 6052, RFC 3056).
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv4Address):
        return _is_public_v4(ip)
    return _is_public_v6(ip)


def _is_public_v4(ip: IPv4Address) -> bool:
    nobodys = any(ip in network for network in _NOBODYS_V4)
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not nobodys


def _is_public_v6(ip: IPv6Address) -> bool:
    wrapped: IPv4Address | None = None
    if ip.ipv4_mapped is not None:
        wrapped = ip.ipv4_mapped
    elif ip in _NAT64:
        wrapped = IPv4Address(int(ip) & 0xFFFF_FFFF)
    elif ip in _SIX_TO_FOUR:
        wrapped = ip.sixtofour
    elif int(ip) >> 32 & 0xFFFF_FFFF in _ISATAP:
        wrapped = IPv4Address(int(ip) & 0xFFFF_FFFF)
    elif ip in _V4_COMPATIBLE or ip in _NAT64_LOCAL or ip in _TEREDO or any(ip in one for one in _NOBODYS_V6):
        return False
    if wrapped is not None:
        return _is_public_v4(wrapped)
    return ip.is_global and not ip.is_multicast and not ip.is_site_local and not ip.is_reserved


def addresses(host: str, port: int, *, allow_private: bool, timeout: float) -> list[tuple[int, str]]:
    """The addresses a host name means now, as (family, address); every one of them has been checked.

    Raises Unreachable where there is none, none in `timeout` seconds, or one of them is private.
    """
    found = _literal(host) or _resolved(host, port, timeout)
    if not allow_private:
        for _, address in found:
            if not is_public(address):
                raise Unreachable(
                    f"{host} is the private address {address}; only public hosts are asked, unless the settings say "
                    "allow_private_hosts = true under [fetch]."
                )
    return found


def _literal(host: str) -> list[tuple[int, str]]:
    """The address that a host is already; none for a name, which is asked for."""
    try:
        ip = ip_address(host)
    except ValueError:
        return []
    if "%" in host:  # an interface goes with it, which only the resolver knows
        return []
    return [(int(socket.AF_INET if isinstance(ip, IPv4Address) else socket.AF_INET6), str(ip))]


def _resolved(host: str, port: int, timeout: float) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    failure: list[OSError | UnicodeError] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys((int(family), str(where[0])) for family, _, _, _, where in answers))
        except (OSError, UnicodeError) as cause:
            failure.append(cause)

    asking = Thread(target=ask, daemon=True)  # getaddrinfo has no timeout of its own
    asking.start()
    asking.join(timeout)
    if asking.is_alive():
        raise Unreachable(f"The name {host} was not resolved within {timeout:.0f} s.", host_is_down=True)
    if failure or not found:
        raise Unreachable(f"There is no host called {host}; check the spelling of the address.", host_is_down=True)
    return found


def connect(host: str, port: int, *, allow_private: bool, timeout: float) -> socket.socket:
    """A connection to a host: to exactly the address that was checked, never resolved a second time.

    Tries each address in turn, all within `timeout` seconds. Raises Unreachable.
    """
    deadline = monotonic() + timeout
    why = f"{host}:{port} did not answer."
    for family, address in addresses(host, port, allow_private=allow_private, timeout=timeout):
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(max(deadline - monotonic(), 0.1))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.connect((address, port))
            return connection
        except TimeoutError:
            why = f"{host}:{port} did not answer within {timeout:.0f} s."
        except ConnectionRefusedError:
            why = f"{host}:{port} refused the connection."
        except OSError as cause:
            why = f"{host}:{port} could not be reached ({cause.strerror or type(cause).__name__})."
        connection.close()
    raise Unreachable(why, host_is_down=True)
