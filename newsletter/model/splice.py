"""Personalisation by splicing: a rendition is encoded once, and each reader's own values are put between the pieces.

No template runs a second time, so text from outside can never become code, and a message costs microseconds.
The finished bytes are what goes on the wire (RFC 5321 §4.5.2) and what stands in an `.eml` file, both: a line never
begins with a dot, because quoted-printable lets us write it as `=2E`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from html import escape
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from newsletter.errors import NewsletterError
from newsletter.model.header import address_field, check_ascii_address, split_address, text_field
from newsletter.model.merge import UNSUBSCRIBE
from newsletter.model.personal import NOBODY, Facts, Place, slots
from newsletter.model.quoted import encode_text, encode_value
from newsletter.model.rendition import RenditionData

Context = Literal["html", "text"]
"""Where a value is spliced: it is escaped for that place."""

_VARIANTS = 256
"""Combinations of conditions that are kept ready."""

_URL = re.compile(r"https?://[!-;=?-~]+")


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Whom one message is for, and what is theirs in it."""

    address: str
    """What stands in `To`: ASCII, or UTF-8 only where the server speaks SMTPUTF8."""
    name: str = ""
    values: Mapping[str, str]
    """One value for each named slot of the rendition, as it is: the splice escapes it."""
    facts: Facts | None = None
    """What personal places are filled from; none: the name and the address."""


@dataclass(frozen=True)
class MessageIds:
    """The Message-IDs of one issue: `before`, the id of the delivery, `after`. The same at every attempt."""

    before: str
    after: str

    def of(self, delivery: int) -> str:
        """The Message-ID of one delivery, with its angle brackets (RFC 5322 §3.6.4)."""
        return f"{self.before}{delivery}{self.after}"


@dataclass(frozen=True)
class _Gap:
    """Where a value goes."""

    slot: str
    context: Context


@dataclass(frozen=True)
class _Edge:
    """Where a passage under a condition begins or ends."""

    place: int
    begins: bool


class _Variant:
    """The message of all readers for whom the same conditions hold, with gaps; the first is for the header's start."""

    def __init__(self, head: bytes, parts: Sequence[bytes | _Gap | _Edge], holding: Collection[int]) -> None:
        self.pieces: list[bytes] = [b""]
        places: dict[str, tuple[list[int], list[int]]] = {}
        fixed: list[bytes] = [head]
        hidden = 0
        for part in parts:
            if isinstance(part, _Edge):
                if part.begins:
                    hidden += hidden > 0 or part.place not in holding
                else:
                    hidden -= hidden > 0
            elif hidden:
                continue
            elif isinstance(part, bytes):
                fixed.append(part)
            else:  # neighbouring fixed pieces become one: fewer pieces make a faster splice
                self.pieces.append(b"".join(fixed))
                places.setdefault(part.slot, ([], []))[part.context == "html"].append(len(self.pieces))
                self.pieces.append(b"")
                fixed = []
        self.pieces.append(b"".join(fixed))
        self.gaps = tuple((slot, *found) for slot, found in places.items())
        """Each slot, and its pieces as plain text and as HTML."""


