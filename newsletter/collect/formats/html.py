"""Saved web pages: the article, by trafilatura, and what the page says about itself."""

from __future__ import annotations

import re
from typing import Any

from newsletter.collect.dates import written_date
from newsletter.collect.formats.entry import entry
from newsletter.collect.found import Document, Found, Unreadable
from newsletter.text.html import clean
from newsletter.text.plain import plain

_HEADLINE = re.compile(r"\A\s*<h[1-3]>(.*?)</h[1-3]>\s*", re.DOTALL)


def read_html(document: Document) -> Found:
    """One page, one item: title, canonical link, article. Raises Unreadable for a page with neither title nor text."""
    import lxml.html
    from lxml.etree import LxmlError

    if not document.body.strip():
        raise Unreadable("The file is empty.")
    try:
        page = lxml.html.document_fromstring(_text(document.body))
    except (LxmlError, ValueError, AssertionError, RecursionError) as cause:
        raise Unreadable("The file cannot be read as HTML.") from cause
    url = _first(page, "//link[@rel='canonical']/@href", "//meta[@property='og:url']/@content")
    body = clean(_article(document.body, url), url)
    title = _title(page)
    if not title and not plain(body):
        raise Unreadable("The page has neither a title nor a text.")
    body = _without_headline(body, title)
    item = entry(
        title=title,
        url=url,
        base_url=None,
        summary_html=_first(page, "//meta[@property='og:description']/@content") or body,
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


def _article(content: bytes, url: str | None) -> str:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import trafilatura

        found = trafilatura.extract(
            _text(content), url=url, output_format="html", include_links=True, include_formatting=True,
            include_comments=False, include_tables=False,
        )  # fmt: skip
    return str(found or "")
