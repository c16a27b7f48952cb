"""The frozen result of rendering an issue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from newsletter.model.issue import IssueId, RenditionId
from newsletter.model.personal import Place


@dataclass(frozen=True)
class Link:
    """A link of a rendition: its number, from 1, and where it led when the issue was approved."""

    number: int
    target: str


@dataclass(frozen=True, kw_only=True)
class RenditionData:
    """What sending and audit read, and nothing else.

    Merge tokens in `html` and `text` carry `nonce` (see `model.merge`), so that text from outside cannot name one.
    """

    subject: str
    sender: str
    reply_to: str
    list_id: str
    """`Name <slug.host>` for List-Id (RFC 2919)."""
    html: str
    text: str
    base_url: str
    """Without a trailing slash; empty only for a draft that was never approved."""
    nonce: str
    links: tuple[Link, ...] = ()
    variant: str = ""
    day: date | None = None
    """The local day it bears."""
    note: str | None = None
    """The dated note of a correction."""
    personal: tuple[Place, ...] = ()
    """What differs by reader besides their links, by the number in its token."""

    @property
    def checksum(self) -> str:
        """SHA-256 over everything a reader receives, in hex."""
        seen = (
            self.variant,
            self.subject,
            self.sender,
            self.reply_to,
            self.list_id,
            self.base_url,
            self.html,
            self.text,
        )
        personal = ("\x1e".join((one.kind, one.expression, *one.unless)) for one in self.personal)
        return sha256("\x1f".join((*seen, *personal)).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Rendition:
    """A stored rendition."""

    id: RenditionId
    issue: IssueId
    data: RenditionData
    created_at: datetime
