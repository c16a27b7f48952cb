"""A rendition as the message that one reader would get, for files, tests and filters; the ledger is not touched."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from newsletter.model.merge import UNSUBSCRIBE
from newsletter.model.rendition import RenditionData
from newsletter.model.splice import Reader, compile_rendition, message_ids
from newsletter.send.address import wire_address

UNSET_BASE = "https://base-url-is-not-set.invalid"
UNSET_SENDER = "sender@is-not-set.invalid"
SAMPLE_READER = "reader@example.org"


def shown(data: RenditionData) -> RenditionData:
    """A draft's rendition with names that say what is not set yet, so that it can be looked at."""
    return replace(data, base_url=data.base_url or UNSET_BASE, sender=data.sender or UNSET_SENDER)


def specimen(data: RenditionData, *, at: datetime) -> bytes:
    """The message as a sample reader would get it, with a link to unsubscribe that ends nothing."""
    data = shown(data)
    reader = Reader(address=SAMPLE_READER, values={UNSUBSCRIBE: f"{data.base_url}/unsubscribe/sample"})
    compiled = compile_rendition(data, ascii_address=wire_address)
    return compiled.splice(reader, message_id=message_ids(data, 0).of(0), date=at)
