"""A person at the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

UserId = NewType("UserId", int)

PASSWORD_LENGTH = 8
"""The least number of characters of a password."""


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
