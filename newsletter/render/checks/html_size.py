"""Gmail cuts a long message off, and with it the link to unsubscribe."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.model.finding import Finding
from newsletter.render.checks.checked import Checked, warning

CLIPPED = 102_000
LARGE = 90_000


def check(seen: Checked) -> Iterator[Finding]:
    """The HTML part stays under what Gmail shows whole."""
    size = len(seen.data.html.encode())
    if size > CLIPPED:
        yield warning(
            "html-size",
            f"The HTML part has {size:,} bytes: Gmail will cut it off after {CLIPPED:,}, with the link to unsubscribe. "
            "Shorten excerpts or move items to the next issue.",
        )
    elif size > LARGE:
        yield warning(
            "html-size",
            f"The HTML part has {size:,} bytes; Gmail cuts off what is longer than {CLIPPED:,}, and links of a mail "
            "program may add to it. Shorten some excerpts.",
        )
