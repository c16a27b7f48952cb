"""SMTP with ready bytes: `smtplib` connects, speaks TLS and logs in, a `Dialogue` says what follows.

smtplib's own `sendmail` is not used: it waits for each answer and rewrites every message (0.9 ms for 60 KB), and it
cannot tell before from after the final dot.
"""

from __future__ import annotations

import os
import selectors
import smtplib
import socket
import ssl
import time
from functools import lru_cache

from newsletter.send.address import Envelope
from newsletter.send.dialogue import Dialogue, Event, Go
from newsletter.send.outcomes import Answer
from newsletter.send.patient import PatientSmtp, PatientTlsSmtp
from newsletter.send.replies import readable
from newsletter.send.stopped import SendStopped, ServerAway
from newsletter.settings import Smtp, is_loopback

MESSAGES_PER_CONNECTION = 100
"""Then it is renewed: servers count ("421 Maximum message count per session")."""

DOT_PATIENCE = 10
"""The final dot may take this many times as long as a command (RFC 5321 §4.5.3.2.6: ten minutes)."""

_MORE_FOLLOWS: int = getattr(socket, "MSG_MORE", 0)
"""The end of a message and its dot travel in one packet, though they are two writes."""

_NOT_NOW = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Connection:
    """A logged-in connection. One message after the other by `hand_over`, or by a loop over many of them that opens
    and sends by `dialogue`, and calls `turn` when the socket is ready.
    """

    def __init__(self, server: Smtp, smtp: smtplib.SMTP) -> None:
        self._server = server
        self._smtp = smtp
        self._utf8 = smtp.has_extn("smtputf8")
        limit = smtp.esmtp_features.get("size", "")
        self._limit = int(limit) if limit.isdigit() else 0
        self._deadline: float | None = None
        self._seen = -1
        self.dialogue = Dialogue(pipelining=smtp.has_extn("pipelining"), declares_size=smtp.has_extn("size"))
        assert smtp.sock is not None
        self.socket = smtp.sock
        self.socket.setblocking(False)
        self._is_tls = isinstance(self.socket, ssl.SSLSocket)

    @property
    def is_lost(self) -> bool:
        """Whether nothing can be said on it any more."""
        return self._smtp.sock is None or self.dialogue.is_over

    @property
    def is_worn(self) -> bool:
        """Whether it has carried enough messages, or is closed."""
        return self.dialogue.opened >= MESSAGES_PER_CONNECTION or self.is_lost

    @property
    def wants_to_write(self) -> bool:
        """Whether something could not be written yet."""
        return self.dialogue.pending() is not None

    def check(self, envelope: Envelope, size: int) -> None:
        """Raises ValueError with a reason where the server cannot take this reader's address, SendStopped where it
        takes no message of so many bytes.
        """
        if envelope.needs_utf8 and not self._utf8:
            raise ValueError("the mail server does not take addresses with such letters before the @ (no SMTPUTF8)")
        if 0 < self._limit < size:
            raise SendStopped(
                f"The mail server {self._server} takes messages of up to {self._limit:,} bytes, and this issue has "
                f"{size:,}. Shorten it, or raise the server's limit.",
                where="smtp",
            )

    def hand_over(self, envelope: Envelope, message: bytes, message_id: str) -> Answer:
        """One message: its answer, with the stage at which it came or the connection was lost."""
        self.check(envelope, len(message))
        self.dialogue.open(envelope, len(message))
        answer: Answer | None = None
        while answer is None or not (self.is_lost or self.dialogue.is_quiet):
            for event in self.turn():
                if isinstance(event, Go):
                    self.dialogue.send(message)
                else:
                    answer = event.answer
            if not (self.is_lost or self.dialogue.is_quiet) and not self._wait():
                for event in self.lose("The connection was lost: timed out"):
                    answer = answer if isinstance(event, Go) else event.answer
        return answer

    def _wait(self) -> bool:
        """Until it can be read, or written where something is to be; false where it took too long."""
        with selectors.DefaultSelector() as ready:
            ready.register(self.socket, selectors.EVENT_READ | (selectors.EVENT_WRITE if self.wants_to_write else 0))
            late = self.is_late(time.monotonic())
            return not late and (bool(ready.select(self._patience)) or not self.is_late(time.monotonic()))

    def turn(self) -> list[Event]:
        """Read what is there, say what it means, and write what can be written. Where it is lost, it is closed."""
        if self.is_lost:
            return self.lose("The connection is closed.")
        events: list[Event] = []
        try:
            self._read(events)
            self._write()
        except OSError as cause:  # SMTPException is one
            return events + self.lose(f"The connection was lost: {cause}")
        return events + self.lose("The server closed the connection.") if self.dialogue.is_over else events

    def flush(self) -> list[Event]:
        """Write what can be written: nothing new is there to be read. Where it is lost, it is closed."""
        if self.is_lost:
            return self.lose("The connection is closed.")
        try:
            self._write()
        except OSError as cause:
            return self.lose(f"The connection was lost: {cause}")
        return []

    def is_late(self, now: float) -> bool:
        """Whether an answer, or the end of a long message, has been awaited for too long. `now`: monotonic seconds.

        Bytes without an end do not count: a server that is slow by a byte a second is late, too.
        """
        if self.dialogue.is_quiet:
            self._deadline = None
        elif self._deadline is None or self._seen != self.dialogue.progress:
            self._seen = self.dialogue.progress
            self._deadline = now + self._patience
        return self._deadline is not None and now > self._deadline

    def lose(self, why: str) -> list[Event]:
        """Close it without taking leave, and say what became of what was under way."""
        self._smtp.close()
        return self.dialogue.lost(why)

    def close(self) -> None:
        """QUIT, without waiting long for a farewell; just closed where the server waits for something else."""
        try:
            if not self.is_lost and self.dialogue.is_quiet and not self.dialogue.holds_envelope:
                self.socket.settimeout(min(5.0, self._server.timeout))
                self._smtp.quit()
        except OSError:
            pass
        finally:
            self._smtp.close()

    @property
    def _patience(self) -> float:
        return self._server.timeout * (DOT_PATIENCE if self.dialogue.awaits_verdict else 1)

    def _write(self) -> None:
        while (piece := self.dialogue.pending()) is not None:
            try:
                more = _MORE_FOLLOWS if self.dialogue.dot_follows and not self._is_tls else 0
                self.dialogue.wrote(self.socket.send(piece, more))
            except _NOT_NOW:
                return

    def _read(self, events: list[Event]) -> None:
        while True:
            try:
                chunk = self.socket.recv(16_384)
            except _NOT_NOW:
                return
            if not chunk:
                raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
            events += self.dialogue.feed(chunk)
            if not self._is_tls:  # TLS may hold more than the socket shows
                return


