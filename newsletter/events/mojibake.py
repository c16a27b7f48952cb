"""Text that was UTF-8 and was read as Windows-1252 on its way: `CafÃ©` is mended to `Café`."""

from __future__ import annotations

import re

_RUN = re.compile("[Â-ô][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]{1,3}")


def mended(text: str) -> str:
    """The text with such runs mended; as it was where there is none."""
    return _RUN.sub(_mended, text)


def _mended(run: re.Match[str]) -> str:
    try:
        codes = bytearray()
        for character in run.group():
            codes += character.encode("latin-1" if ord(character) < 256 else "cp1252")
        return codes.decode("utf-8")
    except UnicodeError:
        return run.group()
