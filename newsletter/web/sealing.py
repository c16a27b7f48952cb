"""Secrets of second factors that an earlier version kept plain, sealed when the workspace is opened to be served."""

from __future__ import annotations

from collections.abc import Sequence

from newsletter.store import Store, users
from newsletter.web.totp import kept, opened

MOST = 10_000
"""People at once; more than any desk has."""


def seal_secrets(store: Store, keys: Sequence[str]) -> int:
    """Seal what is plain, or lies under an older key, with the newest key; how many there were. Without a key: none."""
    if not keys:
        return 0
    with store.reading() as tx:
        found = users.secrets(tx, MOST)
    again: list[tuple[users.Kept, str]] = []
    for one in found:
        secret = opened(keys, one.user, one.secret)
        if secret and secret.stale:
            again.append((one, kept(keys, one.user, secret.secret)))
    if not again:
        return 0
    with store.writing() as tx:
        return sum(users.seal_again(tx, one, sealed) for one, sealed in again)
