"""Files as text: UTF-8, a byte order mark's word, or a good guess."""

from __future__ import annotations

from newsletter.text.characters import tidy


def decoded(content: bytes) -> str:
    """The text of a dropped file, tidied, with plain newlines."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return tidy(content.decode(encoding, "replace"))
    try:
        return tidy(content.decode("utf-8"))
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        best = from_bytes(content).best()
        return tidy(str(best) if best is not None else content.decode("cp1252", "replace"))
