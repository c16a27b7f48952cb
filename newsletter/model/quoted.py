"""Quoted-printable (RFC 2045 §6.7) for text that is encoded in pieces."""

from __future__ import annotations

import re

_WIDTH = 75
"""Characters of an encoded line before its soft break: 76 with the `=`."""

_PART = _WIDTH - 2
"""Characters of a line that is divided: there is room for a code in the place of its first."""

_TABLE = {byte: f"={byte:02X}" for byte in range(256) if not 32 <= byte <= 126 or byte == ord("=")}
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")


def encode_text(text: str) -> bytes:
    """Encode whole lines, ended by `\\n`; a last one without its end is left open for a soft break to follow.

    Lines have at most 76 characters and never begin with a dot, so that SMTP has nothing to stuff.
    """
    *whole, rest = text.split("\n")
    lines = [_line(line, open_end=False) for line in whole]
    lines.append(_line(rest, open_end=True) if rest else "")
    return "\r\n".join(lines).encode("ascii")


def encode_value(value: str) -> bytes:
    """Encode a value as a line of its own that a soft break follows. Line breaks and controls become a space."""
    if value.isascii() and value.isprintable() and "=" not in value:  # most values; each reader has some
        parts = [value[start : start + _PART] for start in range(0, len(value), _PART)]
        if not any(part.startswith((".", "From ")) for part in parts):
            return "=\r\n".join(parts).encode("ascii")
    return _line(_CONTROLS.sub(" ", value), open_end=True).encode("ascii")


def _line(line: str, *, open_end: bool) -> str:
    """One line with soft breaks where it is too long. The end of an open one is kept from white space by its `=`."""
    plain = line.encode("utf-8", "replace").decode("latin-1").translate(_TABLE)
    if not open_end and plain.endswith(" "):
        plain = plain[:-1] + "=20"
    if len(plain) <= _WIDTH and not plain.startswith((".", "From ")):
        return plain
    lines = []
    while plain:
        end = min(len(plain), _PART)
        if end < len(plain):
            cut = plain.rfind("=", end - 2, end)  # never inside a code
            end = cut if cut > 0 else end
        part, plain = plain[:end], plain[end:]
        if part.startswith("."):
            part = "=2E" + part[1:]
        elif part.startswith("From "):
            part = "=46" + part[1:]  # mailbox files take such a line for the next message
        lines.append(part)
    return "=\r\n".join(lines)
