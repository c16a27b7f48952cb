"""Personalisation by splicing: a rendition is encoded once, and each reader's own values are put between the pieces.

No template runs a second time, so text from outside can never become code, and a message costs microseconds.
The finished bytes are what goes on the wire (RFC 5321 §4.5.2) and what stands in an `.eml` file, both: a line never
begins with a dot, because quoted-printable lets us write it as `=2E`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from newsletter.errors import NewsletterError
from newsletter.model.header import address_field, check_ascii_address, split_address, text_field
from newsletter.model.merge import SLOTS, UNSUBSCRIBE, token
from newsletter.model.quoted import encode_text, encode_value
from newsletter.model.rendition import RenditionData

Context = Literal["html", "text"]
"""Where a value is spliced: it is escaped for that place."""

_URL = re.compile(r"https?://[!-;=?-~]+")


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Whom one message is for, and what is theirs in it."""

    address: str
    """What stands in `To`: ASCII, or UTF-8 only where the server speaks SMTPUTF8."""
    name: str = ""
    values: Mapping[str, str]
    """One value for each slot of the rendition, as it is: the splice escapes it."""


@dataclass(frozen=True)
class MessageIds:
    """The Message-IDs of one issue: `before`, the id of the delivery, `after`. The same at every attempt."""

    before: str
    after: str

    def of(self, delivery: int) -> str:
        """The Message-ID of one delivery, with its angle brackets (RFC 5322 §3.6.4)."""
        return f"{self.before}{delivery}{self.after}"


class Compiled:
    """A rendition as a ready multipart/alternative message with gaps."""

    def __init__(self, head: bytes, pieces: list[bytes], gaps: list[tuple[int, str, Context]], *, one_click: bool):
        self._head = head
        self._pieces = pieces
        self._gaps = gaps
        self._needed = tuple({(slot, context) for _, slot, context in gaps})
        self._one_click = one_click

    @property
    def size(self) -> int:
        """About how many bytes a message has."""
        return len(self._head) + sum(map(len, self._pieces)) + 600

    def splice(self, reader: Reader, *, message_id: str, date: datetime) -> bytes:
        """One reader's message: CRLF line ends, ready for DATA without the final dot, and ready as an `.eml` file.

        Lines have at most 76 characters in the body and 998 in the header. Raises ValueError, with a reason for a
        person, where the address or the unsubscribe URL cannot stand in a header.
        """
        parts = self._pieces.copy()
        encoded = {key: _encoded(reader.values[key[0]], key[1]) for key in self._needed}
        for position, slot, context in self._gaps:
            parts[position] = encoded[slot, context]
        return b"".join((self._own_header(reader, message_id, date), self._head, *parts))

    def _own_header(self, reader: Reader, message_id: str, date: datetime) -> bytes:
        lines = [
            f"To: {address_field(reader.name, reader.address)}\r\n"
            f"Message-ID: {message_id}\r\n"
            f"Date: {format_datetime(date)}\r\n"
        ]
        url = reader.values.get(UNSUBSCRIBE)
        if url is not None:
            if not _URL.fullmatch(url) or len(url) > 900:
                raise ValueError("the unsubscribe address cannot stand in a header")
            lines.append(f"List-Unsubscribe: <{url}>\r\n")
            if self._one_click:
                lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
        return "".join(lines).encode()


