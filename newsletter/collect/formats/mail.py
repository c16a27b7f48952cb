"""Messages (.eml): one item; a forwarded newsletter, an item for each of its links; attachments as dropped files."""

from __future__ import annotations

import re
from dataclasses import KW_ONLY, dataclass, replace
from datetime import datetime
from email import message_from_bytes, policy
from email.errors import MessageError

from newsletter.collect.formats.blocks import Block, html_blocks, text_blocks
from newsletter.collect.formats.entry import entry, paragraphs
from newsletter.collect.formats.mail_answers import answered_by_itself
from newsletter.collect.formats.mail_forwarded import opened_html, opened_text, original_sender, without_marks
from newsletter.collect.formats.mail_links import FEWEST, only_link, split_html, split_text
from newsletter.collect.formats.mail_parts import Parts, date_of, sender, taken_apart
from newsletter.collect.formats.savedissue import dated, read_saved_issue
from newsletter.collect.found import Document, Found, Unreadable
from newsletter.model.item import LINK_ONLY, ItemData, sent_by
from newsletter.text.characters import one_line
from newsletter.text.html import clean
from newsletter.text.plain import plain

_A_FEW = 12
"""Words beside a link, up to which a message only hands the link on."""
_SHORT = 60
"""Words beside a link, up to which that link is what the message is about."""
_LINK = re.compile(r'<a [^>]*?href="(http[^"]*)"[^>]*>.*?</a>', re.DOTALL)


def read_mail(document: Document) -> Found:
    """The items of a message, what is attached to it, and bullets that name a day.

    A message that answers by itself, and one of our own, is `ignored`. Raises Unreadable where it holds nothing.
    """
    from newsletter.collect.reading import FILE_FORMATS

    try:
        message = message_from_bytes(document.body, policy=policy.default)
        machine = answered_by_itself(message, document.ours)
        parts = taken_apart(message, FILE_FORMATS)
        subject = one_line(str(message["Subject"] or ""))
        name, address = sender(message)
        known = one_line(str(message["Message-ID"] or ""))[:900] or document.name
        published = date_of(message)
    except (MessageError, LookupError, ValueError, AttributeError, TypeError, IndexError, RecursionError) as cause:
        raise Unreadable("The file cannot be read as a message.") from cause
    if machine is not None:
        return Found(ignored=(f"“{subject or document.name}” ({machine})",))
    letter = _Letter(document, parts, subject=without_marks(subject), sender=name, known=known, published=published)
    items, lines = letter.read() if message.keys() else ((), ())
    if not (items or lines or parts.attachments or parts.calendars):
        raise Unreadable("The message holds no text.")
    if address:
        items = tuple(replace(one, flags=(*one.flags, sent_by(address))) for one in items)
    return Found(
        items=items,
        event_lines=lines,
        calendars=parts.calendars,
        attachments=tuple(replace(one, name=f"{known}/{one.name}") for one in parts.attachments),
        refused=parts.refused,
        ignored=parts.ignored,
    )


@dataclass(frozen=True)
class _Letter:
    """A message on its way to items."""

    document: Document
    parts: Parts
    _: KW_ONLY
    subject: str
    sender: str | None
    known: str
    """Its identity: the Message-ID, else the name of the document."""
    published: datetime | None

    def read(self) -> tuple[tuple[ItemData, ...], tuple[str, ...]]:
        """The items, and the lines that tell of events."""
        if self.parts.html:
            html, envelope = opened_html(clean(self.parts.html))
            text, stories, blocks = "", split_html(html), _blocks(html)
        else:
            text, envelope = opened_text(self.parts.text)
            html, stories, blocks = "", split_text(text), text_blocks(text)
        if len(stories) >= FEWEST:
            outlet = original_sender(envelope) if envelope else self.sender
            return tuple(
                entry(
                    title=one.headline,
                    url=one.url,
                    base_url=None,
                    body_html=one.html,
                    outlet=outlet,
                    published=self.published,
                )
                for one in stories
            ), dated(blocks)
        if issue := read_saved_issue(blocks, self.document.outlets, self.known):
            return issue.items, issue.event_lines
        whole = self._whole(html or paragraphs(text), _LINK.sub(r" \1 ", html) if html else text)
        return ((whole,) if whole else ()), dated(blocks)

    def _whole(self, body: str, words: str) -> ItemData | None:
        """The message as one item; with nothing but a subject only where nothing else came with it."""
        if not plain(body) and (not self.subject or self.parts.attachments or self.parts.calendars):
            return None
        url, beside = only_link(plain(words))
        url = url if beside <= _SHORT else None
        item = entry(
            title=self.subject,
            url=url,
            base_url=None,
            body_html=body,
            author=self.sender,
            published=self.published,
            guid=self.known,
        )
        return replace(item, flags=(*item.flags, LINK_ONLY)) if url and beside <= _A_FEW else item


def _blocks(html: str) -> list[Block]:
    import lxml.html

    return html_blocks(lxml.html.document_fromstring(f"<body>{html}</body>"), None) if plain(html) else []
