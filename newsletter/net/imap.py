"""One folder of a mailbox by IMAP (RFC 3501): checked address, verified TLS, caps on time and size.

Reading never changes it; what was kept is marked by a session of its own, after the commit.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import unquote, urlsplit

from newsletter.accounts import PASSWORD, PORTS, Account
from newsletter.net.guard import Unreachable
from newsletter.net.imap_line import Line, TooMuch
from newsletter.settings import Fetching, is_loopback

MOST = 200
"""Messages of one look; the next look takes up where it stopped."""
PATIENCE = 10
"""Times the limit of one command: for all that one look asks of a server."""
_ANSWER = 4 * 1024 * 1024
"""Bytes of an answer that is no message."""
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,12})")
_UID = re.compile(rb"UID (\d{1,10})")
_MISTAKES = (imaplib.IMAP4.error, OSError, ValueError, TypeError, AttributeError, IndexError, KeyError)
"""What imaplib raises where a server does not answer as it should."""


class Unanswered(Exception):
    """A mailbox that cannot be read or marked, with one sentence for a person.

    `at`: the UID of the message that was being fetched when the conversation ended.
    """

    def __init__(self, reason: str, *, at: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at


@dataclass(frozen=True)
class Place:
    """A folder of an account, as the address of its source names it."""

    host: str
    port: int
    tls: bool
    """TLS from the first byte (`imaps:`); else STARTTLS."""
    user: str
    folder: str

    @classmethod
    def of(cls, url: str) -> Place:
        """From `imaps://user@host:port/FOLDER`, as it is stored."""
        parts = urlsplit(url)
        folder = unquote(parts.path).strip("/") or "INBOX"
        port = parts.port or PORTS[parts.scheme]
        return cls(parts.hostname or "", port, parts.scheme == "imaps", unquote(parts.username or ""), folder)


@dataclass(frozen=True)
class Letter:
    """A message as it lies there: its UID, and its bytes; none where it is larger than the limit."""

    uid: int
    content: bytes | None = field(repr=False)


class Session:
    """A conversation with a server about one folder. Every method raises Unanswered."""

    def __init__(self, place: Place, account: Account, limits: Fetching) -> None:
        self.place, self._account, self._limits = place, account, limits
        self.validity = 0
        """UIDVALIDITY: UIDs mean something only together with it."""
        self.next = 1
        """UIDNEXT: the least UID of messages that are still to come."""
        self._line: Line | None = None
        self._until = monotonic() + PATIENCE * limits.timeout

    def __enter__(self) -> Session:
        try:
            self._open()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye, or hang up."""
        if self._line is not None:
            with suppress(Unanswered), self._within(_ANSWER):
                self._line.logout()
            self._line.hang_up()
            self._line = None

    @property
    def is_late(self) -> bool:
        """Whether this conversation has taken as long as one may."""
        return monotonic() > self._until

    def select(self, *, to_write: bool = False) -> None:
        """Open the folder; without `to_write` nothing in it can change."""
        with self._within(_ANSWER) as line:
            said, told = line.select(quoted(self.place.folder), readonly=not to_write)
            if said != "OK":
                raise Unanswered(f"{self._named} has no folder “{self.place.folder}”: {_words(told)}.")
            self.validity, self.next = _number(line, "UIDVALIDITY", 0), _number(line, "UIDNEXT", 1)

    def waiting(self, *, after: int | None) -> list[int]:
        """The UIDs of messages that nobody has read, and of those that came after a UID, the oldest first."""
        found = set(self._search("UNSEEN", "UNDELETED"))
        if after is not None:  # somebody may have read them before us
            found.update(uid for uid in self._search("UID", f"{after + 1}:*", "UNDELETED") if uid > after)
        return sorted(found)

    def _search(self, *words: str) -> list[int]:
        with self._within(_ANSWER) as line:
            said, told = line.uid("SEARCH", *words)
            _must(said, told)
            return [int(word) for part in told if part for word in part.split()]

    def letters(self, uids: Sequence[int]) -> Iterator[Letter]:
        """The messages of some UIDs, one after the other, unmarked; those that went away meanwhile are left out.

        What is raised while one is fetched names it.
        """
        sizes = self._sizes(uids) if uids else {}
        for uid in uids:
            if self.is_late:
                return
            if sizes.get(uid, 0) > self._limits.max_bytes:
                yield Letter(uid, None)
            elif (content := self._message(uid)) is not None:
                yield Letter(uid, content)

    def _message(self, uid: int) -> bytes | None:
        try:
            return self._fetched(uid)
        except Unanswered as cause:
            raise Unanswered(cause.reason, at=uid) from cause

    def _sizes(self, uids: Sequence[int]) -> dict[int, int]:
        with self._within(_ANSWER) as line:
            said, told = line.uid("FETCH", _set(uids), "(UID RFC822.SIZE)")
            _must(said, told)
            rows = [part if isinstance(part, bytes) else b"" for part in told]
            pairs = ((_UID.search(row), _SIZE.search(row)) for row in rows)
            return {int(uid[1]): int(size[1]) for uid, size in pairs if uid and size}

    def _fetched(self, uid: int) -> bytes | None:
        with self._within(self._limits.max_bytes + 64 * 1024) as line:
            said, told = line.uid("FETCH", str(uid), "(UID BODY.PEEK[])")
            _must(said, told)
            for part in told:
                if isinstance(part, tuple):
                    named = _UID.search(part[0])
                    if named is None or int(named[1]) == uid:
                        return bytes(part[1])
            return None

    def mark(self, uids: Sequence[int]) -> None:
        """Mark messages as read."""
        if uids:
            with self._within(_ANSWER) as line:
                _must(*line.uid("STORE", _set(uids), "+FLAGS.SILENT", r"(\Seen)"))

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move messages to a folder of the account, which is made where it is not there (RFC 6851)."""
        if not uids:
            return
        with self._within(_ANSWER) as line:
            name, chosen = quoted(folder), _set(uids)
            verb = "MOVE" if "MOVE" in line.capabilities else "COPY"
            said, told = line.uid(verb, chosen, name)
            if said != "OK" and b"TRYCREATE" in (told[-1] or b""):
                _must(*line.create(name))
                said, told = line.uid(verb, chosen, name)
            _must(said, told)
            if verb == "COPY":
                _must(*line.uid("STORE", chosen, "+FLAGS.SILENT", r"(\Deleted)"))
                if "UIDPLUS" in line.capabilities:  # without it EXPUNGE would also drop what others deleted
                    _must(*line.uid("EXPUNGE", chosen))

    @property
    def _named(self) -> str:
        return f"{self.place.host}:{self.place.port}"

    def _open(self) -> None:
        if not self._account.password:
            raise Unanswered(
                f"There is no password for {self.place.user} at {self.place.host}: write it under [[mailbox]] in "
                f"newsletter.toml, or into {PASSWORD}."
            )
        with self._trouble():
            tls = self._tls()
            self._line = Line(
                self.place.host, self.place.port, tls if self.place.tls else None, self._limits, budget=_ANSWER
            )
        with self._within(_ANSWER) as line:
            if not self.place.tls:
                self._secure(line, tls)
            self._log_in(line, self._account.password)
            said, told = line.capability()  # servers tell strangers less
            _must(said, told)
            line.capabilities = tuple((told[-1] or b"").decode("ascii", "replace").upper().split())

    def _tls(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self._account.ca)
        except OSError as cause:
            raise Unanswered(f"The certificate {self._account.ca} of [[mailbox]] cannot be read.") from cause

    def _secure(self, line: Line, tls: ssl.SSLContext) -> None:
        """STARTTLS; in the clear only on this very machine, where the settings allow private hosts."""
        here = is_loopback(self.place.host) and self._limits.allow_private_hosts
        if here and "LOGINDISABLED" not in line.capabilities:
            return
        if "STARTTLS" not in line.capabilities or line.state != "NONAUTH":
            raise Unanswered(f"{self._named} offers no TLS, and a password is not sent in the clear; try imaps://.")
        line.starttls(tls)

    def _log_in(self, line: Line, password: str) -> None:
        if line.state != "NONAUTH":
            return
        try:
            if "AUTH=PLAIN" in line.capabilities:  # LOGIN knows ASCII only
                line.authenticate("PLAIN", lambda _: f"\0{self.place.user}\0{password}".encode())
            else:
                line.login(self.place.user, password)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as cause:
            said = _words(cause.args).replace(password, "…")
            raise Unanswered(f"{self._named} does not let {self.place.user} in: {said}.") from cause
        except UnicodeEncodeError as cause:
            raise Unanswered(f"{self._named} takes no password with other letters than a to z.") from cause

    @contextmanager
    def _within(self, budget: int) -> Iterator[Line]:
        """One command, or a few, within the limits of time and size."""
        assert self._line is not None
        line = self._line
        with self._trouble(), line.within(self._limits.timeout, budget):
            yield line

    @contextmanager
    def _trouble(self) -> Iterator[None]:
        try:
            yield
        except Unreachable as cause:
            raise Unanswered(cause.reason) from cause
        except TooMuch as cause:
            raise Unanswered(f"{self._named} sent more than it may; the conversation was ended.") from cause
        except _MISTAKES as cause:
            if (self._line is not None and self._line.was_cut) or isinstance(cause, TimeoutError):
                raise Unanswered(f"{self._named} took longer than {self._limits.timeout:g} s.") from cause
            if isinstance(cause, ssl.SSLError):
                why = getattr(cause, "verify_message", None) or cause.reason or "no TLS"
                raise Unanswered(f"The TLS certificate or connection of {self._named} is not valid: {why}.") from cause
            if isinstance(cause, OSError | imaplib.IMAP4.abort):
                raise Unanswered(f"The connection to {self._named} broke off: {_words(cause.args)}.") from cause
            raise Unanswered(f"{self._named} does not answer like an IMAP server: {_words(cause.args)}.") from cause


def quoted(folder: str) -> str:
    """A folder's name as it goes over the line: modified UTF-7 (RFC 3501 §5.1.3), in quotes."""
    parts = re.split(r"([^\x20-\x7e]+)", folder)
    written = "".join(_utf7(part) if index % 2 else part.replace("&", "&-") for index, part in enumerate(parts))
    return '"' + written.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _utf7(text: str) -> str:
    import base64

    encoded = base64.b64encode(text.encode("utf-16-be", "replace")).decode().rstrip("=").replace("/", ",")
    return f"&{encoded}-"


def _number(line: Line, name: str, otherwise: int) -> int:
    _, known = line.response(name)
    return int(known[-1]) if known and known[-1] else otherwise


def _set(uids: Sequence[int]) -> str:
    return ",".join(map(str, uids))


def _must(said: str, told: Any) -> None:
    if said != "OK":
        raise imaplib.IMAP4.error(_words(told))


def _words(told: Any) -> str:
    last = told[-1] if told else ""
    text = last.decode("utf-8", "replace") if isinstance(last, bytes) else str(last or "")
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.split())[:160].rstrip(". ") or "it said nothing"
