"""Links that lead nowhere, or somewhere else by now; asked by a workflow, since a check touches no network."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.model.finding import Finding
from newsletter.model.linked import LinkState
from newsletter.render.checks.checked import Checked, warning


def check(seen: Checked) -> Iterator[Finding]:
    """What the servers said of the links and pictures that were asked."""
    for url, answer in seen.links.items():
        block = seen.block_with(url)
        mend = seen.mend_text(block, url, "--url URL")
        if answer.state is LinkState.DEAD:
            yield warning("dead-link", f"{url} leads nowhere: {answer.detail.rstrip('.')} ({mend}).", block)
        elif answer.state is LinkState.MOVED:
            yield warning(
                "redirected-link", f"{url} has moved to {answer.moved_to}: link that address ({mend}).", block
            )
