"""smtplib's connection with an end to its patience: a whole answer has one deadline, and a largest size.

smtplib waits anew after each byte, so that a server that is slow by a byte a second would hold a connection for hours,
and it collects an answer of any number of lines.
"""

from __future__ import annotations

import smtplib
import socket
import time

LONGEST_ANSWER = 64 * 1024
"""Bytes of one answer with all its lines."""


class _Patient(smtplib.SMTP):
    _rest = b""
    _rest_of: socket.socket | None = None

    def getreply(self) -> tuple[int, bytes]:
        """One answer, all its lines. Raises OSError where it is lost, late or without an end."""
        sock = self.sock
        if sock is None:
            raise smtplib.SMTPServerDisconnected("there is no connection")
        if sock is not self._rest_of:  # what came before TLS must not be taken for an answer within it
            self._rest_of, self._rest = sock, b""
        patience = sock.gettimeout()
        deadline: float | None = None
        lines: list[bytes] = []
        size = 0
        try:
            while True:
                line, end, rest = self._rest.partition(b"\n")
                if size + len(line) > LONGEST_ANSWER:
                    raise smtplib.SMTPServerDisconnected("its answer has no end")
                if not end:
                    if patience is not None and deadline is None:
                        deadline = time.monotonic() + patience  # the first wait is the socket's own
                    elif deadline is not None:
                        sock.settimeout(max(deadline - time.monotonic(), 0.001))
                    self._rest += self._more(sock)
                    continue
                self._rest = rest
                size += len(line)
                lines.append(line[4:].strip(b" \t\r\n"))
                code = int(line[:3]) if line[:3].isdigit() else -1
                if code < 0 or line[3:4] != b"-":
                    return code, b"\n".join(lines)
        except OSError:
            self.close()
            raise
        finally:
            if self.sock is sock and deadline is not None:
                sock.settimeout(patience)

    @staticmethod
    def _more(sock: socket.socket) -> bytes:
        chunk = sock.recv(8192)
        if not chunk:
            raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
        return chunk


class PatientSmtp(_Patient):
    """A connection in plain text, or with STARTTLS."""


class PatientTlsSmtp(_Patient, smtplib.SMTP_SSL):
    """A connection with TLS from its first byte."""
