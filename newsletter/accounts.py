"""Mailboxes of this machine: whose password opens which account, and what becomes of a message that was read."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from newsletter.errors import SettingsError

PASSWORD = "NEWSLETTER_MAILBOX_PASSWORD"  # noqa: S105  the name of a variable
"""Opens every mailbox for which the file has no password of its own."""
PORTS = {"imaps": 993, "imap": 143}
_MOVE = "move:"
_KEYS = {"url", "host", "port", "user", "password", "after", "ca"}


@dataclass(frozen=True, kw_only=True)
class Account:
    """What opens a mailbox, and what is done with the messages that were taken from it."""

    host: str
    user: str
    port: int | None = None
    """None: whatever port the source names."""
    password: str | None = field(default=None, repr=False)
    move_to: str | None = None
    """The folder into which messages go once they are kept; none: they stay, marked as read."""
    ca: Path | None = None
    """A certificate (PEM) that is trusted for this server, for one that signed its own."""

    def opens(self, host: str, port: int, user: str) -> bool:
        """Whether it is meant for this account."""
        return (self.host.casefold(), self.user) == (host.casefold(), user) and self.port in (None, port)


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """All that the settings and the environment say about mailboxes."""

    named: tuple[Account, ...] = ()
    password: str | None = field(default=None, repr=False)
    """Of the environment, for accounts that have none of their own."""

    def of(self, host: str, port: int, user: str) -> Account:
        """The account for a mailbox; its password is none where nobody has said one."""
        bare = Account(host=host, user=user)
        found = next((one for one in self.named if one.opens(host, port, user)), bare)
        return found if found.password else replace(found, password=self.password)


NO_ACCOUNTS = Accounts()


def read_accounts(tables: Any, workspace: Path, where: str) -> Accounts:
    """The `[[mailbox]]` tables of the settings. Raises SettingsError."""
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise SettingsError("Write each mailbox as its own [[mailbox]] table.", where=where)
    return Accounts(named=tuple(_account(one, workspace, where) for one in tables))


def _account(table: Mapping[str, Any], workspace: Path, where: str) -> Account:
    for name, value in table.items():
        if name not in _KEYS:
            near = difflib.get_close_matches(name, _KEYS, 1)
            hint = f" Did you mean “mailbox.{near[0]}”?" if near else ""
            raise SettingsError(f"There is no setting “mailbox.{name}”.{hint}", where=where)
        if name == "port":
            if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 65_536:
                raise SettingsError("The setting “mailbox.port” must be from 1 to 65,535.", where=where)
        elif not isinstance(value, str) or any(ord(letter) < 32 for letter in value):
            # never the value itself: it may be a password
            raise SettingsError(f"The setting “mailbox.{name}” must be one line of text in quotes.", where=where)
    host, user, port = table.get("host", ""), table.get("user", ""), table.get("port")
    secret = table.get("password") or None
    if "url" in table:
        try:
            parts = urlsplit(table["url"])
            host, user, port = parts.hostname or "", unquote(parts.username or ""), parts.port
            port = port or PORTS.get(parts.scheme)
            secret = secret or (unquote(parts.password) if parts.password else None)
        except ValueError:
            host = ""  # Python's own words would repeat the password
    if not host or not user:
        raise SettingsError(
            "A [[mailbox]] table needs a host and a user, or a url like imaps://user@mail.example.org.", where=where
        )
    after = table.get("after", "seen")
    target = after.removeprefix(_MOVE).strip() if after.startswith(_MOVE) else ""
    if after != "seen" and not target:
        raise SettingsError(f"mailbox.after is “{after}”; write seen, or move:FOLDER.", where=where)
    return Account(
        host=host,
        user=user,
        port=port,
        password=secret,
        move_to=target or None,
        ca=workspace / table["ca"] if table.get("ca") else None,
    )
