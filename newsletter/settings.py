"""The machine's settings: `newsletter.toml` of the workspace, overridden by the environment.

What editors change (publications, sources, sections, people) lives in the database.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from newsletter.accounts import NO_ACCOUNTS, PASSWORD, Accounts, read_accounts
from newsletter.clock import Clock
from newsletter.errors import SettingsError
from newsletter.servers import Smtp, StartTls, is_loopback, read_server, smtp_from_url
from newsletter.values import refuse_unknown, sub_table, value_of, within

__all__ = [
    "FILE",
    "Alerts",
    "Fetching",
    "LogFormat",
    "Settings",
    "Smtp",
    "StartTls",
    "clock_from",
    "is_loopback",
    "load",
    "log_format",
    "smtp_from_url",
    "workspace_folder",
]

FILE = "newsletter.toml"
_DAY = 86_400.0
_FETCH_LIMITS = {"max_bytes": (1_000, 2**30), "timeout": (0.1, 3_600), "parallel": (1, 256), "every": (1, 30 * _DAY)}
LogFormat = Literal["text", "json"]


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
    refuse_unknown(
        table,
        {"base_url", "secret_key", "database", "smtp", "mailbox", "fetch", "send", "serve", "alerts", "log"},
        "",
        where,
    )
    database = sub_table(table, "database", {"url"}, where)
    fetch = sub_table(table, "fetch", {f.name for f in fields(Fetching)}, where)
    sending = sub_table(table, "send", {"pause_above"}, where)
    serving = sub_table(table, "serve", {"proxies"}, where)
    servers = table.get("smtp", [])
    if not isinstance(servers, list) or not all(isinstance(one, dict) for one in servers):
        raise SettingsError("Write each SMTP server as its own [[smtp]] table.", where=where)
    return Settings(
        workspace=workspace,
        database_url=value_of(database, "url", str, "sqlite:///newsletter.db", where),
        base_url=_base_url(value_of(table, "base_url", str, "", where), where),
        secret_keys=_secret_keys(table.get("secret_key", ""), where),
        smtp=tuple(read_server(workspace, one, where) for one in servers),
        fetching=_fetching(fetch, where),
        accounts=read_accounts(table.get("mailbox", []), workspace, where),
        pause_above=_share(sending, "pause_above", 0.3, where),
        proxies=_networks(serving.get("proxies", []), where),
        alerts=_alerts(workspace, table, where),
        log=log_format(value_of(sub_table(table, "log", {"format"}, where), "format", str, "text", where), where),
    )


def _secret_keys(value: Any, where: str) -> tuple[str, ...]:
    keys = [value] if isinstance(value, str) else value
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise SettingsError("secret_key must be a text in quotes, or a list of them, the newest first.", where=where)
    return tuple(key for key in keys if key)


def _alerts(workspace: Path, table: Mapping[str, Any], where: str) -> Alerts:
    given = sub_table(table, "alerts", {one.name for one in fields(Alerts)}, where)
    addresses = given.get("mail_to", [])
    addresses = [addresses] if isinstance(addresses, str) else addresses
    if not isinstance(addresses, list) or not all(_is_address(one) for one in addresses):
        raise SettingsError(
            'The setting “alerts.mail_to” is a list of addresses, as ["editor@example.org"].', where=where
        )
    webhook = value_of(given, "webhook", str, "", where)
    if webhook and not _is_web_address(webhook):
        raise SettingsError("The setting “alerts.webhook” must look like https://hooks.example.org/….", where=where)
    url = value_of(given, "smtp", str, "", where)
    return Alerts(
        mail_to=tuple(addresses),
        mail_from=value_of(given, "mail_from", str, "", where),
        smtp=smtp_from_url(url, workspace, where) if url else None,
        webhook=webhook,
        webhook_secret=value_of(given, "webhook_secret", str, "", where),
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
    share: float = value_of(table, name, float, default, where)
    if not 0 < share <= 1:
        raise SettingsError(f"The setting “send.{name}” must be a share above 0 and up to 1, as 0.3.", where=where)
    return share


def _fetching(table: Mapping[str, Any], where: str) -> Fetching:
    plain = Fetching()
    given = {
        f.name: value_of(table, f.name, type(getattr(plain, f.name)), getattr(plain, f.name), where)
        for f in fields(Fetching)
    }
    fetching = Fetching(**given)
    within("fetch.", fetching, _FETCH_LIMITS, where)
    return fetching


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
