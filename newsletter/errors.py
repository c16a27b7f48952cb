"""Errors in pairs: one sentence for the person, the cause for the log.

Every error that a person can meet is a `NewsletterError` with an exit code from the public command line.
"""

from __future__ import annotations


class NewsletterError(Exception):
    """Something a person must know: what was wrong, where, and what to do. Exit code 2; nothing has changed."""

    exit_code = 2

    def __init__(self, message: str, *, code: str = "invalid", where: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.where = where


class SettingsError(NewsletterError):
    """The workspace or `newsletter.toml` cannot be used as it is."""

    def __init__(self, message: str, *, code: str = "settings", where: str | None = None) -> None:
        super().__init__(message, code=code, where=where)


class NotFound(NewsletterError):
    """There is no such thing: an issue, item, block, source or subscriber that was named."""

    def __init__(self, message: str, *, code: str = "not-found", where: str | None = None) -> None:
        super().__init__(message, code=code, where=where)


class Refused(NewsletterError):
    """The state does not allow it: approving with errors, reopening while sending."""

    def __init__(self, message: str, *, code: str = "refused", where: str | None = None) -> None:
        super().__init__(message, code=code, where=where)


class Conflict(NewsletterError):
    """Somebody changed it meanwhile. Exit code 3; nothing has changed."""

    exit_code = 3

    def __init__(self, message: str, *, code: str = "conflict", where: str | None = None) -> None:
        super().__init__(message, code=code, where=where)
