"""Readers, their yes to a publication, and addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import NewType

from newsletter.model.personal import Facts

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

    @property
    def facts(self) -> Facts:
        """What personal places are filled from."""
        return Facts(name=self.name, email=self.email, language=self.language, tags=self.tags, fields=self.fields)


@dataclass(frozen=True, kw_only=True)
class SubscriberData:
    """What an import or a person says of a reader, before it is stored."""

    email: str
    """As typed."""
    email_key: str
    name: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    zone: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    consent: Consent = Consent.CONFIRMED


@dataclass(frozen=True, kw_only=True)
class KnownReader:
    """What is stored of an address, and what it said to the publication that was asked for: none where nothing."""

    name: str
    tags: tuple[str, ...]
    language: str
    zone: str
    fields: Mapping[str, str]
    consent: Consent | None


def address_hash(email_key: str) -> str:
    """The hash under which a suppression outlives the address: SHA-256 of the key, in hex."""
    return sha256(email_key.encode()).hexdigest()
