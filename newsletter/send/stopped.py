"""Why a run ended before everybody was tried."""

from __future__ import annotations

from newsletter.errors import NewsletterError


class SendStopped(NewsletterError):
    """The server cannot or will not take our mail. Nobody is lost: who was not tried stays queued.

    Exit code 2 where this run sent nothing, else 1.
    """

    def __init__(self, message: str, *, code: str = "smtp", where: str | None = None) -> None:
        super().__init__(message, code=code, where=where)

    def after(self, sent: int) -> SendStopped:
        """The same, for a run that had sent so many."""
        self.exit_code = 1 if sent else 2
        return self


class ServerAway(SendStopped):
    """It cannot be reached, or asks for patience: worth another try."""
