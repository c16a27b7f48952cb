"""Messages (.eml): one item; a forwarded newsletter, an item for each of its links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any

from newsletter.collect.formats.entry import entry, paragraphs
from newsletter.collect.found import CalendarFile, Document, Found, Unreadable
from newsletter.model.item import ItemData
from newsletter.text.characters import one_line
from newsletter.text.html import clean
from newsletter.text.plain import plain

_FORWARDED = re.compile(r"^(?:\s*(?:fwd?|fw|wg|re|aw|tr|rv|enc)\s*:)+\s*", re.IGNORECASE)
_CHROME = re.compile(
    r"unsubscribe|view (?:this|it)? ?(?:email )?(?:in|on) (?:your|a|the) browser|read more|"
    r"manage (?:your )?preferences|privacy policy|forward (?:this|to)|follow us|donate|"
    r"sign up|subscribe|update your profile",
    re.IGNORECASE,
)
_FEWEST = 3
"""Links with a headline, from which on a message is a newsletter."""
_FEWEST_WORDS = 3


def read_mail(document: Document) -> Found:
    """The items of a message; calendars that are attached come along. Raises Unreadable where it holds nothing."""
    try:
        message = message_from_bytes(document.body, policy=policy.default)
        html, text = _bodies(message)
        subject, sender = one_line(str(message["Subject"] or "")), _sender(message)
        calendars = tuple(_calendars(message))
    except (MessageError, LookupError, ValueError, AttributeError, TypeError, IndexError, RecursionError) as cause:
        raise Unreadable("The file cannot be read as a message.") from cause
    body = html or paragraphs(text)
    subject = _FORWARDED.sub("", subject)
    if not message.keys() or not (subject or plain(body) or calendars):
        raise Unreadable("The message holds no text.")
    parts = list(_split(html)) if html else []
    if len(parts) >= _FEWEST:
        items = tuple(_linked(part, sender, _date(message)) for part in parts)
        return Found(items=items, calendars=calendars)
    item = entry(
        title=subject,
        url=None,
        base_url=None,
        body_html=body,
        author=sender,
        published=_date(message),
        guid=one_line(str(message["Message-ID"] or "")) or document.name,
    )
    return Found(items=(item,) if item.title or item.body else (), calendars=calendars)


@dataclass
class _Part:
    url: str
    headline: str
    html: str = ""


def _split(html: str) -> Iterator[_Part]:
    """The links of a newsletter that have a headline, each with the text up to the next one."""
    import lxml.html

    root = lxml.html.fragment_fromstring(clean(html), create_parent="div")
    parts: list[_Part] = []
    seen: dict[str, _Part] = {}
    for kind, value, url in _pieces(root):
        if kind == "link" and _CHROME.search(value):
            continue
        if kind == "link" and url and url.startswith("http") and len(value.split()) >= _FEWEST_WORDS:
            if url not in seen:
                seen[url] = _Part(url, value)
                parts.append(seen[url])
        elif kind == "text" and parts and not _CHROME.search(value):
            parts[-1].html += value + " "
    yield from parts


def _pieces(root: Any) -> Iterator[tuple[str, str, str | None]]:
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag == "a":
            if words := " ".join(element.text_content().split()):
                yield "link", words, element.get("href")
        elif not any(parent.tag == "a" for parent in element.iterancestors()) and (element.text or "").strip():
            yield "text", " ".join(element.text.split()), None
        if (element.tail or "").strip():
            yield "text", " ".join(element.tail.split()), None


def _linked(part: _Part, sender: str | None, published: datetime | None) -> ItemData:
    html = paragraphs(part.html)
    return entry(title=part.headline, url=part.url, base_url=None, body_html=html, outlet=sender, published=published)


def _bodies(message: EmailMessage) -> tuple[str, str]:
    html = message.get_body(("html",))
    text = message.get_body(("plain",))
    return (_content(html) if html else "", _content(text) if text else "")


def _content(part: Any) -> str:
    try:
        found = part.get_content()
    except (LookupError, ValueError, KeyError):  # an unknown charset
        found = (part.get_payload(decode=True) or b"").decode("utf-8", "replace")
    return found if isinstance(found, str) else ""


def _calendars(message: EmailMessage) -> Iterator[CalendarFile]:
    for number, part in enumerate(message.walk(), start=1):
        name = one_line(part.get_filename() or "")
        if part.get_content_type() == "text/calendar" or name.lower().endswith(".ics"):
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                yield CalendarFile(name or f"part {number}", content)


def _sender(message: EmailMessage) -> str | None:
    addresses = getattr(message["From"], "addresses", ())
    return next((one_line(one.display_name) for one in addresses if one.display_name), None)


def _date(message: EmailMessage) -> datetime | None:
    try:
        found = parsedate_to_datetime(str(message["Date"]))
    except (ValueError, TypeError):
        return None
    return found.astimezone(UTC) if found.tzinfo else None
