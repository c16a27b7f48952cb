"""The machine's settings: `newsletter.toml` of the workspace, overridden by the environment.

What editors change (publications, sources, sections, people) lives in the database.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

from newsletter.clock import Clock
from newsletter.errors import SettingsError

FILE = "newsletter.toml"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})

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

    @property
    def is_remote(self) -> bool:
        """Whether mail leaves this machine through it."""
        return self.folder is None and not is_loopback(self.host)

    def __str__(self) -> str:
        """How it is named to a person: never with its password."""
        if self.folder is not None:
            return f"file:{self.folder}"
        return f"{'smtps' if self.tls else 'smtp'}://{self.host}:{self.port}"


@dataclass(frozen=True, kw_only=True)
class Fetching:
    """Limits of the guarded fetcher."""

    allow_private_hosts: bool = False
    max_bytes: int = 10 * 1024 * 1024
    timeout: float = 30.0
    """Wall clock of one request with its redirects, seconds."""
    user_agent: str = "newsletter-desk/0.1 (feed collector)"
    parallel: int = 16


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything a process of this workspace needs to know about its machine."""

    workspace: Path
    database_url: str = "sqlite:///newsletter.db"
    base_url: str = ""
    """Where readers reach us, without a trailing slash; empty where nobody has said."""
    secret_keys: tuple[str, ...] = field(default=(), repr=False)
    """The first signs; all verify, so that old links keep working."""
    smtp: tuple[Smtp, ...] = ()
    fetching: Fetching = Fetching()
    pause_above: float = 0.3
    """The share of failed and uncertain ones among the last 200 messages above which an issue pauses by itself."""

    @property
    def templates(self) -> Path:
        """The workspace's own templates, which win over the shipped ones."""
        return self.workspace / "templates"

    @property
    def drop(self) -> Path:
        """The folder for dropped files that `init` makes."""
        return self.workspace / "drop"


def is_loopback(host: str) -> bool:
    """Whether a host name means this machine."""
    return host.lower() in LOOPBACK or host.startswith("127.")


def workspace_folder(option: str | None, environ: Mapping[str, str]) -> Path:
    """The workspace: the option, else `NEWSLETTER_WORKSPACE`, else the current folder."""
    return Path(option or environ.get("NEWSLETTER_WORKSPACE") or ".").absolute()


def load(workspace: Path, environ: Mapping[str, str]) -> Settings:
    """Read the settings of a workspace.

    Raises SettingsError where the file is missing or unreadable, or a value cannot be used: which, and what to do.
    """
    path = workspace / FILE
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as cause:
        raise SettingsError(
            f"There is no {FILE} in {workspace}. Make a workspace with: newsletter init {workspace}",
            code="no-workspace",
            where=str(path),
        ) from cause
    except (OSError, UnicodeDecodeError) as cause:
        raise SettingsError(f"{path} cannot be read: {_why(cause)}.", where=str(path)) from cause
    except tomllib.TOMLDecodeError as cause:
        raise SettingsError(f"{path} is not valid TOML: {cause}.", where=str(path)) from cause
    settings = _from_table(workspace, table, str(path))
    return _overridden(settings, environ)


def _why(cause: Exception) -> str:
    return cause.strerror or type(cause).__name__ if isinstance(cause, OSError) else "it is not UTF-8 text"


def _from_table(workspace: Path, table: Mapping[str, Any], where: str) -> Settings:
    _known(table, {"base_url", "secret_key", "database", "smtp", "fetch", "send"}, "", where)
    database = _sub(table, "database", {"url"}, where)
    fetch = _sub(table, "fetch", {f.name for f in fields(Fetching)}, where)
    sending = _sub(table, "send", {"pause_above"}, where)
    keys = table.get("secret_key", [])
    servers = table.get("smtp", [])
    if not isinstance(servers, list) or not all(isinstance(one, dict) for one in servers):
        raise SettingsError("Write each SMTP server as its own [[smtp]] table.", where=where)
    return Settings(
        workspace=workspace,
        database_url=_of(database, "url", str, "sqlite:///newsletter.db", where),
        base_url=_base_url(_of(table, "base_url", str, "", where), where),
        secret_keys=tuple(str(key) for key in ([keys] if isinstance(keys, str) else keys) if key),
        smtp=tuple(_server(workspace, one, where) for one in servers),
        fetching=_fetching(fetch, where),
        pause_above=_share(sending, "pause_above", 0.3, where),
    )


def _share(table: Mapping[str, Any], name: str, default: float, where: str) -> float:
    share: float = _of(table, name, float, default, where)
    if not 0 < share <= 1:
        raise SettingsError(f"The setting “send.{name}” must be a share above 0 and up to 1, as 0.3.", where=where)
    return share


def _known(table: Mapping[str, Any], names: set[str], prefix: str, where: str) -> None:
    for name in table:
        if name not in names:
            near = difflib.get_close_matches(name, names, 1)
            hint = f" Did you mean “{prefix}{near[0]}”?" if near else ""
            raise SettingsError(f"There is no setting “{prefix}{name}”.{hint}", where=where)


