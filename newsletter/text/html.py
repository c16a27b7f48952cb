"""The one policy for HTML that came from outside: what it may contain, and nothing else."""

from __future__ import annotations

import re
from contextvars import ContextVar
from html import escape, unescape
from typing import Final

import nh3

from newsletter.text.characters import tidy
from newsletter.text.links import absolute, allowed_link

TAGS: Final = frozenset(
    [
        "p", "br", "a", "b", "strong", "i", "em", "u", "s", "blockquote", "ul", "ol", "li", "h3", "h4", "h5",
        "h6", "code", "pre", "sub", "sup", "hr", "img",
    ]
)  # fmt: skip
ATTRIBUTES: Final = {"a": {"href", "title"}, "img": {"src", "alt", "width", "height"}}
_GONE_WITH_CONTENT = frozenset(
    [
        "script", "style", "form", "iframe", "svg", "math", "object", "video", "audio", "noscript",
        "template", "textarea", "select", "button", "title", "head", "canvas", "embed", "applet", "noframes",
        "noembed", "xmp", "plaintext",
    ]
)  # fmt: skip
_PARAGRAPHS = frozenset(
    [
        "address", "article", "aside", "center", "dd", "details", "dir", "div", "dl", "dt", "fieldset",
        "figcaption", "figure", "footer", "header", "main", "nav", "section", "summary", "table", "caption",
        "tr",
    ]
)  # fmt: skip
_CELLS = frozenset(("td", "th"))
_MAX_DEPTH = 300  # nested elements cost the parser time by their square
_PASSES = 6

_BLOCK = re.compile(rf"</?(?:{'|'.join(sorted(_PARAGRAPHS))})>")
_CELL = re.compile(r"</?t[dh]>")
_OTHER = re.compile(r"</?(?:tbody|thead|tfoot)>")
_HEADING = re.compile(r"<(/?)h[12]>")
_IMAGE = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
_SIZE = re.compile(r' (?:width|height)="([0-2])"')
_UNLINKED = re.compile(r"<a>(.*?)</a>", re.DOTALL)
_EMPTY = re.compile(r"<(p|h[3-6]|li|ul|ol|blockquote|a|b|strong|i|em|u|s|sub|sup|code)(?: [^<>]*)?>\s*</\1>")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_NEVER_DEEP = frozenset(
    [
        "p", "br", "hr", "img", "li", "td", "th", "tr", "dt", "dd", "option", "input", "meta", "link",
        "source", "wbr", "col", "area", "base",
    ]
)  # fmt: skip
_FIRST_TAGS = frozenset(TAGS | _PARAGRAPHS | _CELLS | {"h1", "h2", "tbody", "thead", "tfoot"})


def clean(html: str, base_url: str | None = None) -> str:
    """HTML from outside as HTML that is safe to show and to send.

    Links become absolute against `base_url` (relative ones lose their link without it), h1 and h2 become h3, other
    blocks paragraphs; images of 2 px or less, comments, control and bidi characters go. `clean(clean(x)) == clean(x)`.
    """
    html = tidy(html)
    if "<" not in html and "&" not in html:
        return _escaped(html.strip())
    if _depth(html) > _MAX_DEPTH:
        return _as_text(html)
    found = _HEADING.sub(r"<\1h3>", _OTHER.sub("", _pass(html, base_url, _FIRST)))
    found = _BLOCK.sub("<p>", _CELL.sub(" ", found))
    for _ in range(_PASSES):  # dropping an element may leave what a browser would read as another tree
        if len(found) > 8 * len(html) + 10_000:
            break
        again = _settled(_pass(found, base_url, _AGAIN))
        if again == found:
            return found
        found = again
    return _as_text(html)


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return allowed_link(value, _base.get())
    if name == "src":
        return absolute(value, _base.get())
    if name in ("width", "height"):
        number = re.match(r"\s*(\d{1,5})(?:\.\d+)?\s*(?:px)?\s*$", value)
        return str(int(number[1])) if number else None
    return " ".join(tidy(value).split())


_base: ContextVar[str | None] = ContextVar("base", default=None)
"""What the links of the text that is being cleaned are taken against."""


def _cleaner(tags: frozenset[str]) -> nh3.Cleaner:
    """Made once: making one takes longer than cleaning a text with it."""
    return nh3.Cleaner(
        tags=set(tags),
        clean_content_tags=set(_GONE_WITH_CONTENT),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=_attribute,
        link_rel=None,
        url_schemes={"http", "https", "mailto"},
    )


_FIRST, _AGAIN = _cleaner(_FIRST_TAGS), _cleaner(TAGS)


def _pass(html: str, base_url: str | None, cleaner: nh3.Cleaner) -> str:
    token = _base.set(base_url)
    try:
        found = cleaner.clean(html)
    finally:
        _base.reset(token)
    return tidy(found)  # entities may have hidden what the first tidying could not see


def _settled(html: str) -> str:
    found = _IMAGE.sub(_image, html)
    found = _UNLINKED.sub(r"\1", found)
    while (thinner := _EMPTY.sub("", found)) != found:
        found = thinner
    return found.strip()


def _image(match: re.Match[str]) -> str:
    attributes = match[1]
    return "" if ' src="' not in attributes or _SIZE.search(attributes) else match[0]


def _depth(html: str) -> int:
    """How deep it may be nested at most."""
    depth = deepest = 0
    for match in _TAG.finditer(html):
        if match[2].lower() not in _NEVER_DEEP:
            depth += -1 if match[1] else 1
            depth = max(depth, 0)
            deepest = max(deepest, depth)
    return deepest


def _as_text(html: str) -> str:
    bare = unescape(re.sub(r"<[^>]*>?", " ", re.sub(r"(?is)<(script|style)\b.*?(?:</\1|$)", " ", html)))
    return f"<p>{_escaped(' '.join(tidy(bare).split()))}</p>"


def _escaped(text: str) -> str:
    """As the policy itself writes text, so that cleaning it again changes nothing."""
    return escape(text, quote=False).replace("\xa0", "&nbsp;")