class Compiled:
    """A rendition as a ready multipart/alternative message with gaps, and passages that a condition switches."""

    def __init__(
        self, head: bytes, parts: Sequence[bytes | _Gap | _Edge], places: Sequence[Place], *, one_click: bool
    ) -> None:
        self._head = head
        self._parts = parts
        self._places = places
        self._conditions = tuple(
            (number, place.condition()) for number, place in enumerate(places) if place.kind == "if"
        )
        self._variants: dict[frozenset[int], _Variant] = {}
        self._same = None if self._conditions else _Variant(head, parts, ())
        self._one_click = one_click

    @property
    def is_personal(self) -> bool:
        """Whether it needs what is known of a reader."""
        return bool(self._places)

    @property
    def size(self) -> int:
        """About how many bytes a message has, with every passage in it."""
        return len(self._head) + sum(len(part) for part in self._parts if isinstance(part, bytes)) + 600

    def splice(self, reader: Reader, *, message_id: str, date: datetime) -> bytes:
        """One reader's message: CRLF line ends, ready for DATA without the final dot, and ready as an `.eml` file.

        Lines have at most 76 characters in the body and 998 in the header. Raises ValueError, with a reason for a
        person, where the address or the unsubscribe URL cannot stand in a header.
        """
        facts = (reader.facts or Facts(name=reader.name, email=reader.address)) if self._places else NOBODY
        variant = self._variant(facts)
        parts = variant.pieces.copy()
        parts[0] = self._own_header(reader, message_id, date)
        for slot, in_text, in_html in variant.gaps:
            value = self._value(slot, reader, facts)
            encoded = encode_value(value)
            for position in in_text:
                parts[position] = encoded
            if in_html:
                escaped = escape(value, quote=True)
                if escaped != value:
                    encoded = encode_value(escaped)
                for position in in_html:
                    parts[position] = encoded
        return b"".join(parts)

    def _variant(self, facts: Facts) -> _Variant:
        """Kept: readers differ in a few conditions, and there are few combinations of them."""
        if self._same is not None:
            return self._same
        holding = frozenset([number for number, holds in self._conditions if holds(facts)])
        found = self._variants.get(holding)
        if found is None:
            found = _Variant(self._head, self._parts, holding)
            if len(self._variants) < _VARIANTS:
                self._variants[holding] = found
        return found

    def _value(self, slot: str, reader: Reader, facts: Facts) -> str:
        return self._places[int(slot[1:])].value(facts) if slot[1:].isdecimal() else reader.values[slot]

    def _own_header(self, reader: Reader, message_id: str, date: datetime) -> bytes:
        lines = [
            f"To: {address_field(reader.name, reader.address)}\r\n"
            f"Message-ID: {message_id}\r\n"
            f"Date: {_dated(date.replace(microsecond=0))}\r\n"
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

    parts: list[bytes | _Gap | _Edge] = []
    for context, subtype, body in (("text", "plain", rendition.text), ("html", "html", rendition.html)):
        parts.append(
            f"--{boundary}\r\n"
            f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n".encode()
        )
        parts += _body(body, rendition.nonce, "html" if context == "html" else "text")
        parts.append(b"\r\n")
    parts.append(f"--{boundary}--\r\n".encode())
    return Compiled(head, parts, rendition.personal, one_click=_may_one_click(rendition.base_url))


def message_ids(rendition: RenditionData, issue: int) -> MessageIds:
    """How the deliveries of an issue are named: by issue, delivery, the rendition's checksum and the sender's host."""
    host = split_address(rendition.sender)[1].rpartition("@")[2]
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        host = "localhost"
    return MessageIds(f"<{issue}.", f".{rendition.checksum[:12]}@{host or 'localhost'}>")


def _body(body: str, nonce: str, context: Context) -> Iterator[bytes | _Gap | _Edge]:
    """The encoded pieces of one part; each value gets a line of its own between soft breaks.

    A passage under a condition begins and ends after a line break, hard or soft: without it the rest stays whole.
    """
    lines = body.replace("\r\n", "\n").replace("\r", "\n")
    if not lines.endswith("\n"):
        lines += "\n"
    at_line_start = True
    for index, fragment in enumerate(slots(nonce).split(lines)):
        if index % 2 == 0:
            if fragment:
                yield encode_text(fragment)
                at_line_start = fragment.endswith("\n")
            continue
        if not at_line_start:
            yield b"=\r\n"
            at_line_start = True
        if fragment[0] in "be" and fragment[1:].isdecimal():
            yield _Edge(int(fragment[1:]), begins=fragment[0] == "b")
        else:
            yield _Gap(fragment, context)
            yield b"=\r\n"


@lru_cache(maxsize=16)
def _dated(moment: datetime) -> str:
    """The field of a whole second: thousands of messages share it."""
    return format_datetime(moment)


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
