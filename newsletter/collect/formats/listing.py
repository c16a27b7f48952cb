"""Saved listing pages: many headlines with their excerpts, and between them what repeats. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from newsletter.collect.formats.blocks import Block

FEWEST = 3
"""Headlines, from which on a page may be a listing."""
_SHORT = 130
"""Characters; a longer line is no headline."""
_FEWEST_WORDS = 5
_META = re.compile(
    r"(?:by\s+\S.{0,60}|(?:posted|published|updated|filed|tagged|categor(?:y|ies)|tags?)\b.{0,80}|"
    r"\d+\s+(?:min(?:ute)?s?\b.{0,10}|comments?|shares?)|"
    r"(?:\w{3,9}\.?,?\s+)?(?:\d{1,2}\.?\s+\w{3,9}\.?|\w{3,9}\.?\s+\d{1,2}),?\s+\d{4}(?:\s*[|·•-].{0,40})?|"
    r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}|"
    r"(?:read|see|show|continue)\s+(?:more|all|reading|on)\b.{0,20}|(?:page\s+)?\d+(?:\s+of\s+\d+)?|"
    r"(?:older|newer|next|previous)(?:\s+\w+)?)[.…»→]*",
    re.IGNORECASE,
)
_BYLINE = re.compile(r"by\s+(.+?)(?:\s*[|·•,–-]\s.*)?", re.IGNORECASE)


@dataclass
class Told:
    """One story of a listing: a headline (may be empty), where it leads, and what is said of it."""

    headline: str
    url: str | None
    html: str
    author: str | None = None


def keys(blocks: Iterable[Block]) -> tuple[str, ...]:
    """What pages of one site are compared by, each once, in the page's order."""
    return tuple(dict.fromkeys(block.key for block in blocks))


def chrome_of(pages: Sequence[tuple[str, ...]]) -> list[frozenset[str]]:
    """For each page what it shares with its siblings: the pages that begin as it does.

    Chrome stands on all of them; among more than three on three quarters: a story may be on two.
    """
    families: dict[str, list[int]] = {}
    for index, page in enumerate(pages):
        if page:
            families.setdefault(page[0], []).append(index)
    found: list[frozenset[str]] = [frozenset()] * len(pages)
    for family in families.values():
        if len(family) < 2:
            continue
        most = len(family) if len(family) <= 3 else -(-3 * len(family) // 4)
        counts = Counter(key for index in family for key in pages[index])
        shared = frozenset(key for key, count in counts.items() if count >= most)
        for index in family:
            found[index] = shared
    return found


def read_listing(blocks: Sequence[Block], chrome: frozenset[str]) -> list[Told] | None:
    """The stories of a listing, in its order; none where the page is not one: nothing repeats, few headlines."""
    counts = Counter(block.key for block in blocks)
    own = [
        block
        for block in blocks
        if _BYLINE.fullmatch(block.text) or (counts[block.key] == 1 and block.key not in chrome)
    ]
    linked = {block.url for block in own if block.heading and block.url and not block.top}
    told = _told(own, links_only=len(linked) > FEWEST)
    with_headline = sum(1 for one in told if one.headline)
    if with_headline < FEWEST or 2 * with_headline < len(told):
        return None
    if len(linked) > FEWEST or _is_broken_up(blocks, own):
        return told
    # what its siblings share is above and below only, as around an article with headings: then each story must stand
    # apart, with one headline and one excerpt
    framed = len(own) < len(blocks) and with_headline > FEWEST and 10 * with_headline >= 9 * len(told)
    one_box = any(block.heading and not block.top and not block.box for block in own)
    return told if framed and not one_box else None


def _is_broken_up(blocks: Sequence[Block], own: Sequence[Block]) -> bool:
    """Whether something that repeats stands between what the page has for itself."""
    kept = {id(block) for block in own if not _META.fullmatch(block.text)}
    places = [index for index, block in enumerate(blocks) if id(block) in kept]
    return bool(places) and any(
        id(block) not in kept and not _META.fullmatch(block.text) for block in blocks[places[0] : places[-1]]
    )


def _told(blocks: Sequence[Block], *, links_only: bool) -> list[Told]:
    """Pair each headline with what follows it. `links_only`: a heading that leads nowhere heads no story."""
    told: list[Told] = []
    headline: Block | None = None
    author: str | None = None
    box = 0
    for block in blocks:
        if block.top or (block.heading and links_only and not block.url):
            told += _bare(headline)
            headline, box = None, 0
        elif _META.fullmatch(block.text):
            match = _BYLINE.fullmatch(block.text)
            author = match[1] if match else author
        elif block.heading or (is_short(block) and not block.bullet):
            if headline is not None and headline.heading and not block.heading:
                continue  # a label between a headline and its text
            told += _bare(headline)
            headline, author, box = block, None, 0
        elif headline is None and told and block.box and block.box == box:
            told[-1].html += block.html
        elif len(block.text.split()) >= _FEWEST_WORDS:
            head, url = (headline.text, headline.url) if headline else ("", block.url)
            told.append(Told(head, url, block.html, author))
            headline, author, box = None, None, block.box
    return told + _bare(headline)


def _bare(headline: Block | None) -> list[Told]:
    """A headline that nothing followed is a story if it leads somewhere."""
    return [Told(headline.text, headline.url, "")] if headline and headline.heading and headline.url else []


def is_short(block: Block) -> bool:
    """Whether a block may be a headline: one short line that does not end like a sentence."""
    return len(block.text) <= _SHORT and not re.search(r"[.…,;:]['\"”’»)]*$", block.text)
