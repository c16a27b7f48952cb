"""A warning that an editor has seen and lets pass, by its name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from newsletter.model.finding import Finding, Level
from newsletter.model.issue import BlockId


@dataclass(frozen=True)
class Waiver:
    """A code, of one block or of the whole issue. Written `CODE` or `CODE:BLOCK`."""

    code: str
    block: BlockId | None = None

    def covers(self, finding: Finding) -> bool:
        """Whether the finding is let pass; an error never is."""
        return finding.level is Level.WARNING and finding.code == self.code and self.block in (None, finding.block)

    def __str__(self) -> str:
        """As it is written."""
        return self.code if self.block is None else f"{self.code}:{self.block}"


def waived(findings: Iterable[Finding], waivers: Iterable[Waiver]) -> list[Finding]:
    """The findings, those that a waiver covers marked."""
    known = list(waivers)
    return [replace(one, waived=any(waiver.covers(one) for waiver in known)) for one in findings]
