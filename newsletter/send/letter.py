"""One reader's finished message, made before its row is taken: what cannot be made is that reader's failure."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from newsletter.model.splice import Compiled, MessageIds, Reader
from newsletter.model.subscriber import SubscriberId
from newsletter.send.address import Envelope, wire_address
from newsletter.store.due import Candidate

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Message:
    """What a run sends: the compiled rendition, the envelope's sender, each reader's own values, and the names."""

    compiled: Compiled
    sender: str
    values: Callable[[SubscriberId], dict[str, str]]


@dataclass(frozen=True)
class Letter:
    """A message with its envelope, ready for the wire."""

    candidate: Candidate
    envelope: Envelope
    content: bytes
    message_id: str


@dataclass(frozen=True)
class Unfit:
    """There is no message for this reader, and why."""

    candidate: Candidate
    reason: str
    is_ours: bool
    """Whether the fault is rather ours than the address's: many of these in a row stop the run."""


def write_letter(message: Message, names: MessageIds, candidate: Candidate, now: datetime) -> Letter | Unfit:
    """Splice one reader's message."""
    try:
        envelope = Envelope(message.sender, wire_address(candidate.email))
    except ValueError as cause:
        return Unfit(candidate, f"The address cannot be used: {cause}.", is_ours=False)
    message_id = names.of(candidate.id)
    try:
        reader = Reader(
            address=envelope.recipient,
            name=candidate.name,
            values=message.values(candidate.subscriber),
            facts=candidate.facts,
        )
        content = message.compiled.splice(reader, message_id=message_id, date=now)
    except Exception as cause:  # whatever it is, it must not cost the other readers their issue
        log.exception("The message of delivery %s cannot be made", candidate.id)
        return Unfit(
            candidate, f"The message cannot be made for this reader: {cause or type(cause).__name__}.", is_ours=True
        )
    return Letter(candidate, envelope, content, message_id)
