"""Readers, their yes to a publication, and addresses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import NewType

SubscriberId = NewType("SubscriberId", int)


class Consent(StrEnum):
    """The state of a subscription: a reader's yes to one publication."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    UNSUBSCRIBED = "unsubscribed"


@dataclass(frozen=True, kw_only=True)
class Subscriber:
    """A reader, with their consent to the publication that was asked for."""

    id: SubscriberId
    email: str
    """As typed."""
    email_key: str
    """`casefold(local)@idna(domain)`: what makes an address one."""
    name: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    zone: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    consent: Consent
    consent_at: datetime
    consent_how: str
    """`import`, `command`, `one-click`, `page`."""


def address_hash(email_key: str) -> str:
    """The hash under which a suppression outlives the address: SHA-256 of the key, in hex."""
    return sha256(email_key.encode()).hexdigest()
