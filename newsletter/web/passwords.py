"""Passwords: argon2 at its recommended cost, a few at a time."""

from __future__ import annotations

import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from newsletter.errors import NewsletterError
from newsletter.model.user import PASSWORD_LENGTH

LONGEST = 1000
"""Characters of a password; hashing more is work for nothing."""

_hasher = PasswordHasher()
_turns = threading.BoundedSemaphore(2)  # each takes 64 MB: a crowd at the door must not take the machine


@cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_hex())


def password_hash(password: str) -> str:
    """The argon2 hash of a new password. Raises NewsletterError for one that is too short or absurdly long."""
    if len(password) < PASSWORD_LENGTH:
        raise NewsletterError(f"A password needs at least {PASSWORD_LENGTH} characters.", code="password")
    if len(password) > LONGEST:
        raise NewsletterError("A password may have at most 1,000 characters.", code="password")
    with _turns:
        return _hasher.hash(password)


def is_password(stored: str | None, password: str) -> bool:
    """Whether it is the one. Without a stored hash it takes as long, so that names cannot be told from outside."""
    with _turns:
        try:
            return _hasher.verify(stored or _nobody(), password[: LONGEST + 1]) and stored is not None
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
