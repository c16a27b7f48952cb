"""An item that readers have had before."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.model.finding import Finding
from newsletter.render.checks.checked import Checked, warning
from newsletter.text.characters import one_line


def check(seen: Checked) -> Iterator[Finding]:
    """No item went out in an earlier issue."""
    for block in seen.issue.outline.blocks():
        for pin in block.items:
            issues = [number for number in seen.sent_in.get(pin.item, ()) if number != seen.issue.number]
            if issues:
                title = one_line(seen.versions[pin].title if pin in seen.versions else block.headline or "An item")
                where = " and ".join(map(str, issues))
                yield warning(
                    "already-sent",
                    f"“{title}” went out in issue {where}: newsletter issue remove {seen.issue.number} {block.id}",
                    block.id,
                )
