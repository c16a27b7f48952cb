"""Addresses that a website hid from robots, and so from us: `[email protected]`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.model.finding import Finding
from newsletter.render.checks.checked import Checked, warning

_HIDDEN = re.compile(r"\[email[\s\u00a0]+protected\]", re.IGNORECASE)
_LINK = "/cdn-cgi/l/email-protection"


def check(seen: Checked) -> Iterator[Finding]:
    """No reader is asked to write to “[email protected]”."""
    found = {one[0] for text in (seen.document.text_content(), seen.data.text) for one in _HIDDEN.finditer(text)}
    found |= {link for link in seen.document.xpath("//a/@href") if _LINK in link}
    blocks = {seen.block_with(text): text for text in sorted(found)}
    for block, text in blocks.items():
        yield warning(
            "protected-email",
            "An address reads “[email protected]”, as a website hid it: write the real one "
            f"({seen.mend_text(block, text)}).",
            block,
        )
