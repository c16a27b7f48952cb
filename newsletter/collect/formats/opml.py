"""OPML (opml.org): lists of feeds, in and out. Folders are sections, one in another with both names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from newsletter.collect.found import Document, Found, Offer, Refusal, Unreadable
from newsletter.model.source import Source
from newsletter.text.characters import one_line
from newsletter.text.links import absolute

MAX_FEEDS = 2_000
BETWEEN = " / "
"""Between a folder and a folder in it."""
LONGEST_FOLDER = 200


def read_opml(document: Document) -> Found:
    """The feeds of a list, each once; the folders around a feed are its section, as `Town / Council`.

    An outline without a usable address is refused. Raises Unreadable.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(document.body.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as cause:
        raise Unreadable("The file cannot be read as OPML.") from cause
    body = None if root is None else root.find("body")
    if root is None or root.tag != "opml" or body is None:
        raise Unreadable("This is not OPML: it does not begin with <opml> and a <body>.")
    found: dict[str, Offer] = {}
    refused: list[Refusal] = []
    for number, outline in enumerate(body.iter("outline"), start=1):
        given = _named(outline, "xmlurl")
        if url := absolute(given):
            found.setdefault(url, Offer(url, _title(outline), _folder(outline)))
        elif given:
            reason = f"“{given[:200]}” is not a web address; the address of a feed begins with https://."
            refused.append(Refusal(_title(outline) or f"outline {number}", reason))
        elif outline.find("outline") is None:  # a folder has outlines, a feed an address
            refused.append(Refusal(_title(outline) or f"outline {number}", "It names no feed: it has no xmlUrl."))
    if len(found) > MAX_FEEDS:
        refused.append(Refusal("the list", f"Only the first {MAX_FEEDS:,} feeds are read."))
    return Found(offers=tuple(found.values())[:MAX_FEEDS], refused=tuple(refused))


def _named(outline: Any, wanted: str) -> str:
    return next((one_line(value) for name, value in outline.attrib.items() if name.lower() == wanted), "")


def _title(outline: Any) -> str:
    return (_named(outline, "title") or _named(outline, "text"))[:200]


def _folder(outline: Any) -> str | None:
    inner_first = (_title(one) for one in outline.iterancestors("outline") if not _named(one, "xmlurl"))
    return BETWEEN.join(reversed([one for one in inner_first if one]))[-LONGEST_FOLDER:] or None


def write_opml(sources: Sequence[Source], title: str) -> str:
    """The feeds among some sources as OPML 2.0; each section is a folder."""
    by_section: dict[str, list[str]] = defaultdict(list)
    for one in sources:
        if one.url.startswith(("http://", "https://")):
            name = quoteattr(one.name)
            line = f"<outline type={quoteattr('rss')} text={name} title={name} xmlUrl={quoteattr(one.url)}/>"
            by_section[one.section or ""].append(line)
    lines = [f"    {line}" for line in by_section.pop("", [])]
    for section, held in by_section.items():
        lines += [f"    <outline text={quoteattr(section)}>", *(f"      {line}" for line in held), "    </outline>"]
    head = f"<head><title>{escape(title)}</title></head>"
    declaration = '<?xml version="1.0" encoding="UTF-8"?>'
    return "\n".join([declaration, '<opml version="2.0">', f"  {head}", "  <body>", *lines, "  </body>", "</opml>", ""])
