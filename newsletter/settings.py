"""The machine's settings: `newsletter.toml` of the workspace, overridden by the environment.

What editors change (publications, sources, sections, people) lives in the database.
"""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

from newsletter.accounts import NO_ACCOUNTS, PASSWORD, Accounts, read_accounts
from newsletter.clock import Clock
from newsletter.errors import SettingsError

FILE = "newsletter.toml"
_DAY = 86_400.0
_FETCH_LIMITS = {"max_bytes": (1_000, 2**30), "timeout": (0.1, 3_600), "parallel": (1, 256), "every": (1, 30 * _DAY)}
_FOLDER_LIMITS = {"connections": (1, 50), "timeout": (0.1, 3_600), "weight": (1, 1_000)} | {
    f"per_{span}": (0, 10**9) for span in ("second", "minute", "hour", "day")
}
_SMTP_LIMITS = _FOLDER_LIMITS | {"port": (1, 65_535)}

StartTls = Literal["require", "auto", "never"]
LogFormat = Literal["text", "json"]


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

    @property
    def limits(self) -> dict[int, int]:
        """Seconds of a span, and how many messages may go out in it."""
        named = {1: self.per_second, 60: self.per_minute, 3_600: self.per_hour, 86_400: self.per_day}
        return {span: limit for span, limit in named.items() if limit}

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


@dataclass(frozen=True, kw_only=True)
class Fetching:
    """Limits of the guarded fetcher."""

    allow_private_hosts: bool = False
    max_bytes: int = 10 * 1024 * 1024
    timeout: float = 30.0
    """Wall clock of one request with its redirects, seconds."""
    user_agent: str = "newsletter-desk/0.1 (feed collector)"
    parallel: int = 48
    every: float = 900.0
    """Seconds between two looks of `serve` at the sources."""


@dataclass(frozen=True, kw_only=True)
class Alerts:
    """Who is told when something needs a person, and by which way."""

    mail_to: tuple[str, ...] = ()
    mail_from: str = ""
    """Empty: as the newsletter."""
    smtp: Smtp | None = None
    """A server for alerts alone; none: the first of those that send."""
    webhook: str = field(default="", repr=False)
    """An http(s) address that takes a POST of JSON."""
    webhook_secret: str = field(default="", repr=False)
    """Signs it: `X-Newsletter-Signature: sha256=` and the HMAC of the body."""

    @property
    def ways(self) -> tuple[str, ...]:
        """The ways out that are set: `mail`, `webhook`."""
        return (*(("mail",) if self.mail_to else ()), *(("webhook",) if self.webhook else ()))


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
    alerts: Alerts = Alerts()
    log: LogFormat = "text"
    """How `serve` writes what happened: lines for people, or one JSON document a line."""
    accounts: Accounts = NO_ACCOUNTS
    pause_above: float = 0.3
    """The share of failed and uncertain ones among the last 200 messages above which an issue pauses by itself."""
    proxies: tuple[str, ...] = ()
    """Addresses or networks of the proxies before `serve` whose X-Forwarded-For and -Proto are believed."""

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
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def workspace_folder(option: str | None, environ: Mapping[str, str]) -> Path:
    """The workspace: the option, else `NEWSLETTER_WORKSPACE`, else the current folder."""
    return Path(option or environ.get("NEWSLETTER_WORKSPACE") or ".").absolute()


def load(workspace: Path, environ: Mapping[str, str]) -> Settings:
    """Read the settings of a workspace.

    Raises SettingsError where the file is missing or unreadable, or a value cannot be used: which, and what to do.
    """
    path = workspace / FILE
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
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
    except RecursionError as cause:
        raise SettingsError(f"{path} is nested too deeply to be settings.", where=str(path)) from cause
    settings = _from_table(workspace, table, str(path))
    return _overridden(settings, environ)


def _why(cause: Exception) -> str:
    return cause.strerror or type(cause).__name__ if isinstance(cause, OSError) else "it is not UTF-8 text"


def _from_table(workspace: Path, table: Mapping[str, Any], where: str) -> Settings:
    _known(
        table,
        {"base_url", "secret_key", "database", "smtp", "mailbox", "fetch", "send", "serve", "alerts", "log"},
        "",
        where,
    )
    database = _sub(table, "database", {"url"}, where)
    fetch = _sub(table, "fetch", {f.name for f in fields(Fetching)}, where)
    sending = _sub(table, "send", {"pause_above"}, where)
    serving = _sub(table, "serve", {"proxies"}, where)
    servers = table.get("smtp", [])
    if not isinstance(servers, list) or not all(isinstance(one, dict) for one in servers):
        raise SettingsError("Write each SMTP server as its own [[smtp]] table.", where=where)
    return Settings(
        workspace=workspace,
        database_url=_of(database, "url", str, "sqlite:///newsletter.db", where),
        base_url=_base_url(_of(table, "base_url", str, "", where), where),
        secret_keys=_secret_keys(table.get("secret_key", ""), where),
        smtp=tuple(_server(workspace, one, where) for one in servers),
        fetching=_fetching(fetch, where),
        accounts=read_accounts(table.get("mailbox", []), workspace, where),
        pause_above=_share(sending, "pause_above", 0.3, where),
        proxies=_networks(serving.get("proxies", []), where),
        alerts=_alerts(workspace, table, where),
        log=log_format(_of(_sub(table, "log", {"format"}, where), "format", str, "text", where), where),
    )


