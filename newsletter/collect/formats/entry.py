"""What all formats share: turning raw fields of an entry into clean ones."""

from __future__ import annotations

import re
from datetime import datetime
from html import escape

from newsletter.collect.canonical import canonical, links_without_tracking, without_tracking
from newsletter.model.item import ItemData
from newsletter.text.characters import one_line, tidy
from newsletter.text.excerpt import excerpt
from newsletter.text.html import clean
from newsletter.text.links import absolute

MAX_HTML = 400_000
"""Characters of one entry that are read; no article is longer."""
MAX_TITLE = 500
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


def entry(
    *,
    title: str,
    url: str | None,
    base_url: str | None,
    text_base: str | None = None,
    summary_html: str = "",
    body_html: str = "",
    outlet: str | None = None,
    author: str | None = None,
    published: datetime | None = None,
    dated: bool = False,
    language: str | None = None,
    guid: str | None = None,
) -> ItemData:
    """An item from raw parts: HTML through the one policy, links absolute, texts on one line.

    `title` is plain text already. Links of the texts are taken against `text_base`, else the item's own link.
    The excerpt is the beginning of the summary, else of the body. `dated`: whether the source gives a date at all.
    """
    link = absolute(url, base_url) if url else None
    link = without_tracking(link) if link else None
    base = absolute(text_base, base_url) if text_base else None
    base = base or link or base_url
    summary = links_without_tracking(clean(summary_html[:MAX_HTML], base))
    body = links_without_tracking(clean(body_html[:MAX_HTML], base)) if body_html != summary_html else summary
    short = excerpt(summary or body)
    title = one_line(title)[:MAX_TITLE]
    guid = one_line(guid or "")[:1000] or None
    return ItemData(
        title=title,
        excerpt=short,
        body=body or summary,
        url=link,
        outlet=_name(outlet),
        author=_name(author),
        published=published,
        language=language if language and _LANGUAGE.fullmatch(language) else None,
        guid=guid,
        canonical_url=canonical(link),
        flags=(*(() if title else ("no-title",)), *(("date-unread",) if dated and published is None else ())),
    )


def paragraphs(text: str) -> str:
    """Plain text as HTML: an empty line parts paragraphs, and hard-wrapped lines are joined."""
    blocks = re.split(r"\n[ \t]*\n+", tidy(text).strip())
    return "".join(f"<p>{escape(' '.join(block.split()), quote=False)}</p>" for block in blocks if block.strip())


def _name(text: str | None) -> str | None:
    """A person's or an outlet's name; an address alone is none."""
    name = one_line(text or "")[:200]
    if not name or ("@" in name and " " not in name):
        return None
    return name
