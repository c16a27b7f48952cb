"""Tags: the few words by which the archive finds a block again. Pure."""

from __future__ import annotations

import re

MOST = 10
LONGEST = 40
"""Characters of one tag."""

_WORDS = re.compile(r"[^\W_]+(?:[ '’.&+-]+[^\W_]+)*[+]*")
_GAPS = re.compile(r"[^\w]+")


def read_tags(text: str) -> str:
    """Tags as they are kept: `River, Public transport`; each once, in the order they were written.

    Raises ValueError, with a reason for a person.
    """
    tags: dict[str, str] = {}
    for part in text.split(","):
        tag = " ".join(part.split()).removeprefix("#")
        if not tag:
            continue
        if len(tag) > LONGEST or not _WORDS.fullmatch(tag):
            raise ValueError(f"“{tag[:60]}” is no tag; write up to {LONGEST} letters and digits, tags parted by commas")
        tags.setdefault(slug_of(tag), tag)
    if len(tags) > MOST:
        raise ValueError(f"there are {len(tags)} tags; a block has at most {MOST}")
    return ", ".join(tags.values())


def split_tags(kept: str | None) -> tuple[str, ...]:
    """The tags of a block."""
    return tuple(kept.split(", ")) if kept else ()


def slug_of(name: str) -> str:
    """A tag or the name of a section as the last part of an address: the same for each way to write it."""
    return _GAPS.sub("-", name.casefold()).strip("-_") or "-"
