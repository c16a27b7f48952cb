"""RSS and Atom, by feedparser: which neither fetches, nor resolves, nor cleans here."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from newsletter.collect.dates import feed_date
from newsletter.collect.formats.entry import entry, paragraphs
from newsletter.collect.formats.page import offers_of
from newsletter.collect.found import Document, Found, Refusal, Unreadable
from newsletter.model.item import ItemData
from newsletter.model.quiet import Quiet
from newsletter.text.characters import one_line, tidy
from newsletter.text.plain import plain

MAX_ENTRIES = 2_000
_EMPTY = "It is empty."
_WEB_PAGE = re.compile(rb"^\s*(?:<!--.*?-->\s*)*(?:<!doctype\s+html|<html)", re.IGNORECASE | re.DOTALL)
_END = re.compile(rb"</\s*(?:\w+:)?(?:rss|feed|rdf|channel)\s*>|</\x00", re.IGNORECASE)  # or UTF-16, which has zeros
_EMAIL = re.compile(r"\(?[^\s()<>@]+@[^\s()<>@]+\)?|<[^<>\s]*@[^<>\s]*>")
_SKIP = re.compile(rb"<skip(hours|days)\b[^<>]*>(.{0,4000}?)</skip\1\s*>", re.IGNORECASE | re.DOTALL)
_HOUR = re.compile(rb"<hour\b[^<>]*>\s*(\d{1,2})\s*</hour\s*>", re.IGNORECASE)
_DAY = re.compile(rb"<day\b[^<>]*>\s*([a-z]+)\s*</day\s*>", re.IGNORECASE)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HTML_TYPES = frozenset(("text/html", "application/xhtml+xml"))


def read_feed(document: Document) -> Found:
    """The entries of an RSS or Atom document. Raises Unreadable where it is none."""
    body = document.body
    if not body.strip():
        raise Unreadable("The feed is empty: its server sent nothing.")
    try:
        feed = _parsed(document)
    except Exception as cause:  # feedparser raises whatever it meets in a damaged encoding or declaration
        raise Unreadable(f"The feed is damaged and cannot be read ({type(cause).__name__}).") from cause
    if not feed.version and not feed.entries:
        raise Unreadable(_why_not(document, feed))
    is_cut = bool(feed.bozo) and _END.search(body[-4096:]) is None
    own = feed.feed
    items: list[ItemData] = []
    refused: list[Refusal] = []
    for number, raw in enumerate(feed.entries[:MAX_ENTRIES], start=1):
        try:
            item = _item(raw, document.name, own.get("language"), feed.version)
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as cause:
            refused.append(Refusal(f"entry {number}", f"It cannot be read ({type(cause).__name__})."))
            continue
        if item.title or item.body or item.url:
            items.append(item)
        else:
            refused.append(Refusal(f"entry {number}", _EMPTY))
    last = Refusal(f"entry {len(feed.entries)}", _EMPTY)
    if is_cut and items and refused[-1:] != [last] and items[-1].guid is None and _is_half(body):
        items.pop()  # half a link and no guid: it would be another item when the whole feed comes
    if is_cut:
        refused.append(Refusal("the end", f"The feed breaks off; {len(items)} of its entries were kept."))
    title = plain(own.get("title") or "") or None
    quiet = _quiet(body) if feed.version.startswith("rss") else None
    return Found(items=tuple(items), title=title, refused=tuple(refused), ttl=_ttl(own), quiet=quiet, is_cut=is_cut)


def _is_half(body: bytes) -> bool:
    """Whether the last entry has a beginning and no end."""
    lower = body.lower()
    return any(lower.rfind(b"<" + name) > lower.rfind(b"</" + name) for name in (b"item", b"entry"))


def _ttl(own: Any) -> timedelta | None:
    """RSS 2.0: how many minutes the feed may be kept."""
    minutes = str(own.get("ttl") or "").strip()
    return timedelta(minutes=int(minutes)) if minutes.isascii() and minutes.isdigit() and len(minutes) < 7 else None


def _quiet(body: bytes) -> Quiet | None:
    """RSS 2.0: the hours (GMT) and days at which the feed is not to be asked.

    Read from the text: of several hours feedparser keeps the last. `sy:updatePeriod` is left: weblogs say “hourly”
    unasked, and an editor who has just published would wait for it.
    """
    named = {block[1].lower(): block[2] for block in _SKIP.finditer(body)}
    hours = (int(one) for one in _HOUR.findall(named.get(b"hours", b"")))
    days = (one.decode().lower() for one in _DAY.findall(named.get(b"days", b"")))
    # 24 is midnight in RSS 0.91, whose hours begin with 1
    return Quiet.of((one % 24 for one in hours if one <= 24), (_DAYS.index(one) for one in days if one in _DAYS))


def _parsed(document: Document) -> Any:
    import feedparser

    # No content-location: with one, feedparser resolves each tag's base anew, an eighth of its time; we resolve links.
    headers = {name: value for name, value in document.headers.items() if name != "content-encoding"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # BytesIO only: a str or bytes is tried as a path first, and a server could have this machine's files read.
        return feedparser.parse(
            io.BytesIO(document.body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )


def _why_not(document: Document, feed: Any) -> str:
    kind = document.headers.get("content-type", "")
    if _WEB_PAGE.match(document.body[:4096]) or "html" in kind:
        offers = offers_of(document.body, document.name)
        if not offers:
            return "This is a web page, not a feed; look on it for a link called RSS, Atom or feed."
        named = ", ".join(one.url for one in offers[:4])
        word = "the feed" if len(offers) == 1 else "these feeds"
        return f"This is a web page, not a feed; it offers {word}: {named} (newsletter sources set ID url=…)."
    cause = feed.get("bozo_exception")
    line = getattr(cause, "getLineNumber", lambda: None)()
    if line is not None and document.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        return f"The feed is broken XML: {one_line(getattr(cause, 'getMessage', lambda: '')())}, in line {line}."
    return "This is not a feed: neither RSS, nor Atom, nor JSON Feed."


def _item(raw: Any, feed_url: str, language: str | None, version: str) -> ItemData:
    def text_of(name: str) -> str:  # FeedParserDict answers `updated` with `published` and a warning
        value = dict.get(raw, name)
        return value if isinstance(value, str) else ""

    link = text_of("feedburner_origlink") or raw.get("link") or _enclosure(raw)
    title_detail = raw.get("title_detail") or {}
    literal = version.startswith("atom") and title_detail.get("type") == "text/plain"
    title = one_line(raw.get("title") or "") if literal else plain(raw.get("title") or "")
    summary, body = _texts(raw)
    dates = [text for name in ("published", "updated", "created") if (text := text_of(name).strip())]
    return entry(
        title=title,
        url=link,
        base_url=feed_url,
        summary_html=summary,
        body_html=body,
        outlet=plain((raw.get("source") or {}).get("title") or "") or None,
        author=_author(raw),
        published=next(filter(None, map(feed_date, dates)), None),
        dated=bool(dates),
        language=title_detail.get("language") or language,
        guid=raw.get("id"),
        text_base=_base(raw, feed_url),
    )


def _base(raw: Any, feed_url: str) -> str | None:
    """The xml:base of an entry's text, where it has one of its own."""
    for detail in (*(raw.get("content") or ()), raw.get("summary_detail") or {}):
        base = detail.get("base")
        if base and base != feed_url:
            return str(base)
    return None


