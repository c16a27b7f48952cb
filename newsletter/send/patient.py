"""smtplib's connection with an end to its patience: a whole answer has one deadline, and a largest size.

smtplib waits anew after each byte, so that a server that is slow by a byte a second would hold a connection for hours,
and it collects an answer of any number of lines.
"""

from __future__ import annotations

import smtplib
import socket
import time

from newsletter.send.replies import Replies, Reply


class _Patient(smtplib.SMTP):
    _replies = Replies()
    _replies_of: socket.socket | None = None

    def getreply(self) -> Reply:
        """One answer, all its lines. Raises OSError where it is lost, late or without an end."""
        sock = self.sock
        if sock is None:
            raise smtplib.SMTPServerDisconnected("there is no connection")
        if sock is not self._replies_of:  # what came before TLS must not be taken for an answer within it
            self._replies_of, self._replies = sock, Replies()
        patience = sock.gettimeout()
        deadline: float | None = None
        try:
            while (reply := self._replies.next()) is None:
                if patience is not None and deadline is None:
                    deadline = time.monotonic() + patience  # the first wait is the socket's own
                elif deadline is not None:
                    sock.settimeout(max(deadline - time.monotonic(), 0.001))
                self._replies.feed(self._more(sock))
            return reply
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
