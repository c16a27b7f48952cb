"""Somebody must be the sender."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import getaddresses

from newsletter.model.finding import Finding
from newsletter.render.checks.checked import Checked, error

_ADDRESS = re.compile(r"[^@\s<>,;:\"\x00-\x1f\x7f]+@[^@\s<>,;:\"\x00-\x1f\x7f]+")


def check(seen: Checked) -> Iterator[Finding]:
    """`From`, and `Reply-To` where there is one, are addresses."""
    if not _usable(seen.data.sender):
        what = f"The sender “{seen.data.sender}” is not an address" if seen.data.sender else "There is no sender"
        yield error("no-sender", f'{what}: newsletter publication set from="Name <desk@example.org>"')
    if seen.data.reply_to and not _usable(seen.data.reply_to):
        yield error(
            "no-sender",
            f"The address for answers, “{seen.data.reply_to}”, is not an address: newsletter publication set "
            'reply_to="desk@example.org"',
        )


def _usable(sender: str) -> bool:
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in sender):
        return False
    found = getaddresses([sender])
    return len(found) == 1 and bool(_ADDRESS.fullmatch(found[0][1]))
