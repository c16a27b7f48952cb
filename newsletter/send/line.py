"""What takes our messages: a connection to an SMTP server, or a folder for `.eml` files."""

from __future__ import annotations

from typing import Protocol

from newsletter.send.address import Envelope
from newsletter.send.outcomes import Answer
from newsletter.settings import Smtp


class Line(Protocol):
    """One way out, used by one thread."""

    def hand_over(self, envelope: Envelope, message: bytes, message_id: str) -> Answer:
        """Hand over one finished message and wait for the answer.

        Raises ValueError with a reason where this reader's address cannot be served, before anything is written;
        SendStopped where no message of this issue can be.
        """

    @property
    def is_worn(self) -> bool:
        """Whether it should be opened anew before the next message."""

    def close(self) -> None:
        """Take leave. Never raises."""


def open_line(server: Smtp, *, hello: str) -> Line:
    """A way out to this server; `hello` is how we name ourselves. Raises SendStopped, or ServerAway."""
    if server.folder is not None:
        from newsletter.send.folder import Folder

        return Folder(server.folder)
    from newsletter.send.smtp import connect

    return connect(server, hello=hello)
