"""The words of a text, as they are looked for: without case, accents and punctuation. Pure.

SQLite and PostgreSQL part and fold words differently; with words made here they find the same.
"""

from __future__ import annotations

import re
import unicodedata

_ACCENTS = re.compile("[\u0300-\u036f]+")
_BETWEEN = re.compile(
    r"[\s!-/:-@\[-`{-~\u00a0-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u2000-\u206f\u2190-\u2bff\u2e00-\u2e7f"
    r"\u3000-\u3004\u3008-\u3020\u3030\u30fb\ufe10-\ufe6f\uff00-\uff0f\ufffc\ufffd\U0001f000-\U0001faff\x00-\x1f\x7f]+"
)
# Scripts that are written without spaces: each character is a word, and a word of several is found by all of them.
_WITHOUT_SPACES = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30fa\u30fc-\u30ff\u3400-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff])"
)
LONGEST = 60
"""Characters of a word; the rest of a longer one is nothing that anybody types."""
_ASCII = re.compile(f"([a-z0-9]{{1,{LONGEST}}})[a-z0-9]*")


def words(text: str) -> list[str]:
    """The words of a text in order. `É` is `e`, `ß` is `ss`, full-width is half-width."""
    if text.isascii():  # most texts: nothing to fold but case, and what is between words is all that is no letter
        return _ASCII.findall(text.lower())
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text).casefold())
    plain = _WITHOUT_SPACES.sub(r" \1 ", unicodedata.normalize("NFC", plain))
    found = (word[:LONGEST] for word in _BETWEEN.sub(" ", plain).split())
    return [word for word in found if word.isalnum() or any(character.isalnum() for character in word)]
