"""What a check looks at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from html import escape
from typing import Any
from urllib.parse import unquote

import lxml.html

from newsletter.model.asset import Assets
from newsletter.model.event import Occurrence
from newsletter.model.finding import Finding, Level
from newsletter.model.issue import Block, BlockId, Issue, PinnedItem
from newsletter.model.item import ItemId, ItemVersion
from newsletter.model.linked import LinkAnswer
from newsletter.model.personal import BadPersonalisation, Marks, slots
from newsletter.model.publication import Publication
from newsletter.model.rendition import RenditionData
from newsletter.render.spam import SpamScore
from newsletter.settings import Settings

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


@dataclass(frozen=True, kw_only=True)
class Checked:
    """An issue, what it was rendered to, and the machine that is to send it."""

    publication: Publication
    issue: Issue
    data: RenditionData
    settings: Settings
    versions: Mapping[PinnedItem, ItemVersion] = field(default_factory=dict)
    """The pinned items, where the caller has them: findings then say which block they are in."""
    occurrences: Sequence[Occurrence] = ()
    """Those of the calendar."""
    on: date | None = None
    """The local day the issue bears, where the caller knows it."""
    assets: Assets = field(default_factory=dict)
    """The pictures of image blocks."""
    sent_in: Mapping[ItemId, Sequence[int]] = field(default_factory=dict)
    """The numbers of the issues in which an item went out."""
    links: Mapping[str, LinkAnswer] = field(default_factory=dict)
    """What servers said of links and pictures, where they were asked."""
    spam: SpamScore | None = None
    """What SpamAssassin thinks, where it was asked."""

    @cached_property
    def document(self) -> Any:
        """The HTML as a tree."""
        return lxml.html.document_fromstring(self.data.html or "<html></html>")

    @property
    def sends_far(self) -> bool:
        """Whether mail leaves this machine."""
        return any(server.is_remote for server in self.settings.smtp)

    @property
    def theme(self) -> str:
        """The name of the theme the issue is rendered with."""
        return self.issue.theme or self.publication.theme

    def block_with(self, text: str) -> BlockId | None:
        """The first block one of whose texts holds this one: as it is or escaped, in capitals, or with markup in it."""
        if not text.strip():
            return None
        forms = {text, escape(text, quote=False), escape(text)}
        exact = next((id for id, said in self._words.items() if any(form in said for form in forms)), None)
        if exact is not None:
            return exact
        wanted = {_alike(form) for form in forms}
        return next((id for id, said in self._words_alike.items() if any(form in said for form in wanted)), None)

    def words_of(self, block: BlockId) -> str:
        """All texts of a block, those of its items too: Markdown and HTML as they are."""
        return self._words.get(block, "")

    def mend(self, block: BlockId | None, option: str = "") -> str:
        """Where to change something: the command for a block, else the issue and its theme."""
        if block is None:
            return f"in the issue or its theme “{self.theme}”"
        return f"newsletter issue edit {self.issue.number} {block} {option}".rstrip()

    def mend_text(self, block: BlockId | None, text: str, option: str = "--blurb TEXT") -> str:
        """Where to change some words or a link: the field of the block that shows them.

        Where several items stand in a block, what each of them says is changed in the item itself.
        """
        found = next((one for one in self.issue.outline.blocks() if one.id == block), None)
        if found is None:
            return self.mend(block)
        forms = {text, escape(text, quote=False), escape(text)}

        def says(field: str | None) -> bool:
            return any(form in (field or "") for form in forms)

        for name in ("headline", "teaser", "blurb", "outlet", "url", "alt"):
            if says(getattr(found, name)):
                return self.mend(block, f"--{name} {'URL' if name == 'url' else 'TEXT'}")
        items = [self.versions[pin] for pin in found.items if pin in self.versions]
        for item in items:
            for name, over in (("title", "headline"), ("excerpt", "blurb"), ("outlet", "outlet"), ("url", "url")):
                if says(getattr(item, name)):
                    what = "URL" if name == "url" else "TEXT"
                    if len(items) == 1:
                        return self.mend(block, f"--{over} {what}")
                    return f"newsletter items edit {item.item} --{name} {what}"
        return self.mend(block, option)

    @cached_property
    def _words(self) -> Mapping[BlockId, str]:
        return {block.id: self._said(block) for block in self.issue.outline.blocks()}

    @cached_property
    def _words_alike(self) -> Mapping[BlockId, str]:
        return {
            id: "\n".join(_alike(form) for form in (said, _TAG.sub("", said), unquote(said)))
            for id, said in self._words.items()
        }

    def _said(self, block: Block) -> str:
        items = [self.versions[pin] for pin in block.items if pin in self.versions]
        headline, blurb = self._as_mailed(block.headline), self._as_mailed(block.blurb)
        own = (headline, block.teaser, blurb, block.outlet, block.url, block.alt, block.asset)
        theirs = [part for one in items for part in (one.title, one.excerpt, one.outlet, one.url)]
        return "\n".join(filter(None, (*own, *theirs)))

    def _as_mailed(self, text: str | None) -> str | None:
        """Without what is filled in for each reader: it is nothing that could be left over."""
        if not text or ("{{" not in text and "{%" not in text):
            return text
        nonce = self.data.nonce
        try:
            return slots(nonce).sub(" ", Marks(nonce).mark(text))
        except BadPersonalisation:
            return text


def _alike(text: str) -> str:
    return " ".join(text.casefold().split())


Check = Callable[[Checked], Iterator[Finding]]


def error(code: str, message: str, block: BlockId | None = None) -> Finding:
    """A finding that refuses approval."""
    return Finding(level=Level.ERROR, code=code, message=message, block=block)


def warning(code: str, message: str, block: BlockId | None = None) -> Finding:
    """A finding to look at."""
    return Finding(level=Level.WARNING, code=code, message=message, block=block)
