"""SMTP with ready bytes: MAIL, RCPT and DATA in one round trip, then the message, then its final dot.

`smtplib` connects, speaks TLS and logs in. Its own `sendmail` is not used: it waits for each answer and rewrites every
message (0.9 ms for 60 KB), and it cannot tell before from after the final dot.
"""

from __future__ import annotations

import os
import re
import smtplib
import socket
import ssl
from functools import lru_cache

from newsletter.send.address import Envelope
from newsletter.send.outcomes import Answer, Stage
from newsletter.send.patient import PatientSmtp, PatientTlsSmtp
from newsletter.send.stopped import SendStopped, ServerAway
from newsletter.settings import Smtp, is_loopback

MESSAGES_PER_CONNECTION = 100
"""Then it is renewed: servers count ("421 Maximum message count per session")."""

DOT_PATIENCE = 10
"""The final dot may take this many times as long as a command (RFC 5321 §4.5.3.2.6: ten minutes)."""

_Reply = tuple[int, bytes]


class Connection:
    """A logged-in connection, used by one thread."""

    def __init__(self, server: Smtp, smtp: smtplib.SMTP) -> None:
        self._server = server
        self._smtp = smtp
        self._taken = 0
        self._pipelining = smtp.has_extn("pipelining")
        self._utf8 = smtp.has_extn("smtputf8")
        limit = smtp.esmtp_features.get("size", "")
        self._declares_size = smtp.has_extn("size")
        self._limit = int(limit) if limit.isdigit() else 0

    @property
    def is_worn(self) -> bool:
        """Whether it has carried enough messages, or is closed."""
        return self._taken >= MESSAGES_PER_CONNECTION or self._smtp.sock is None

    def hand_over(self, envelope: Envelope, message: bytes, message_id: str) -> Answer:
        """One message: its answer, with the stage at which it came or the connection was lost."""
        if envelope.needs_utf8 and not self._utf8:
            raise ValueError("the mail server does not take addresses with such letters before the @ (no SMTPUTF8)")
        if 0 < self._limit < len(message):
            raise SendStopped(
                f"The mail server {self._server} takes messages of up to {self._limit:,} bytes, and this issue has "
                f"{len(message):,}. Shorten it, or raise the server's limit.",
                where="smtp",
            )
        fresh = self._taken == 0
        self._taken += 1
        stage, (code, reply) = self._converse(envelope, message)
        return Answer(stage, code if code > 0 else None, _readable(reply), fresh)

    def _converse(self, envelope: Envelope, message: bytes) -> tuple[Stage, _Reply]:
        stage = Stage.MAIL
        try:
            self._wait_up_to(self._server.timeout)
            stage, refused = self._envelope(envelope, len(message))
            if refused is not None:
                return stage, refused
            stage = Stage.BODY
            self._smtp.send(message)
            stage = Stage.DOT  # before the write: from its first byte on, the message may have been taken
            self._wait_up_to(self._server.timeout * DOT_PATIENCE)
            self._smtp.send(b".\r\n")
            answer = self._smtp.getreply()
        except OSError as cause:  # SMTPException is one
            self._drop()
            return stage, (-1, f"The connection was lost: {cause}".encode())
        if stage is Stage.DOT and not 200 <= answer[0] <= 599:
            self._drop()
        return stage, answer

    def _envelope(self, envelope: Envelope, size: int) -> tuple[Stage, _Reply | None]:
        """Up to the 354. Where something was refused: at which stage, and what the server said."""
        options = f" SIZE={size}" if self._declares_size else ""
        options += " SMTPUTF8" if envelope.needs_utf8 else ""
        commands = [
            f"MAIL FROM:<{envelope.sender}>{options}\r\n".encode(),
            f"RCPT TO:<{envelope.recipient}>\r\n".encode(),
            b"DATA\r\n",
        ]
        if not self._pipelining:
            return self._step_by_step(commands)
        self._smtp.send(b"".join(commands))
        mail = self._reply()
        if mail[0] == 421:
            return Stage.MAIL, mail  # the other two are not answered any more
        recipient = self._reply()
        if recipient[0] == 421:
            return (Stage.RCPT, recipient) if mail[0] // 100 == 2 else (Stage.MAIL, mail)
        go = self._reply()
        if mail[0] // 100 == 2 and recipient[0] // 100 == 2:
            if go[0] == 354:
                return Stage.DATA, None
            self._reset(go)
            return Stage.DATA, go
        if go[0] == 354:
            # A server may say so although nobody is left (RFC 2920 §3.1). With nobody left a lone dot ends it; had
            # the recipient been accepted, it would deliver an empty message: then the connection is dropped.
            if recipient[0] // 100 == 2:
                self._drop()
            else:
                self._smtp.send(b".\r\n")
                self._smtp.getreply()
                self._reset(mail)
        else:
            self._reset(go)
        return (Stage.RCPT, recipient) if mail[0] // 100 == 2 else (Stage.MAIL, mail)

    def _step_by_step(self, commands: list[bytes]) -> tuple[Stage, _Reply | None]:
        for stage, command, wanted in zip(
            (Stage.MAIL, Stage.RCPT, Stage.DATA), commands, ("2", "2", "354"), strict=True
        ):
            self._smtp.send(command)
            reply = self._reply()
            if not str(reply[0]).startswith(wanted):
                self._reset(reply)
                return stage, reply
        return Stage.DATA, None

    def _reply(self) -> _Reply:
        code, text = self._smtp.getreply()
        if not 200 <= code <= 599:
            raise smtplib.SMTPServerDisconnected(f"the server said what is no SMTP: {text[:80]!r}")
        if code == 421:
            self._drop()
        return code, text

    def _reset(self, last: _Reply) -> None:
        """Ready for the next message; a server that does not answer to that is left."""
        if self._smtp.sock is None or last[0] == 421:
            return
        try:
            self._smtp.send(b"RSET\r\n")
            if self._smtp.getreply()[0] != 250:
                self._drop()
        except OSError:
            self._drop()

    def _wait_up_to(self, seconds: float) -> None:
        if self._smtp.sock is not None:
            self._smtp.sock.settimeout(seconds)

    def _drop(self) -> None:
        self._smtp.close()

    def close(self) -> None:
        """QUIT, without waiting long for a farewell."""
        try:
            if self._smtp.sock is not None:
                self._wait_up_to(min(5.0, self._server.timeout))
                self._smtp.quit()
        except OSError:
            pass
        finally:
            self._drop()


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
        raise SendStopped(
            f"The mail server {server} takes no login that we can make: {cause}. Check the port and the user in "
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
    return f"{cause.smtp_code} {_readable(error if isinstance(error, bytes) else str(error).encode())}".rstrip(". ")


def _readable(reply: bytes) -> str:
    """A reply as one short line without controls."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", reply.decode("utf-8", "replace")).split())[:500]