def compile_rendition(rendition: RenditionData, *, ascii_address: Callable[[str], str] = str) -> Compiled:
    """Encode a rendition once, for `Compiled.splice` to finish for each reader.

    `ascii_address` turns the domain of an address into its ASCII form (IDNA). Raises NewsletterError where the
    sender, Reply-To or List-Id cannot stand in a header.
    """
    boundary = f"=_{rendition.checksum[:32]}"  # "=_" is never written by quoted-printable
    shared = [
        "From: " + _address("From", rendition.sender, ascii_address),
        "Subject: " + text_field(rendition.subject, used=9),
    ]
    if rendition.reply_to:
        shared.append("Reply-To: " + _address("Reply-To", rendition.reply_to, ascii_address))
    if rendition.list_id:
        shared.append("List-Id: " + _list_id(rendition.list_id))
    shared += ["MIME-Version: 1.0", f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"']
    head = "\r\n".join(shared).encode("ascii") + b"\r\n\r\n"

    pieces: list[bytes] = []
    gaps: list[tuple[int, str, Context]] = []
    for context, subtype, body in (("text", "plain", rendition.text), ("html", "html", rendition.html)):
        pieces.append(
            f"--{boundary}\r\n"
            f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n".encode()
        )
        _add_body(body, rendition.nonce, "html" if context == "html" else "text", pieces, gaps)
        pieces.append(b"\r\n")
    pieces.append(f"--{boundary}--\r\n".encode())
    return Compiled(head, _joined(pieces, gaps), gaps, one_click=_may_one_click(rendition.base_url))


def message_ids(rendition: RenditionData, issue: int) -> MessageIds:
    """How the deliveries of an issue are named: by issue, delivery, the rendition's checksum and the sender's host."""
    host = split_address(rendition.sender)[1].rpartition("@")[2]
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        host = "localhost"
    return MessageIds(f"<{issue}.", f".{rendition.checksum[:12]}@{host or 'localhost'}>")


def _add_body(
    body: str, nonce: str, context: Context, pieces: list[bytes], gaps: list[tuple[int, str, Context]]
) -> None:
    """The encoded pieces of one part; each value gets a line of its own between soft breaks."""
    slots = {token(nonce, slot): slot for slot in SLOTS}
    lines = body.replace("\r\n", "\n").replace("\r", "\n")
    if not lines.endswith("\n"):
        lines += "\n"
    for fragment in re.split("(" + "|".join(map(re.escape, slots)) + ")", lines):
        if fragment in slots:
            if not pieces[-1].endswith(b"\r\n"):
                pieces.append(b"=\r\n")
            gaps.append((len(pieces), slots[fragment], context))
            pieces.append(b"")
            pieces.append(b"=\r\n")
        elif fragment:
            pieces.append(encode_text(fragment))


def _joined(pieces: list[bytes], gaps: list[tuple[int, str, Context]]) -> list[bytes]:
    """Neighbouring fixed pieces as one, the gaps' positions moved along: fewer pieces make a faster splice."""
    places = {position: number for number, (position, _, _) in enumerate(gaps)}
    joined: list[bytes] = []
    fixed: list[bytes] = []
    for position, piece in enumerate(pieces):
        if position in places:
            joined.append(b"".join(fixed))
            fixed = []
            number = places[position]
            gaps[number] = (len(joined), *gaps[number][1:])
            joined.append(b"")
        else:
            fixed.append(piece)
    joined.append(b"".join(fixed))
    return joined


def _encoded(value: str, context: Context) -> bytes:
    return encode_value(escape(value, quote=True) if context == "html" else value)


def _address(field: str, text: str, ascii_address: Callable[[str], str]) -> str:
    name, address = split_address(text)
    try:
        address = ascii_address(address)
        check_ascii_address(address)
    except ValueError as cause:
        raise NewsletterError(
            f"The {field} address “{text}” of this publication cannot be used: {cause}. Set it anew with: "
            f"newsletter publication set {'from' if field == 'From' else 'reply_to'}=ADDRESS",
            code="sender",
            where=field,
        ) from cause
    return address_field(name, address)


def _list_id(text: str) -> str:
    name, label = split_address(text)
    if not re.fullmatch(r"[A-Za-z0-9._-]+", label):
        raise NewsletterError(f"The List-Id “{text}” must end with <name.host> in plain letters.", code="sender")
    return address_field(name, label, bare=False)


def _may_one_click(base_url: str) -> bool:
    """RFC 8058 wants https; on loopback http is allowed too, so that a rehearsal shows the same header."""
    parts = urlsplit(base_url)
    if parts.scheme == "https":
        return True
    host = parts.hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
