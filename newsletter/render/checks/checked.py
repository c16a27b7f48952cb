"""What a check looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import lxml.html

from newsletter.model.finding import Finding, Level
from newsletter.model.issue import Block, BlockId, Issue, PinnedItem
from newsletter.model.item import ItemVersion
from newsletter.model.publication import Publication
from newsletter.model.rendition import RenditionData
from newsletter.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Checked:
    """An issue, what it was rendered to, and the machine that is to send it."""

    publication: Publication
    issue: Issue
    data: RenditionData
    settings: Settings
    versions: Mapping[PinnedItem, ItemVersion] = field(default_factory=dict)
    """The pinned items, where the caller has them: findings then say which block they are in."""

    @cached_property
    def document(self) -> Any:
        """The HTML as a tree."""
        return lxml.html.document_fromstring(self.data.html or "<html></html>")

    @property
    def sends_far(self) -> bool:
        """Whether mail leaves this machine."""
        return any(server.is_remote for server in self.settings.smtp)

    def block_with(self, text: str) -> BlockId | None:
        """The first block one of whose texts holds this one."""
        return next((block.id for block in self.issue.outline.blocks() if text in self._said(block)), None)

    def _said(self, block: Block) -> str:
        items = [self.versions[pin] for pin in block.items if pin in self.versions]
        own = (block.headline, block.teaser, block.blurb, block.outlet, block.url)
        theirs = [part for one in items for part in (one.title, one.excerpt, one.outlet, one.url)]
        return "\n".join(filter(None, (*own, *theirs)))


Check = Callable[[Checked], Iterator[Finding]]


def error(code: str, message: str, block: BlockId | None = None) -> Finding:
    """A finding that refuses approval."""
    return Finding(level=Level.ERROR, code=code, message=message, block=block)


def warning(code: str, message: str, block: BlockId | None = None) -> Finding:
    """A finding to look at."""
    return Finding(level=Level.WARNING, code=code, message=message, block=block)
