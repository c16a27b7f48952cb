"""Saved web pages: the article, by trafilatura, and what the page says about itself; a listing of many headlines."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from newsletter.collect.dates import written_date
from newsletter.collect.formats.blocks import html_blocks
from newsletter.collect.formats.entry import entry
from newsletter.collect.formats.listing import keys, read_listing
from newsletter.collect.formats.savedissue import read_saved_issue
from newsletter.collect.found import Document, Found, Unreadable
from newsletter.text.html import clean
from newsletter.text.links import absolute
from newsletter.text.plain import plain

_ITSELF = ("//link[@rel='canonical']/@href", "//meta[@property='og:url']/@content")
_HEADLINE = re.compile(r"\A\s*<h[1-3]>(.*?)</h[1-3]>\s*", re.DOTALL)


def read_html(document: Document) -> Found:
    """One page, one item: title, canonical link, article; of a listing page, an item for each headline.

    Raises Unreadable for a page with neither title nor text.
    """
    page = _page(document)
    url = absolute(_first(page, *_ITSELF) or "")
    return _listing(page, document, url) or _one(page, document, url)


def read_article(document: Document) -> Found:
    """A page that was fetched from `document.name`, as one item whatever it looks like. Raises Unreadable."""
    page = _page(document)
    return _one(page, document, absolute(_first(page, *_ITSELF) or "", document.name) or document.name)


def _one(page: Any, document: Document, url: str | None) -> Found:
    body = clean(_article(page, url), url)
    title = _title(page)
    if not title and not plain(body):
        raise Unreadable("The page has neither a title nor a text.")
    body = _without_headline(body, title)
    described = "//meta[@property='og:description']/@content", "//meta[@name='description']/@content"
    item = entry(
        title=title,
        url=url,
        base_url=None,
        summary_html=escape(_first(page, *described[: 1 if body else 2]) or "") or body,
        body_html=body,
        outlet=_first(page, "//meta[@property='og:site_name']/@content"),
        author=_first(page, "//meta[@name='author']/@content"),
        published=written_date(
            _first(page, "//meta[@property='article:published_time']/@content", "//article//time/@datetime"),
            document.zone,
        ),
        language=_first(page, "/html/@lang"),
        guid=document.name,
    )
    return Found(items=(item,))


def html_keys(document: Document) -> Found:
    """What the page is compared with its siblings by."""
    return Found(keys=keys(html_blocks(_page(document), None)))


def _page(document: Document) -> Any:
    import lxml.html
    from lxml.etree import LxmlError

    if not document.body.strip():
        raise Unreadable("The file is empty.")
    try:
        return lxml.html.document_fromstring(_text(document.body))
    except (LxmlError, ValueError, AssertionError, RecursionError) as cause:
        raise Unreadable("The file cannot be read as HTML.") from cause


def _listing(page: Any, document: Document, url: str | None) -> Found | None:
    if (_first(page, "//meta[@property='og:type']/@content") or "").lower() == "article":
        return None
    base = absolute(_first(page, "//base/@href") or "", url) or url or _saved_from(document.body)
    blocks = html_blocks(page, base)
    if told := read_listing(blocks, document.chrome):
        outlet = _first(page, "//meta[@property='og:site_name']/@content")
        return Found(
            items=tuple(
                entry(
                    title=one.headline, url=one.url, base_url=base, body_html=one.html, author=one.author, outlet=outlet
                )
                for one in told
            )
        )
    issue = read_saved_issue(blocks, document.outlets, document.name)
    return Found(items=issue.items, event_lines=issue.event_lines) if issue else None


def _saved_from(content: bytes) -> str | None:
    """Browsers write into a saved page where it came from."""
    match = re.search(rb"<!-- saved from url=\(\d+\)(https?://\S+) -->", content[:2000])
    return match[1].decode("ascii", "ignore") if match else None


def _text(content: bytes) -> str:
    from newsletter.collect.formats.characters import decoded

    text = decoded(content)
    return text.partition("?>")[2] if text.lstrip().startswith("<?xml") else text


def _first(page: Any, *paths: str) -> str | None:
    for path in paths:
        for found in page.xpath(path):
            words = " ".join((found if isinstance(found, str) else found.text_content()).split())
            if words:
                return words
    return None


def _title(page: Any) -> str:
    """The page's headline; its window title has often the outlet's name behind it."""
    window, headline = _first(page, "//title") or "", _first(page, "//h1") or ""
    told = _first(page, "//meta[@property='og:title']/@content")
    return told or (headline if headline and headline in window else "") or window or headline


def _without_headline(body: str, title: str) -> str:
    match = _HEADLINE.match(body)
    return body[match.end() :] if match and plain(match[1]) == title else body


def _article(page: Any, url: str | None) -> str:
    import warnings

    import lxml.html

    if url:  # trafilatura takes relative links against the host, not against the page
        page.make_links_absolute(url, resolve_base_href=True, handle_failures="ignore")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import trafilatura

        found = trafilatura.extract(
            lxml.html.tostring(page, encoding="unicode"),
            url=url,
            output_format="html",
            include_links=True,
            include_formatting=True,
            include_comments=False,
            include_tables=False,
        )
    return str(found or "")
