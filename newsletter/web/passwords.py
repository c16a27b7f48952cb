"""Passwords: argon2 at its recommended cost, a few at a time, and a few more that wait for it.

Who waits holds a thread of those that answer all pages: a crowd at the door must not stall the readers.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from newsletter.errors import NewsletterError
from newsletter.model.user import PASSWORD_LENGTH
from newsletter.web.languages import gettext as _

LONGEST = 1000
"""Characters of a password; hashing more is work for nothing."""

_hasher = PasswordHasher()
TURNS = 2
"""At once: each takes 64 MB."""
LINE = 6
"""How many may wait for one of these turns."""
_turns = threading.BoundedSemaphore(TURNS)
_places = threading.BoundedSemaphore(TURNS + LINE)


class Crowded(NewsletterError):
    """Too many want a password checked at once. 429; `wait` is in seconds."""

    wait = 5

    def __init__(self) -> None:
        super().__init__(_("Many people sign in at this moment; try again in some seconds."), code="too-many")


@contextmanager
def _turn() -> Iterator[None]:
    if not _places.acquire(blocking=False):
        raise Crowded
    try:
        with _turns:
            yield
    finally:
        _places.release()


@cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_hex())


def password_hash(password: str) -> str:
    """The argon2 hash of a new password. Raises NewsletterError for one that is too short or absurdly long, and
    Crowded.
    """
    if len(password) < PASSWORD_LENGTH:
        raise NewsletterError(f"A password needs at least {PASSWORD_LENGTH} characters.", code="password")
    if len(password) > LONGEST:
        raise NewsletterError("A password may have at most 1,000 characters.", code="password")
    with _turn():
        return _hasher.hash(password)


def is_password(stored: str | None, password: str) -> bool:
    """Whether it is the one. Without a stored hash it takes as long, so that names cannot be told from outside.

    Raises Crowded.
    """
    with _turn():
        try:
            return _hasher.verify(stored or _nobody(), password[: LONGEST + 1]) and stored is not None
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
