"""The feeds that a web page names (`link rel=alternate`, and links that are called like one)."""

from __future__ import annotations

from newsletter.collect.formats.characters import decoded
from newsletter.collect.found import Document, Found, Offer
from newsletter.text.characters import one_line
from newsletter.text.links import absolute

_TYPES = frozenset(
    ["application/rss+xml", "application/atom+xml", "application/feed+json", "application/json", "application/rdf+xml"]
)
_MOST = 12


def read_page(document: Document) -> Found:
    """The feeds that a page offers, in its order; links of the page are tried where its head names none."""
    return Found(offers=offers_of(document.body, document.name))


def offers_of(content: bytes, url: str) -> tuple[Offer, ...]:
    """The same, from the bytes of a page at `url`."""
    import lxml.html
    from lxml.etree import LxmlError

    text = decoded(content)
    if text.lstrip().startswith("<?xml"):
        text = text.partition("?>")[2]
    try:
        page = lxml.html.document_fromstring(text)
    except (LxmlError, ValueError, AssertionError, RecursionError):
        return ()
    base = absolute(next(iter(page.xpath("//base/@href")), ""), url) or url
    found: dict[str, Offer] = {}
    for link in page.xpath("//link[@href]"):
        kinds = (link.get("rel") or "").lower().split()
        if "alternate" in kinds and (link.get("type") or "").lower().split(";")[0].strip() in _TYPES:
            _take(found, link.get("href"), link.get("title"), base)
    if not found:
        for link in page.xpath("//a[@href]"):
            words = f" {' '.join(link.text_content().split())} {link.get('title') or ''} ".lower()
            if any(f" {name} " in words for name in ("rss", "atom", "rss feed", "feed", "json feed")):
                _take(found, link.get("href"), link.text_content(), base)
    return tuple(found.values())[:_MOST]


def _take(found: dict[str, Offer], href: str, title: str | None, base: str) -> None:
    if url := absolute(href, base):
        found.setdefault(url, Offer(url, one_line(title or "")[:200]))
