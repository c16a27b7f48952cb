"""Addresses: what makes two of them one, and why one cannot be used. No DNS is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_LENGTH = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets

_LOCAL = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
# a label with “--” in third place is punycode or reserved: email-validator decides about it
_LABEL = r"(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PLAIN = re.compile(rf"(?=.{{1,64}}@)({_LOCAL})@((?:{_LABEL}\.)+(?!..--)[a-z]{{2,63}})", re.IGNORECASE | re.ASCII)
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f<>\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Address:
    """A usable address: as typed, and the key `casefold(local)@idna(domain)` that makes it one."""

    typed: str
    key: str


@dataclass(frozen=True)
class BadAddress:
    """An address that cannot be used, and why: a sentence without its full stop."""

    typed: str
    reason: str


def read_address(text: str) -> Address | BadAddress:
    """The address in a text, spaces around it ignored; or why there is none.

    Plain ones are decided by one regular expression; international domains, quoted names and the reasons come from
    email-validator, which is 70 times slower.
    """
    typed = text.strip(" \t\r\n\u00a0")
    if len(typed) <= MAX_LENGTH and _PLAIN.fullmatch(typed):
        return Address(typed, typed.lower())
    if not typed:
        return BadAddress(typed, "there is no address")
    if _UNSAFE.search(typed):
        return BadAddress(typed, "write the address alone, without < and > or control characters")
    if len(typed) > MAX_LENGTH:
        return BadAddress(typed[:MAX_LENGTH] + "…", f"the address is longer than {MAX_LENGTH} characters")
    return _examined(typed)


def _examined(typed: str) -> Address | BadAddress:
    from email_validator import EmailNotValidError, validate_email

    try:
        # test_environment: “.test” is refused by nobody's mail server but the real one
        found = validate_email(
            typed,
            allow_smtputf8=False,
            allow_quoted_local=True,
            check_deliverability=False,
            test_environment=True,
            strict=True,
        )
    except EmailNotValidError as cause:
        return BadAddress(typed, _sentence(str(cause)))
    return Address(typed, f"{found.local_part.casefold()}@{found.ascii_domain.lower()}")


def _sentence(text: str) -> str:
    """The validator's words as one sentence without its capital and its full stop."""
    plain = re.sub(r"\. (\w)", lambda found: "; " + found[1].lower(), text.strip().rstrip("."))
    return plain[:1].lower() + plain[1:]