def connect(server: Smtp, *, hello: str) -> Connection:
    """Connect, start TLS and log in as the settings say; certificates are verified.

    Raises ServerAway where another try may help, SendStopped where the settings must be mended.
    """
    smtp: smtplib.SMTP | None = None
    try:
        if server.tls:
            smtp = PatientTlsSmtp(
                server.host, server.port, local_hostname=hello, timeout=server.timeout, context=_context(server)
            )
        else:
            smtp = PatientSmtp(server.host, server.port, local_hostname=hello, timeout=server.timeout)
        smtp.ehlo_or_helo_if_needed()
        encrypted = server.tls or _start_tls(server, smtp)
        if server.user is not None:
            _log_in(server, smtp, encrypted=encrypted)
        if smtp.sock is not None:
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # the dot must not wait for an ACK
    except OSError as cause:  # SMTPException is one
        if smtp is not None:
            smtp.close()
        raise _told(server, cause) from cause
    except SendStopped:
        if smtp is not None:
            smtp.close()
        raise
    return Connection(server, smtp)


def _context(server: Smtp) -> ssl.SSLContext:
    # With "auto" on loopback nobody stands between us and the server, and its certificate often is of its own making.
    trusting = server.starttls == "auto" and not server.tls and is_loopback(server.host)
    return _loaded_context(trusting, os.environ.get("SSL_CERT_FILE"))


