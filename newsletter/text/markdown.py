"""Markdown, as editors and dropped files write it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from newsletter.text.html import clean

if TYPE_CHECKING:
    from markdown_it import MarkdownIt


@cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": True}).enable("strikethrough")


def to_html(markdown: str, base_url: str | None = None) -> str:
    """CommonMark as clean HTML; HTML in it is allowed, and passes the one policy like all other."""
    return clean(_reader().render(markdown), base_url)
