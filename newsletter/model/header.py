"""Header fields in ASCII (RFC 5322, RFC 2047): folded, and closed to line breaks from outside."""

from __future__ import annotations

import base64
import re

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
"""Controls, line separators, and the marks that turn the direction of what follows."""
_NO_ADDRESS = re.compile(_CONTROLS.pattern.replace("[", "[<>,", 1))
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_WORD_BYTES = 39
"""Bytes in one encoded word: `Reply-To: =?utf-8?b?` + 52 + `?=` stays under the 76 of RFC 2047 §2."""

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+|\"[ !#-\[\]-~]+\""
_DOMAIN = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[A-Za-z0-9:.]+\]"
_ASCII_ADDRESS = re.compile(rf"(?:{_LOCAL})@(?:{_DOMAIN})")


def one_line(text: str) -> str:
    """Text without line breaks and controls, single-spaced: CR, LF and NUL never reach a header."""
    return " ".join(_CONTROLS.sub(" ", text).encode("utf-8", "replace").decode().split())


def split_address(text: str) -> tuple[str, str]:
    """The name and the address of `Name <address>`, or of an address alone."""
    found = re.fullmatch(r"\s*(.*?)\s*<([^<>]*)>\s*", text, re.DOTALL)
    if not found:
        return "", text.strip()
    name = found[1]
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return name, found[2].strip()


def check_ascii_address(address: str) -> None:
    """Raise ValueError, with a reason for a person, unless this is a plain ASCII address that needs no escaping."""
    if not address:
        raise ValueError("it is empty")
    if not _ASCII_ADDRESS.fullmatch(address) or len(address) > 254:
        raise ValueError("it is not an address of the form name@host")


def text_field(text: str, *, used: int) -> str:
    """An unstructured field's value, folded to lines of 76; `used` characters stand before it on the first."""
    text = one_line(text)
    words = text.split(" ")
    if not text.isascii() or "=?" in text or max(map(len, words)) > 60:
        return "\r\n ".join(_encoded_words(text))
    lines, width = [words[0]], used + len(words[0])
    for word in words[1:]:
        if width + 1 + len(word) > 76:
            lines.append(word)
            width = 1 + len(word)
        else:
            lines[-1] += " " + word
            width += 1 + len(word)
    return "\r\n ".join(lines)


def address_field(name: str, address: str, *, bare: bool = True) -> str:
    """`Name <address>`, folded; the address alone where there is no name (`bare`).

    Raises ValueError where the address holds a control, a space outside quotes, or an angle bracket.
    """
    if not address or _NO_ADDRESS.search(address):
        raise ValueError("the address holds a character that cannot stand in a header")
    name = name and one_line(name)
    if not name:
        return address if bare else f"<{address}>"
    phrase = _phrase(name)
    fold = "\r\n " if len(phrase) + len(address) > 60 or "\r\n" in phrase else " "
    return f"{phrase}{fold}<{address}>"


def _phrase(name: str) -> str:
    if not name.isascii() or "=?" in name or len(name) > 60:
        return "\r\n ".join(_encoded_words(name))
    if _ATOMS.fullmatch(name):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _encoded_words(text: str) -> list[str]:
    """The text as encoded words; white space between them is not shown (RFC 2047 §6.2)."""
    words, piece = [], b""
    for character in text:
        octets = character.encode()
        if len(piece) + len(octets) > _WORD_BYTES:  # a character is never divided
            words.append(piece)
            piece = b""
        piece += octets
    words.append(piece)
    return [f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in words]