def _sub(table: Mapping[str, Any], name: str, names: set[str], where: str) -> Mapping[str, Any]:
    sub = table.get(name, {})
    if not isinstance(sub, dict):
        raise SettingsError(f"“{name}” is a table: write [{name}] above its settings.", where=where)
    _known(sub, names, f"{name}.", where)
    return sub


def _of(table: Mapping[str, Any], name: str, kind: type, default: Any, where: str) -> Any:
    value = table.get(name, default)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        names = {str: "a text in quotes", int: "a whole number", float: "a number", bool: "true or false"}
        raise SettingsError(f"The setting “{name}” must be {names[kind]}, not {value!r}.", where=where)
    return value


def _fetching(table: Mapping[str, Any], where: str) -> Fetching:
    plain = Fetching()
    given = {
        f.name: _of(table, f.name, type(getattr(plain, f.name)), getattr(plain, f.name), where)
        for f in fields(Fetching)
    }
    for name in ("max_bytes", "timeout", "parallel"):
        if given[name] <= 0:
            raise SettingsError(f"The setting “fetch.{name}” must be more than zero.", where=where)
    return Fetching(**given)


def _server(workspace: Path, table: Mapping[str, Any], where: str) -> Smtp:
    _known(
        table, {"url", "host", "port", "user", "password", "tls", "starttls", "connections", "timeout"}, "smtp.", where
    )
    if "url" in table:
        server = smtp_from_url(_of(table, "url", str, "", where), workspace, where)
    else:
        host = _of(table, "host", str, "", where)
        if not host:
            raise SettingsError("An [[smtp]] table needs a host or a url.", where=where)
        tls = _of(table, "tls", bool, False, where)
        server = Smtp(
            host=host,
            port=_of(table, "port", int, 465 if tls else 587, where),
            user=_of(table, "user", str, "", where) or None,
            password=_of(table, "password", str, "", where) or None,
            tls=tls,
            starttls=_starttls(table.get("starttls"), host, where),
        )
    server = replace(
        server,
        connections=_of(table, "connections", int, server.connections, where),
        timeout=_of(table, "timeout", float, server.timeout, where),
    )
    if not 1 <= server.connections <= 50:
        raise SettingsError("smtp.connections must be from 1 to 50.", where=where)
    if server.timeout <= 0:
        raise SettingsError("smtp.timeout must be more than zero.", where=where)
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
    except ValueError as cause:
        raise SettingsError(f"The SMTP address cannot be read: {cause}.", where=where) from cause
    if parts.scheme not in ("smtp", "smtps") or not host:
        raise SettingsError(
            "The SMTP address must look like smtp://user:password@host:587, smtps://… or file:DIR.", where=where
        )
    options = parse_qs(parts.query)
    _known(options, {"starttls", "connections", "timeout"}, "smtp ?", where)
    tls = parts.scheme == "smtps"
    try:
        connections, timeout = int(options.get("connections", ["8"])[0]), float(options.get("timeout", ["60"])[0])
    except ValueError as cause:
        raise SettingsError(f"The SMTP address has an option that is not a number: {cause}.", where=where) from cause
    return Smtp(
        host=host,
        port=port or (465 if tls else 587),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        tls=tls,
        starttls=_starttls(options.get("starttls", [None])[0], host, where),
        connections=min(max(connections, 1), 50),
        timeout=timeout,
    )


def _base_url(url: str, where: str) -> str:
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or parts.query or parts.fragment:
        raise SettingsError(f"The base URL “{url}” must look like https://news.example.org.", where=where)
    return url.rstrip("/")


def _overridden(settings: Settings, environ: Mapping[str, str]) -> Settings:
    if url := environ.get("NEWSLETTER_DATABASE_URL"):
        settings = replace(settings, database_url=url)
    if url := environ.get("NEWSLETTER_SMTP_URL"):
        settings = replace(settings, smtp=(smtp_from_url(url, settings.workspace, "NEWSLETTER_SMTP_URL"),))
    if url := environ.get("NEWSLETTER_BASE_URL"):
        settings = replace(settings, base_url=_base_url(url, "NEWSLETTER_BASE_URL"))
    if key := environ.get("NEWSLETTER_SECRET_KEY"):
        settings = replace(settings, secret_keys=(key, *settings.secret_keys))
    if environ.get("NEWSLETTER_ALLOW_PRIVATE_HOSTS", "").lower() in ("1", "true", "yes"):
        settings = replace(settings, fetching=replace(settings.fetching, allow_private_hosts=True))
    return settings


def clock_from(text: str | None) -> Clock:
    """A clock for the value of `NEWSLETTER_NOW`: an ISO time (UTC where it names no offset), or none.

    Raises SettingsError for anything else.
    """
    if not text:
        return Clock()
    try:
        start = datetime.fromisoformat(text)
    except ValueError as cause:
        raise SettingsError(
            f"NEWSLETTER_NOW is “{text}”, which is not an ISO time such as 2026-12-04T09:00:00Z.",
            where="NEWSLETTER_NOW",
        ) from cause
    return Clock(start.astimezone(UTC) if start.tzinfo else start.replace(tzinfo=UTC))
