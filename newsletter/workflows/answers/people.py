"""The people at the desk, their log, and the machine."""

from __future__ import annotations

from typing import Any, Literal

from typing_extensions import TypedDict

from newsletter.model.token import Scope
from newsletter.model.user import Role
from newsletter.workflows.answers.kinds import Moment, described


class MeJson(TypedDict):
    """Whose token this is, and what it may."""

    name: str
    role: Role
    token: str
    scope: Scope
    expires: Moment | None


@described
class PersonJson(TypedDict):
    """Somebody at the desk: `people list`."""

    id: int
    name: str
    role: Role
    since: Moment
    second_factor: bool
    """Whether a password alone does not open the desk."""


class InvitationJson(TypedDict):
    """A one-time link for somebody new: `people invite`."""

    role: Role
    link: str


class ResetJson(TypedDict):
    """A one-time link for a new password: `people reset`."""

    name: str
    link: str


@described
class DeedJson(TypedDict):
    """A line of the audit log: `people log`."""

    id: int
    at: Moment
    who: str
    via: Literal["desk", "api", "cli"]
    deed: str
    """As `issues.approve`."""
    subject: str
    """What it was done to."""
    address: str | None
    """Where it came from."""
    detail: dict[str, Any]


class CheckedJson(TypedDict):
    """One thing that was tried: `doctor`."""

    check: str
    ok: bool
    detail: str
