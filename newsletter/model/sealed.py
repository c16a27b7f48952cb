"""A small secret kept in the database so that the database alone does not tell it: encrypted, and bound to its place.

Encrypt-then-MAC with what the standard library has, since it has no AES and no dependency of ours brings one. The
stream is HMAC-SHA256 as a pseudo-random function in counter mode over a random nonce (the KDF in counter mode of NIST
SP 800-108r1 §4.1), and the tag is HMAC-SHA256 over all of it (RFC 2104), with keys of their own derived from the
workspace's `secret_key`. A nonce of 128 bits is drawn for each sealing, so no stream is used twice. This is meant for a
few dozen bytes, not for files.
"""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass

_BEGINS = "sealed1."
_LOOKS = re.compile(r"sealed1\.[A-Za-z0-9_-]{48,2000}={0,2}")
_ID, _NONCE, _TAG = 4, 16, 16


@dataclass(frozen=True)
class Opened:
    """What was sealed; `stale` where it should be sealed anew: it was plain, or lies under an older key."""

    secret: str
    stale: bool


def seal(keys: Sequence[str], secret: str, *, place: str) -> str:
    """A secret under the newest of the keys, as text. It opens only at its `place`, as `second factor 7`.

    Raises ValueError where there is no key.
    """
    if not keys:
        raise ValueError("no key to seal with")
    key_id, stream, tag = _derived(keys[0])
    nonce, plain = secrets.token_bytes(_NONCE), secret.encode()
    body = key_id + nonce + bytes(a ^ b for a, b in zip(plain, _stream(stream, nonce, len(plain)), strict=True))
    return _BEGINS + urlsafe_b64encode(body + _mac(tag, place, body)).decode("ascii")


def is_sealed(text: str) -> bool:
    """Whether a text was made by `seal`."""
    return text.startswith(_BEGINS)


def unseal(keys: Sequence[str], sealed: str, *, place: str) -> Opened | None:
    """What was sealed at this place under one of the keys; none where it is under another key, or was changed.

    A text that never was sealed comes back as it is, stale.
    """
    if not is_sealed(sealed):
        return Opened(sealed, stale=True)
    if not _LOOKS.fullmatch(sealed):
        return None
    try:
        whole = urlsafe_b64decode(sealed[len(_BEGINS) :])
    except ValueError:
        return None
    body, mac = whole[:-_TAG], whole[-_TAG:]
    nonce, hidden = body[_ID : _ID + _NONCE], body[_ID + _NONCE :]
    for place_of_key, one in enumerate(keys):
        key_id, stream, tag = _derived(one)
        if key_id == body[:_ID] and hmac.compare_digest(_mac(tag, place, body), mac):
            plain = bytes(a ^ b for a, b in zip(hidden, _stream(stream, nonce, len(hidden)), strict=True))
            return Opened(plain.decode(), stale=place_of_key > 0)
    return None


def _derived(key: str) -> tuple[bytes, bytes, bytes]:
    """The key's id, and the keys of the stream and of the tag: none of them serves another use of the same secret."""
    material = hmac.digest(key.encode(), b"newsletter-desk sealed 1", "sha256")
    return (
        hmac.digest(material, b"key id", "sha256")[:_ID],
        hmac.digest(material, b"stream", "sha256"),
        hmac.digest(material, b"tag", "sha256"),
    )


def _stream(key: bytes, nonce: bytes, length: int) -> bytes:
    blocks = (hmac.digest(key, nonce + at.to_bytes(4, "big"), "sha256") for at in range(-(-length // 32)))
    return b"".join(blocks)[:length]


def _mac(key: bytes, place: str, body: bytes) -> bytes:
    # the length parts the two: no place and body pass for another pair
    named = place.encode()
    return hmac.digest(key, len(named).to_bytes(4, "big") + named + body, "sha256")[:_TAG]
