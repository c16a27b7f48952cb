"""A heading with nothing under it."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.model.finding import Finding
from newsletter.model.issue import Block, BlockKind
from newsletter.render.checks.checked import Checked, warning


def check(seen: Checked) -> Iterator[Finding]:
    """A section that has a heading has something to show; without anything it is left out of the mail."""
    for section in seen.issue.outline.sections:
        if section.name.strip() and not any(_shows(block) for block in section.blocks):
            yield warning(
                "empty-section",
                f"The section “{section.name}” is empty and will be left out: add something to it, or newsletter issue "
                f"section remove {seen.issue.number} “{section.name}”",
            )


def _shows(block: Block) -> bool:
    if block.kind is BlockKind.CALENDAR:
        return True  # it hides itself while there is no event
    return bool(block.items or block.headline or block.blurb)
