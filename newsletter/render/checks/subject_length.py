"""The subject, as much of it as a list of mails shows."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.model.finding import Finding
from newsletter.render.checks.checked import Checked, warning

LONGEST = 110
"""Characters. A phone shows some 40, a desktop some 70; teasers after that are read by few."""


def check(seen: Checked) -> Iterator[Finding]:
    """Not longer than anybody sees."""
    length = len(seen.data.subject)
    if length > LONGEST:
        yield warning(
            "subject-length",
            f"The subject has {length} characters, and mail programs show the first 40 to 70: take a teaser out "
            f"(newsletter issue edit {seen.issue.number} BLOCK --teaser ''), or write one: newsletter issue set "
            f"{seen.issue.number} --subject TEXT",
        )
