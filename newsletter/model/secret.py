"""The secrets of sessions, links and tokens. Whoever reads the database finds only their hashes."""

from __future__ import annotations

import secrets
from hashlib import sha256


def new_secret() -> str:
    """A fresh token: 43 letters, digits, `-` and `_`."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """How a token is stored and looked up."""
    return sha256(secret.encode()).hexdigest()
