"""What a preflight check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from newsletter.model.issue import BlockId


class Level(StrEnum):
    """An error refuses approval; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing to mend before an issue goes out: where it is, and how."""

    level: Level
    code: str
    """Lower case with hyphens: `base-url-unset`, `no-postal-address`."""
    message: str
    """One sentence: what is wrong, where, what to do."""
    block: BlockId | None = None
    waived: bool = False
