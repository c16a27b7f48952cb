"""A token for the API: a person's word in the hand of a program."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from newsletter.model.user import Role, User

TOKEN_BEGINS = "nld_"  # noqa: S105  no secret, what each begins with
"""So that a token that went astray is recognised by those who look for them."""


class Scope(StrEnum):
    """What a token may do; each what those before it may. Never more than its person."""

    READ = "read"
    EDIT = "edit"
    PUBLISH = "publish"
    ADMIN = "admin"

    @property
    def role(self) -> Role:
        """The role of a person who may do the same."""
        return {
            Scope.READ: Role.READER,
            Scope.EDIT: Role.EDITOR,
            Scope.PUBLISH: Role.PUBLISHER,
            Scope.ADMIN: Role.ADMIN,
        }[self]


@dataclass(frozen=True, kw_only=True)
class Token:
    """One token; its secret is not kept."""

    id: int
    user: User
    name: str
    scope: Scope
    created_at: datetime
    expires_at: datetime | None = None
    used_at: datetime | None = None
