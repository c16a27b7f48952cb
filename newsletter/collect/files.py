"""Files and messages, read with what is known about them; a message with what is attached to it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from newsletter.collect.found import Document, Found, Refusal, Unreadable, together
from newsletter.collect.worker import Reader, Readers

DEEPEST = 3
"""A message in a message in a message; what lies deeper is left out."""
MOST = 200
"""Attachments that are read of one message, and of those in it."""


@dataclass(frozen=True)
class About:
    """What is known before files are read: the zone of dates without one, known outlets, our own lists."""

    zone: str
    outlets: frozenset[str] = frozenset()
    ours: frozenset[str] = frozenset()

    def document(self, name: str, ending: str, content: bytes, *, chrome: frozenset[str] = frozenset()) -> Document:
        """A file as its reader gets it."""
        return Document(
            name=name,
            format=ending,
            body=content,
            zone=self.zone,
            outlets=self.outlets,
            ours=self.ours,
            chrome=chrome,
        )


def read_file(reader: Reader | Readers, document: Document) -> Found:
    """What a file holds, attachments read as if they had been dropped; each that cannot be read is a refusal.

    Each is read by itself: one that hangs its reader does not take the others along.
    """
    waiting = [(document, 0)]
    parts: list[Found] = []
    while waiting:
        one, depth = waiting.pop(0)
        if len(parts) > MOST:
            parts.append(Found(refused=(Refusal(document.name, f"It has more than {MOST} attachments."),)))
            break
        short = one.name.removeprefix(f"{document.name}/").rpartition("/")[2] if depth else one.name
        try:
            found = reader.read(one)
        except Unreadable as cause:
            parts.append(Found(refused=(Refusal(short, cause.reason),)))
            continue
        refused = tuple(Refusal(f"{short}, {inner.name}", inner.reason) for inner in found.refused)
        if depth >= DEEPEST and found.attachments:
            refused += (Refusal(short, f"Attachments lie in it deeper than {DEEPEST} messages."),)
        else:
            waiting += (
                (replace(one, name=part.name, format=part.ending, body=part.content), depth + 1)
                for part in found.attachments
            )
        parts.append(replace(found, refused=refused, attachments=()))
    return together(parts)
