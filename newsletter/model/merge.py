"""Merge tokens: places in a rendition that differ from reader to reader.

A token carries a random nonce that is drawn for each rendition, so that text from outside can never name one: a
fixed `{{email}}` in a feed's link would send every reader's address to the feed's author.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from html import escape

UNSUBSCRIBE = "unsubscribe"
"""The reader's own https address to unsubscribe."""

SLOTS = (UNSUBSCRIBE,)


def new_nonce() -> str:
    """A fresh nonce: 20 lower case letters and digits."""
    return secrets.token_hex(10)


def token(nonce: str, slot: str) -> str:
    """The token for a slot: letters and digits only, so that no template, inliner or URL parser touches it."""
    return f"mg{nonce}{slot}gm"


def filled(body: str, nonce: str, values: Mapping[str, str], *, html: bool) -> str:
    """A body with the values of its named slots; for all that is one reader's, see `model.reading`."""
    for slot, value in values.items():
        body = body.replace(token(nonce, slot), escape(value, quote=True) if html else value)
    return body
