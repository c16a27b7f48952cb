"""Mail servers of this machine: where they are, how they are spoken to, and how much they take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

from newsletter.errors import SettingsError
from newsletter.values import refuse_unknown, value_of, within

_FOLDER_LIMITS = {"connections": (1, 50), "timeout": (0.1, 3_600), "weight": (1, 1_000)} | {
    f"per_{span}": (0, 10**9) for span in ("second", "minute", "hour", "day")
}
_SMTP_LIMITS = _FOLDER_LIMITS | {"port": (1, 65_535)}


StartTls = Literal["require", "auto", "never"]


@dataclass(frozen=True, kw_only=True)
class Smtp:
    """A server that takes our mail, or a folder that takes `.eml` files."""

    host: str = ""
    port: int = 0
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    """TLS from the first byte (`smtps://`)."""
    starttls: StartTls = "require"
    folder: Path | None = None
    """`file:DIR`: write each message there instead of sending it."""
    connections: int = 8
    timeout: float = 60.0
    """Seconds to wait for an answer of the server."""
    weight: int = 1
    """Its share of the connections, beside other servers."""
    per_second: int = 0
    per_minute: int = 0
    per_hour: int = 0
    per_day: int = 0
    """How many messages it takes in any such span; 0: as many as we have."""

    @cached_property
    def limits(self) -> dict[int, int]:
        """Seconds of a span, and how many messages may go out in it."""
        named = {1: self.per_second, 60: self.per_minute, 3_600: self.per_hour, 86_400: self.per_day}
        return {span: limit for span, limit in named.items() if limit}

    def __hash__(self) -> int:
        """Of what tells servers apart: it is asked for several times a message."""
        return hash((self.host, self.port, self.user))

    @property
    def account(self) -> str:
        """Whose limits they are: the user's at this server."""
        return f"{self.user or ''}@{self.host or self.folder}:{self.port}"[:200]

    @property
    def is_remote(self) -> bool:
        """Whether mail leaves this machine through it."""
        return self.folder is None and not is_loopback(self.host)

    def __str__(self) -> str:
        """How it is named to a person: never with its password."""
        if self.folder is not None:
            return f"file:{self.folder}"
        return f"{'smtps' if self.tls else 'smtp'}://{self.host}:{self.port}"


def is_loopback(host: str) -> bool:
    """Whether a host name means this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def read_server(workspace: Path, table: Mapping[str, Any], where: str) -> Smtp:
    """A server from an `[[smtp]]` table. Raises SettingsError."""
    numbers = ("weight", "per_second", "per_minute", "per_hour", "per_day")
    refuse_unknown(
        table,
        {"url", "host", "port", "user", "password", "tls", "starttls", "connections", "timeout", *numbers},
        "smtp.",
        where,
    )
    if "url" in table:
        server = smtp_from_url(value_of(table, "url", str, "", where), workspace, where)
    else:
        host = value_of(table, "host", str, "", where)
        if not host:
            raise SettingsError("An [[smtp]] table needs a host or a url.", where=where)
        tls = value_of(table, "tls", bool, False, where)
        server = Smtp(
            host=host,
            port=value_of(table, "port", int, 465 if tls else 587, where),
            user=value_of(table, "user", str, "", where) or None,
            password=value_of(table, "password", str, "", where) or None,
            tls=tls,
            starttls=_starttls(table.get("starttls"), host, where),
        )
    server = replace(
        server,
        connections=value_of(table, "connections", int, server.connections, where),
        timeout=value_of(table, "timeout", float, server.timeout, where),
        **{name: value_of(table, name, int, getattr(server, name), where) for name in numbers},
    )
    within("smtp.", server, _SMTP_LIMITS if server.folder is None else _FOLDER_LIMITS, where)
    return server


def _starttls(value: Any, host: str, where: str) -> StartTls:
    if value is None:
        return "auto" if is_loopback(host) else "require"
    for known in ("require", "auto", "never"):
        if value == known:
            return known
    raise SettingsError(f"starttls is “{value}”; write require, auto or never.", where=where)


def smtp_from_url(url: str, workspace: Path, where: str) -> Smtp:
    """A server from `smtp://user:pass@host:587?starttls=require`, `smtps://…` or `file:DIR`."""
    if url.startswith("file:"):
        folder = unquote(url.removeprefix("file:"))
        if folder.startswith("//"):
            folder = folder[2:]
        if not folder:
            raise SettingsError("file: needs a folder, as in file:outbox.", where=where)
        return Smtp(folder=workspace / folder, starttls="never", connections=4)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        # Python's own words would repeat the password
        raise SettingsError(
            "The SMTP address cannot be read: a port is from 1 to 65535, and a # / @ or : in a password is written as "
            "%23 %2F %40 %3A.",
            where=where,
        ) from None
    if parts.scheme not in ("smtp", "smtps") or not host:
        raise SettingsError(
            "The SMTP address must look like smtp://user:password@host:587, smtps://… or file:DIR.", where=where
        )
    options = parse_qs(parts.query)
    refuse_unknown(options, {"starttls", "connections", "timeout"}, "smtp ?", where)
    tls = parts.scheme == "smtps"
    try:
        connections, timeout = int(options.get("connections", ["8"])[0]), float(options.get("timeout", ["60"])[0])
    except ValueError:
        raise SettingsError("connections and timeout in an SMTP address are numbers.", where=where) from None
    server = Smtp(
        host=host,
        port=port or (465 if tls else 587),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        tls=tls,
        starttls=_starttls(options.get("starttls", [None])[0], host, where),
        connections=connections,
        timeout=timeout,
    )
    within("smtp.", server, _SMTP_LIMITS, where)
    return server
