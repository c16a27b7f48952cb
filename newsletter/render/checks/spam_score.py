"""What SpamAssassin thinks of the mail, where it is installed; a workflow asks it, offline."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.model.finding import Finding
from newsletter.render.checks.checked import Checked, warning

SUSPICIOUS = 2.0
"""Points; filters refuse at 5."""


def check(seen: Checked) -> Iterator[Finding]:
    """A score far from what filters refuse."""
    if seen.spam is not None and seen.spam.score >= SUSPICIOUS:
        rules = ", ".join(seen.spam.rules) or "no rule it names"
        yield warning(
            "spam-score",
            f"SpamAssassin gives {seen.spam.score:g} points where {SUSPICIOUS:g} are many, for {rules}: change what "
            "these rules name.",
        )