def _texts(raw: Any) -> tuple[str, str]:
    """The summary and the whole text, as HTML; the same where there is one only."""
    summary = _html(raw.get("summary_detail") or {"type": "text/html", "value": dict.get(raw, "summary") or ""})
    contents = [_html(content) for content in raw.get("content") or ()]
    body = max(contents, key=len, default="")
    if contents and not plain(summary[:2000]):
        summary = body
    return summary, body or summary


def _html(detail: Mapping[str, Any]) -> str:
    value = detail.get("value") or ""
    kind = detail.get("type") or "text/html"
    if kind in _HTML_TYPES or "<" in value:
        return tidy(value)
    return paragraphs(value) if kind.startswith("text/") else ""


def _enclosure(raw: Any) -> str | None:
    for one in raw.get("enclosures") or ():
        if one.get("href"):
            return str(one["href"])
    return None


def _author(raw: Any) -> str | None:
    """Names only: `jane@x.org (Jane Doe)` is Jane Doe, and an address alone is nobody."""
    whole = plain(raw.get("author") or "")[:300]
    if "@" in whole:  # feedparser takes such texts apart at the wrong places
        return _EMAIL.sub(" ", whole).strip(" ()<>,;") or None
    names: list[str] = []
    for detail in raw.get("authors") or [raw.get("author_detail") or {}]:
        name = plain(detail.get("name") or "")
        if name and "@" not in name and name not in names:
            names.append(name)
    if whole and not names:
        names.append(whole)
    return ", ".join(names) or None
