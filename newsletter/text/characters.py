"""Characters that no text of ours may carry: controls, and those that turn the direction of what follows."""

from __future__ import annotations

import re
from typing import Final

_CONTROLS = [code for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"]
_TURNING = [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C, 0xFEFF]
_DROPPED: Final = dict.fromkeys((*_CONTROLS, *_TURNING)) | {0x2028: "\n", 0x2029: "\n"}
_SURROGATES = re.compile("[\ud800-\udfff]")
_ODD = re.compile(f"[{''.join(re.escape(chr(code)) for code in _DROPPED)}\ud800-\udfff]")


def tidy(text: str) -> str:
    """The text without control, bidi and byte order characters, or lone surrogates; tabs and newlines stay."""
    if _ODD.search(text) is None:  # nearly always: to look is a tenth of the work
        return text
    return _SURROGATES.sub("", text).replace("\r\n", "\n").replace("\r", "\n").translate(_DROPPED)


def one_line(text: str) -> str:
    """The text tidied, with every run of white space as one space."""
    return " ".join(tidy(text).split())