@lru_cache(maxsize=4)
def _loaded_context(trusting: bool, _authorities: str | None) -> ssl.SSLContext:
    """Reading the system's certificates takes 35 ms: once for each process, not for each connection."""
    context = ssl.create_default_context()
    if trusting:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _start_tls(server: Smtp, smtp: smtplib.SMTP) -> bool:
    """Whether the connection is encrypted now."""
    if server.starttls == "never":
        return False
    if not smtp.has_extn("starttls"):
        if server.starttls == "auto":
            return False
        raise SendStopped(
            f"The mail server {server} does not offer STARTTLS, and starttls=require is set. Use its TLS port with "
            "smtps://, or set starttls=never if the way to it is safe.",
            where="smtp",
        )
    smtp.starttls(context=_context(server))
    smtp.ehlo()
    return True


def _log_in(server: Smtp, smtp: smtplib.SMTP, *, encrypted: bool) -> None:
    if not encrypted and server.starttls != "never" and server.is_remote:
        raise SendStopped(
            f"The mail server {server} offers no encryption, so the password was not sent to it. Set starttls=never if "
            "the way to it is safe.",
            where="smtp",
        )
    try:
        smtp.login(server.user or "", server.password or "")
    except smtplib.SMTPAuthenticationError as cause:
        if 400 <= cause.smtp_code < 500:
            raise ServerAway(
                f"The mail server {server} cannot check the login now: {_said(cause)}. Try again later.", where="smtp"
            ) from cause
        raise SendStopped(
            f"The mail server {server} refused the login of “{server.user}”: {_said(cause)}. Check the user and the "
            "password in newsletter.toml.",
            code="login-refused",
            where="smtp",
        ) from cause
    except (smtplib.SMTPNotSupportedError, UnicodeError) as cause:
        why = str(cause).rstrip(".")
        raise SendStopped(
            f"The mail server {server} takes no login that we can make: {why}. Check the port and the user in "
            "newsletter.toml, or leave the user out.",
            code="login-refused",
            where="smtp",
        ) from cause


def _told(server: Smtp, cause: OSError) -> SendStopped:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return SendStopped(
            f"The certificate of the mail server {server} cannot be trusted: {cause.verify_message.rstrip('.')}. Use "
            "the name the certificate was made for, or mend it.",
            where="smtp",
        )
    if isinstance(cause, ssl.SSLError):
        return SendStopped(
            f"No TLS with the mail server {server}: {cause.reason or cause}. smtps:// is for a TLS port (465), smtp:// "
            "for STARTTLS (587).",
            where="smtp",
        )
    if isinstance(cause, smtplib.SMTPResponseException):
        if 500 <= cause.smtp_code <= 599:
            return SendStopped(f"The mail server {server} does not want our mail: {_said(cause)}.", where="smtp")
        return ServerAway(f"The mail server {server} asks for patience: {_said(cause)}. Try again later.", where="smtp")
    if isinstance(cause, socket.gaierror):
        return ServerAway(
            f"The mail server's name “{server.host}” is not known: {cause.strerror}. Check it in newsletter.toml.",
            where="smtp",
        )
    reason = "it does not answer" if isinstance(cause, TimeoutError) else (cause.strerror or str(cause)).rstrip(".")
    return ServerAway(
        f"The mail server {server} cannot be reached: {reason}. Check host and port in newsletter.toml, and that it "
        "runs.",
        where="smtp",
    )


def _said(cause: smtplib.SMTPResponseException) -> str:
    error = cause.smtp_error
    return f"{cause.smtp_code} {readable(error if isinstance(error, bytes) else str(error).encode())}".rstrip(". ")