def _secret_keys(value: Any, where: str) -> tuple[str, ...]:
    keys = [value] if isinstance(value, str) else value
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise SettingsError("secret_key must be a text in quotes, or a list of them, the newest first.", where=where)
    return tuple(key for key in keys if key)


def _alerts(workspace: Path, table: Mapping[str, Any], where: str) -> Alerts:
    given = _sub(table, "alerts", {one.name for one in fields(Alerts)}, where)
    addresses = given.get("mail_to", [])
    addresses = [addresses] if isinstance(addresses, str) else addresses
    if not isinstance(addresses, list) or not all(_is_address(one) for one in addresses):
        raise SettingsError(
            'The setting “alerts.mail_to” is a list of addresses, as ["editor@example.org"].', where=where
        )
    webhook = _of(given, "webhook", str, "", where)
    if webhook and not _is_web_address(webhook):
        raise SettingsError("The setting “alerts.webhook” must look like https://hooks.example.org/….", where=where)
    url = _of(given, "smtp", str, "", where)
    return Alerts(
        mail_to=tuple(addresses),
        mail_from=_of(given, "mail_from", str, "", where),
        smtp=smtp_from_url(url, workspace, where) if url else None,
        webhook=webhook,
        webhook_secret=_of(given, "webhook_secret", str, "", where),
    )


def _is_address(text: Any) -> bool:
    return isinstance(text, str) and bool(re.fullmatch(r"[^\s@<>,\x00-\x1f]+@[^\s@<>,\x00-\x1f]+", text))


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and url.isascii()
    except ValueError:
        return False


def log_format(wanted: str, where: str) -> LogFormat:
    """How a log is written. Raises SettingsError for anything but text and json."""
    if wanted == "text":
        return "text"
    if wanted == "json":
        return "json"
    raise SettingsError(f"A log is written as text or json, not as “{wanted[:40]}”.", where=where)


def _networks(addresses: Any, where: str) -> tuple[str, ...]:
    wrong = 'The setting “serve.proxies” is a list of addresses or networks, as ["127.0.0.1", "10.0.0.0/8"].'
    if not isinstance(addresses, list):
        raise SettingsError(wrong, where=where)
    try:
        return tuple(str(ip_network(str(one))) if "/" in str(one) else str(ip_address(str(one))) for one in addresses)
    except ValueError as cause:
        raise SettingsError(wrong, where=where) from cause


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
        # never the value itself: it may be a password
        raise SettingsError(f"The setting “{name}” must be {names[kind]}.", where=where)
    if isinstance(value, float) and not math.isfinite(value):
        raise SettingsError(f"The setting “{name}” must be a number that ends.", where=where)
    if isinstance(value, str) and any(ord(letter) < 32 for letter in value):
        raise SettingsError(f"The setting “{name}” must be one line, without control characters.", where=where)
    return value


def _within(prefix: str, settings: object, limits: Mapping[str, tuple[float, float]], where: str) -> None:
    """Refuse numbers that no machine can work with."""
    for name, (least, most) in limits.items():
        if not least <= getattr(settings, name) <= most:
            raise SettingsError(f"The setting “{prefix}{name}” must be from {least:,g} to {most:,g}.", where=where)


def _fetching(table: Mapping[str, Any], where: str) -> Fetching:
    plain = Fetching()
    given = {
        f.name: _of(table, f.name, type(getattr(plain, f.name)), getattr(plain, f.name), where)
        for f in fields(Fetching)
    }
    fetching = Fetching(**given)
    _within("fetch.", fetching, _FETCH_LIMITS, where)
    return fetching


def _server(workspace: Path, table: Mapping[str, Any], where: str) -> Smtp:
    numbers = ("weight", "per_second", "per_minute", "per_hour", "per_day")
    _known(
        table,
        {"url", "host", "port", "user", "password", "tls", "starttls", "connections", "timeout", *numbers},
        "smtp.",
        where,
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
        **{name: _of(table, name, int, getattr(server, name), where) for name in numbers},
    )
    _within("smtp.", server, _SMTP_LIMITS if server.folder is None else _FOLDER_LIMITS, where)
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
            "The SMTP address cannot be read; write a # / @ or : in a password as %23 %2F %40 %3A.", where=where
        ) from None
    if parts.scheme not in ("smtp", "smtps") or not host:
        raise SettingsError(
            "The SMTP address must look like smtp://user:password@host:587, smtps://… or file:DIR.", where=where
        )
    options = parse_qs(parts.query)
    _known(options, {"starttls", "connections", "timeout"}, "smtp ?", where)
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
    _within("smtp.", server, _SMTP_LIMITS, where)
    return server


def _base_url(url: str, where: str) -> str:
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        host = None
    wrong = not host or parts.scheme not in ("http", "https") or parts.query or parts.fragment or "@" in parts.netloc
    if wrong or not url.isascii() or any(letter.isspace() or not letter.isprintable() for letter in url):
        raise SettingsError("The base URL must look like https://news.example.org.", where=where)
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
    if password := environ.get(PASSWORD):
        settings = replace(settings, accounts=replace(settings.accounts, password=password))
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
