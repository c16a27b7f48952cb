"""Codes of a second factor: TOTP (RFC 6238) as every authenticator app speaks it, and recovery codes.

Thirty lines of the standard library do it: HMAC-SHA-1, six digits, 30 seconds.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from urllib.parse import quote

from newsletter.errors import NewsletterError
from newsletter.model.sealed import Opened, seal, unseal
from newsletter.model.user import UserId
from newsletter.web.languages import gettext as _

STEP = 30
"""Seconds for which a code holds."""
DIGITS = 6
LEEWAY = 1
"""Steps by which the clock of a phone may be off (RFC 6238, 5.2)."""
RECOVERY_CODES = 10


def new_key() -> str:
    """A fresh secret of 160 bits (RFC 4226, 4), in base32."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def kept(keys: Sequence[str], user: UserId, secret: str) -> str:
    """A secret as the database holds it. Raises NewsletterError where the workspace has no key to seal it with."""
    if not keys:
        raise NewsletterError(
            _("A second factor needs a secret_key in newsletter.toml: put a long random text there first."),
            code="secret-key",
        )
    return seal(keys, secret, place=_place(user))


def opened(keys: Sequence[str], user: UserId, stored: str | None) -> Opened | None:
    """The secret that the database holds of somebody; none where none of today's keys opens it."""
    return unseal(keys, stored, place=_place(user)) if stored else None


def _place(user: UserId) -> str:
    return f"second factor {user}"


def code_at(secret: str, step: int) -> str:
    """The code of a time step (RFC 4226, 5.3)."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def is_code(secret: str, typed: str, now: datetime) -> int | None:
    """The time step whose code this is, of those around now; none where it is of no such step.

    All are compared, each in constant time. The caller sees to it that a step is used once.
    """
    code = "".join(typed.split())[:20].encode()
    current = int(now.timestamp()) // STEP
    steps = range(current - LEEWAY, current + LEEWAY + 1)
    found = [step for step in steps if hmac.compare_digest(code_at(secret, step).encode(), code)]
    return max(found, default=None)


def address_for(secret: str, *, person: str, desk: str) -> str:
    """The `otpauth:` address that an app reads from the QR code."""
    issuer, account = quote(desk, safe=""), quote(person, safe="")
    return f"otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}"


def qr_code(address: str) -> str:
    """It as an SVG picture for the page, dark on white in both schemes: phones read it better so."""
    import segno

    picture: str = segno.make(address, error="m").svg_inline(
        scale=5, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None, title="QR code"
    )
    return picture


def new_recovery_codes() -> list[str]:
    """Ten codes for the day on which the phone is lost: 80 bits each, as `4f7h-…` without letters that look alike."""
    letters = "23456789abcdefghjkmnpqrstuvwxyz"
    parts = ["".join(secrets.choice(letters) for _at in range(4)) for _part in range(4 * RECOVERY_CODES)]
    return ["-".join(parts[at : at + 4]) for at in range(0, len(parts), 4)]


def recovery_hash(code: str) -> str:
    """How a recovery code is stored and looked up, however it was typed."""
    plain = "".join(letter for letter in code.lower()[:100] if letter.isalnum())
    return sha256(plain.encode()).hexdigest()
