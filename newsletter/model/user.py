"""A person at the desk, and how they come in."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from newsletter.model.publication import PublicationId

UserId = NewType("UserId", int)

PASSWORD_LENGTH = 8
"""The least number of characters of a password."""
LONGEST_NAME = 100
"""Characters of a person's name."""


def folded(name: str) -> str:
    """What two names have in common that a person would take for the same: case, width, compatible letters, spaces."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split())


class Role(StrEnum):
    """What a person may do at the desk; each may do what those before it may."""

    READER = "reader"
    EDITOR = "editor"
    PUBLISHER = "publisher"
    ADMIN = "admin"


@dataclass(frozen=True, kw_only=True)
class User:
    """Somebody who may sign in."""

    id: UserId
    name: str
    role: Role
    created_at: datetime
    zone: str | None = None
    """Where they are; none: the publication's zone."""
    language: str | None = None
    """In which the desk speaks to them; none: what their browser asks for."""
    second_factor: bool = False
    """Whether a password alone does not open the desk."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """One browser in which somebody signed in."""

    key: str
    """The hash of its token."""
    user: User
    created_at: datetime
    expires_at: datetime
    seen_at: datetime | None = None
    address: str | None = None
    agent: str | None = None
    publication: PublicationId | None = None
    """The newsletter it works on; none: the one that is served."""


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """A link that opens one door once."""

    key: str
    """The hash of its token."""
    role: Role
    created_at: datetime
    expires_at: datetime
    invited_by: str | None = None
    """A name; none for the link of the first start."""
    email: str | None = None
    user: UserId | None = None
    """Somebody who is there already, and chooses a new password by it."""
    inviter: UserId | None = None
    """Whose right to give it stands behind it; none: the machine itself, by its command line."""
