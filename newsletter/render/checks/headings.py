"""Headings are how people who listen find their way: one h1, and no level skipped."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.model.finding import Finding
from newsletter.render.checks.checked import Checked, warning

_LEVEL = re.compile(r"h([1-6])")


def check(seen: Checked) -> Iterator[Finding]:
    """One h1, and each heading at most one level under the one before it."""
    before = 0
    tops = 0
    for element in seen.document.iter():
        found = _LEVEL.fullmatch(element.tag) if isinstance(element.tag, str) else None
        if found is None:
            continue
        level = int(found[1])
        text = " ".join(element.text_content().split())
        tops += level == 1
        if level > before + 1 and before:
            block = seen.block_with(text)
            yield warning(
                "heading-order",
                f"The heading “{text}” is of level {level} under one of level {before}: use the next level, "
                f"{before + 1} ({seen.mend(block)}).",
                block,
            )
        before = level
    if tops != 1:
        yield warning(
            "heading-order",
            f"There are {tops} headings of the first level, and one is right: it is the name of the newsletter in the "
            f"theme “{seen.theme}”.",
        )
