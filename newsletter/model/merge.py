"""Merge tokens: places in a rendition that differ from reader to reader.

A token carries a random nonce that is drawn for each rendition, so that text from outside can never name one: a
fixed `{{email}}` in a feed's link would send every reader's address to the feed's author.
"""

from __future__ import annotations

import secrets

UNSUBSCRIBE = "unsubscribe"
"""The reader's own https address to unsubscribe."""

SLOTS = (UNSUBSCRIBE,)


def new_nonce() -> str:
    """A fresh nonce: 20 lower case letters and digits."""
    return secrets.token_hex(10)


def token(nonce: str, slot: str) -> str:
    """The token for a slot: letters and digits only, so that no template, inliner or URL parser touches it."""
    return f"mg{nonce}{slot}gm"
