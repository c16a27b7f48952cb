"""Something that a person did at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from newsletter.model.publication import PublicationId

Via = Literal["desk", "api", "cli"]


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One line of the audit log."""

    id: int
    at: datetime
    who: str
    via: Via
    deed: str
    """As `issues.approve`."""
    subject: str
    """What it was done to: the path that was asked, or a name."""
    address: str | None = None
    publication: PublicationId | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
