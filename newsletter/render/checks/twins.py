"""Two blocks about one story: readers think that they have been there already."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import combinations
from urllib.parse import parse_qsl, urlencode, urlsplit

from newsletter.model.finding import Finding
from newsletter.model.issue import Block, BlockKind
from newsletter.render.checks.checked import Checked, warning
from newsletter.text.characters import one_line

ALIKE = 0.90
FEWEST_WORDS = 4
_WORDS = re.compile(r"\w+")
_SERIAL = re.compile(r"[ivxlc]+|.*\d.*")
_TRACKING = re.compile(r"utm_.*|fbclid|gclid|mc_[ce]id")


def check(seen: Checked) -> Iterator[Finding]:
    """No two blocks of items have the same address or nearly the same headline."""
    blocks = [block for block in seen.issue.outline.blocks() if block.kind is BlockKind.ITEM]
    places = {block.id: _addresses(seen, block) for block in blocks}
    titles = {block.id: _title(seen, block) for block in blocks}
    for first, second in combinations(blocks, 2):
        shared = places[first.id] & places[second.id]
        if shared or same_story(titles[first.id], titles[second.id]):
            why = f"both lead to {min(shared)}" if shared else "their headlines say the same"
            yield warning(
                "same-story",
                f"“{titles[second.id]}” and block {first.id} are about one story, {why}: put them under one headline "
                f"(newsletter issue add {seen.issue.number} ITEM --with {first.id}) or newsletter issue remove "
                f"{seen.issue.number} {second.id}",
                second.id,
            )


def same_story(one: str, other: str) -> bool:
    """Whether two headlines tell the same; those of a series (“Part I”, “Part II”) never do."""
    ours, theirs = (_WORDS.findall(title.casefold()) for title in (one, other))
    if min(len(ours), len(theirs)) < FEWEST_WORDS:
        return False
    if any(_SERIAL.fullmatch(word) for word in set(ours) ^ set(theirs)):
        return False
    alike = SequenceMatcher(None, " ".join(ours), " ".join(theirs))
    return alike.real_quick_ratio() >= ALIKE and alike.quick_ratio() >= ALIKE and alike.ratio() >= ALIKE


def _addresses(seen: Checked, block: Block) -> set[str]:
    items = [seen.versions[pin] for pin in block.items if pin in seen.versions]
    return {_bare(url) for url in (block.url, *(item.url for item in items)) if url}


def _bare(url: str) -> str:
    """An address without what does not tell two pages apart."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    query = urlencode([pair for pair in parse_qsl(parts.query) if not _TRACKING.fullmatch(pair[0].lower())])
    host = parts.netloc.lower().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}{'?' + query if query else ''}"


def _title(seen: Checked, block: Block) -> str:
    first = next((seen.versions[pin] for pin in block.items if pin in seen.versions), None)
    return one_line(block.headline or (first.title if first else ""))
