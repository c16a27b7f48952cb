"""HTML as plain text, for titles, search and lists."""

from __future__ import annotations

import re
from html import unescape

import nh3

from newsletter.text.characters import one_line, tidy

_BARE = nh3.Cleaner(
    tags=set(),
    clean_content_tags={
        "script",
        "style",
        "svg",
        "math",
        "template",
        "noscript",
        "iframe",
        "object",
        "textarea",
        "head",
    },
)
_BREAKS = re.compile(r"<(?=/?(?:p|br|div|li|ul|ol|h[1-6]|td|th|tr|blockquote|pre|hr|dd|dt)\b)", re.IGNORECASE)


def plain(html: str) -> str:
    """The text of some HTML on one line, without tags and entities; blocks are parted by a space."""
    html = tidy(html)
    if "<" in html:
        html = _BARE.clean(_BREAKS.sub(" <", html))
    return one_line(unescape(html))
