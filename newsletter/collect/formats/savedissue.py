"""A saved issue: paragraphs like `Outlet: Headline and excerpt`, and bullets with dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from newsletter.collect.formats.blocks import Block
from newsletter.collect.formats.entry import entry
from newsletter.collect.formats.listing import is_short
from newsletter.model.item import SPLIT_ME, ItemData, proposed_outlet

FEWEST = 3
_NAMED = re.compile(r"([^\W\d_][^:\n]{1,44}?):\s+(\S.*)", re.DOTALL)
_DATED = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)[a-z]*\b|\b\d{1,2}[./]\d{1,2}\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class SavedIssue:
    """What a saved issue holds: items, and lines that tell of events."""

    items: tuple[ItemData, ...]
    event_lines: tuple[str, ...] = field(default=())


def read_saved_issue(blocks: Sequence[Block], outlets: frozenset[str], name: str) -> SavedIssue | None:
    """The items and event lines of a saved issue; none where too few paragraphs begin with an outlet.

    `name`: of the file. An item is known again by its words there, also once an outlet has become known.
    """
    known = {name.casefold(): name for name in outlets}
    named = [match for block in blocks if not block.bullet and (match := _NAMED.fullmatch(block.text))]
    with_known = sum(1 for match in named if match[1].strip().casefold() in known)
    if len(named) < FEWEST or not (with_known or len(named) >= 2 * FEWEST or _ends_in_a_calendar(blocks, named)):
        return None
    items: list[ItemData] = []
    lines: list[str] = []
    for index, block in enumerate(blocks):
        if block.bullet:
            lines += [block.text] if _DATED.search(block.text) else []
        elif match := _NAMED.fullmatch(block.text):
            following = blocks[index + 1] if index + 1 < len(blocks) else None
            found = _item(block, match[1].strip(), match[2], following, known)
            digest = sha256(block.key.encode()).hexdigest()[:24]
            items.append(replace(found, guid=f"{name}#{digest}"))
    return SavedIssue(tuple(items), tuple(lines))


def _ends_in_a_calendar(blocks: Sequence[Block], named: Sequence[re.Match[str]]) -> bool:
    """Whether few paragraphs with names that nobody knows are an issue all the same: each has another name, and a list
    of dates follows. An interview repeats its names, and a recipe has no dates.
    """
    return len({match[1].casefold() for match in named}) == len(named) and len(dated(blocks)) >= 2


def dated(blocks: Sequence[Block]) -> tuple[str, ...]:
    """The bullets that name a day: they may tell of events."""
    return tuple(block.text for block in blocks if block.bullet and _DATED.search(block.text))


def _item(block: Block, name: str, rest: str, following: Block | None, known: dict[str, str]) -> ItemData:
    outlet = known.get(name.casefold())
    title = rest if outlet else block.text
    flags: tuple[str, ...] = () if outlet else (proposed_outlet(name),)
    excerpt = ""
    if is_short(block):
        if following and not following.bullet and not is_short(following) and not _NAMED.fullmatch(following.text):
            excerpt = f"<p>{following.html}</p>"
    else:
        flags = (*flags, SPLIT_ME)
    item = entry(title=title, url=block.url, base_url=None, body_html=excerpt, outlet=outlet)
    return replace(item, flags=(*item.flags, *flags))
