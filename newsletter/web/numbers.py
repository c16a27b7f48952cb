"""Numbers in addresses and forms, within what the database holds."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from pydantic import Field

from newsletter.errors import NewsletterError

LARGEST = 2**31 - 1
LARGEST_BIG = 2**63 - 1
"""Of the few keys that the database counts in 64 bits, as those of deliveries."""

InPath = Annotated[int, Path(ge=1, le=LARGEST)]
Id = Annotated[int, Field(ge=1, le=LARGEST)]
BigId = Annotated[int, Field(ge=1, le=LARGEST_BIG)]


def whole(text: str, *, what: str) -> int | None:
    """A number from 1 in a form; none where nothing was written. `what` begins the sentence that refuses it.

    Raises NewsletterError for anything else, also for what the database cannot hold.
    """
    text = text.strip()
    if not text:
        return None
    # The length first: Python reads no more than 4,300 digits.
    if not (text.isascii() and text.isdecimal() and len(text) <= 10 and 1 <= int(text) <= LARGEST):
        raise NewsletterError(f"{what} is a number from 1.", code="number")
    return int(text)
