"""Signed tokens for the links that arrive by mail. They verify without a row, so a link outlives every cleaning-up.

A token is 44 URL-safe characters: purpose, key id, publication, subscriber and issue, and 128 bits of HMAC-SHA256 over
them (RFC 2104 §5 allows the truncation). Ids are what the tables hold: whole numbers below 2³².
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from hashlib import sha256
from struct import Struct
from typing import TYPE_CHECKING, NamedTuple

from newsletter.errors import SettingsError
from newsletter.model.issue import IssueId
from newsletter.model.publication import PublicationId
from newsletter.model.subscriber import SubscriberId

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

_BODY = Struct(">B4sIII")
_MAC_BYTES = 16
_LOOKS = re.compile(r"[A-Za-z0-9_-]{44}")  # 33 bytes: no padding and no spare bits, so one spelling for each token
_TEST_READER = SubscriberId(0)
_NO_ISSUE = IssueId(0)


class Purpose(IntEnum):
    """The one thing a token is good for. Numbers are part of links already sent: never reuse one."""

    UNSUBSCRIBE = 1


@dataclass(frozen=True, kw_only=True)
class Token:
    """What a link says: who may do what, and from which issue the link came (0: from none)."""

    purpose: Purpose
    publication: PublicationId
    subscriber: SubscriberId
    issue: IssueId = _NO_ISSUE

    @property
    def is_test(self) -> bool:
        """Whether it came with a test message, which has no reader (subscriber 0)."""
        return self.subscriber == _TEST_READER


class _Key(NamedTuple):
    id: bytes
    inner: Hash
    outer: Hash
    """HMAC with its key already in (RFC 2104 §4): a third of the time for each of a million links."""

    def mac(self, body: bytes) -> bytes:
        """What a token ends with."""
        inner, outer = self.inner.copy(), self.outer.copy()
        inner.update(body)
        outer.update(inner.digest())
        return outer.digest()[:_MAC_BYTES]


@lru_cache(maxsize=64)
def _key(secret: str) -> _Key:
    # derived, so that the same secret can serve other uses without one signature passing for another
    material = hmac.digest(secret.encode(), b"newsletter-desk tokens 1", "sha256")
    block = material.ljust(64, b"\0")
    inner, outer = (sha256(bytes(byte ^ pad for byte in block)) for pad in (0x36, 0x5C))
    return _Key(hmac.digest(material, b"key id", "sha256")[:4], inner, outer)


def sign(keys: Sequence[str], token: Token) -> str:
    """A token as text for a URL, signed with the first key.

    Raises SettingsError where there is no key.
    """
    if not keys:
        raise SettingsError(
            "There is no secret_key in newsletter.toml, and links to unsubscribe need one; "
            "put a long random text there, or set NEWSLETTER_SECRET_KEY.",
            where="secret_key",
        )
    key = _key(keys[0])
    body = _BODY.pack(token.purpose, key.id, token.publication, token.subscriber, token.issue)
    return urlsafe_b64encode(body + key.mac(body)).decode("ascii")


def verify(keys: Sequence[str], text: str, purpose: Purpose) -> Token | None:
    """What a token says, if one of the keys signed it for this purpose; else none. Any changed character refuses it."""
    if not _LOOKS.fullmatch(text):
        return None
    whole = urlsafe_b64decode(text)
    body, mac = whole[: _BODY.size], whole[_BODY.size :]
    number, key_id, publication, subscriber, issue = _BODY.unpack(body)
    for secret in keys:
        key = _key(secret)
        if key.id != key_id:
            continue
        if hmac.compare_digest(key.mac(body), mac) and number == purpose:
            return Token(
                purpose=purpose,
                publication=PublicationId(publication),
                subscriber=SubscriberId(subscriber),
                issue=IssueId(issue),
            )
    return None


def unsubscribe_url(
    base_url: str, keys: Sequence[str], publication: PublicationId, subscriber: SubscriberId, issue: IssueId
) -> str:
    """The reader's own address to unsubscribe: `{base_url}/unsubscribe/{token}` (RFC 8058 §3.1); 0: a test's reader."""
    token = Token(purpose=Purpose.UNSUBSCRIBE, publication=publication, subscriber=subscriber, issue=issue)
    return f"{base_url}/unsubscribe/{sign(keys, token)}"
