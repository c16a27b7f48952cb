"""An address as SMTP wants it: the domain in ASCII, nothing in it that could end a command."""

from __future__ import annotations

import re
from dataclasses import dataclass

import idna

from newsletter.model.header import check_ascii_address

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029<>]")


@dataclass(frozen=True)
class Envelope:
    """Who sends and who receives one message (RFC 5321 §2.3.1)."""

    sender: str
    recipient: str

    @property
    def needs_utf8(self) -> bool:
        """Whether the server must offer SMTPUTF8 (RFC 6531)."""
        return not (self.sender.isascii() and self.recipient.isascii())


def wire_address(typed: str) -> str:
    """An address with its domain in ASCII (IDNA 2008); the part before the @ stays as it was typed.

    Raises ValueError with a reason for a person.
    """
    typed = typed.strip()
    local, at, domain = typed.rpartition("@")
    if not at or not local or not domain:
        raise ValueError("it is not an address of the form name@host")
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except idna.IDNAError as cause:
            raise ValueError(f"its domain is not a valid name: {cause}") from cause
    address = f"{local}@{domain}"
    if local.isascii():
        check_ascii_address(address)
        return address
    if _FORBIDDEN.search(address) or len(address.encode()) > 254:
        raise ValueError("it holds a character that cannot stand in an address")
    check_ascii_address(f"x@{domain}")
    return address
