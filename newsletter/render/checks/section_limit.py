"""More blocks in a section than its editors wanted."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.model.finding import Finding
from newsletter.render.checks.checked import Checked, warning


def check(seen: Checked) -> Iterator[Finding]:
    """A section with a limit holds no more blocks than that; the first one too many is named."""
    for section in seen.issue.outline.sections:
        if section.most is not None and len(section.blocks) > section.most:
            name = f"The section “{section.name}”" if section.name.strip() else "The opening"
            yield warning(
                "section-limit",
                f"{name} has {len(section.blocks)} blocks, and at most {section.most} were wanted: move or take out "
                f"some, or raise the limit",
                section.blocks[section.most].id,
            )
