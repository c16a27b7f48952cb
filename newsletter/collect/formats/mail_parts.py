"""What a message is made of: its words, its attachments, its calendars, who sent it and when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any

from newsletter.collect.found import Attachment, CalendarFile, Refusal
from newsletter.text.characters import one_line

MOST = 50
"""Parts of one message that are looked at."""
_NAMES = {
    "message/rfc822": ".eml",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/csv": ".csv",
    "application/json": ".json",
    "application/feed+json": ".json",
    "text/x-opml": ".opml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}
_SIGNATURE = re.compile(r"\n-- ?\n.*\Z", re.DOTALL)


@dataclass(frozen=True)
class Parts:
    """A message taken apart."""

    html: str
    text: str
    attachments: tuple[Attachment, ...]
    calendars: tuple[CalendarFile, ...]
    refused: tuple[Refusal, ...]
    ignored: tuple[str, ...]


def taken_apart(message: EmailMessage, endings: frozenset[str]) -> Parts:
    """Bodies and attachments; `endings`: of the files that are read. Nothing in it is executed."""
    html, text = message.get_body(("html",)), message.get_body(("plain",))
    attachments: list[Attachment] = []
    calendars: list[CalendarFile] = []
    refused: list[Refusal] = []
    ignored: list[str] = []
    for number, part in enumerate(_leaves(message), start=1):
        if part is html or part is text:
            continue
        kind, name = part.get_content_type(), _name(part)
        if number > MOST:
            refused.append(Refusal(name or f"part {number}", f"A message has {MOST} parts at most that are read."))
            break
        ending = _ending(name, kind)
        if kind == "text/calendar" or ending == ".ics":
            calendars.append(CalendarFile(name or f"part {number}", _bytes(part)))
        elif not name and kind != "message/rfc822":
            continue  # another wording of the body
        elif ending in endings:
            taken = {one.name for one in attachments}
            named = name or f"part {number}{ending}"
            attachments.append(Attachment(f"{number} {named}" if named in taken else named, ending, _bytes(part)))
        elif part.get_content_disposition() == "attachment":
            ignored.append(name)
    words = _SIGNATURE.sub("", _content(text).replace("\r\n", "\n")) if text else ""
    return Parts(
        _content(html) if html else "",
        words,
        tuple(attachments),
        tuple(calendars),
        tuple(refused),
        tuple(ignored),
    )


def _leaves(message: Any) -> Iterator[Any]:
    """The parts in their order; a message in a message stays whole."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting.extend(reversed(part.get_payload()))
        else:
            yield part


def _name(part: Any) -> str:
    return one_line(part.get_filename() or "").replace("\\", "/").rpartition("/")[2][:200]


def _ending(name: str, kind: str) -> str:
    ending = "." + name.rpartition(".")[2].lower() if "." in name else ""
    return ".eml" if kind == "message/rfc822" else ending or _NAMES.get(kind, "")


def _bytes(part: Any) -> bytes:
    if part.get_content_type() == "message/rfc822" and part.is_multipart():
        whole: bytes = part.get_payload(0).as_bytes()
        return whole
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _content(part: Any) -> str:
    try:
        found = part.get_content()
    except (LookupError, ValueError, KeyError):  # an unknown charset
        found = (part.get_payload(decode=True) or b"").decode("utf-8", "replace")
    return found if isinstance(found, str) else ""


def sender(message: EmailMessage) -> tuple[str | None, str | None]:
    """The name of who sent it, and the address."""
    addresses = getattr(message["From"], "addresses", ())
    name = next((one_line(one.display_name) for one in addresses if one.display_name), None)
    address = next((one_line(one.addr_spec) for one in addresses if one.addr_spec), None)
    return name or None, address or None


def date_of(message: EmailMessage) -> datetime | None:
    """When it was written, in UTC; none where it does not say with a zone."""
    try:
        found = parsedate_to_datetime(str(message["Date"]))
    except (ValueError, TypeError):
        return None
    try:
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None
