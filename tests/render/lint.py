"""A lint for mail: what clients need of an issue (see the checks of the look). Returns problems, in words."""

from __future__ import annotations

import re
from typing import Any

import lxml.html

_MSO = re.compile(r"<!--\[if mso\]>(.*?)<!\[endif\]-->", re.DOTALL)
_TAG = re.compile(r"<(/?)(table|tr|td|span|i)\b[^>]*>")
_SIZE = re.compile(r"font-size:\s*([\d.]+)px")


def problems(html: str) -> list[str]:
    """Everything that is wrong with a document."""
    document = lxml.html.document_fromstring(html)
    return [
        *_head(html, document),
        *_headings(document),
        *_tables(document),
        *_images(document),
        *_links(document),
        *_text_sizes(document),
        *_ghosts(html),
    ]


def _head(html: str, document: Any) -> list[str]:
    found = []
    if not html.startswith("<!DOCTYPE html>"):
        found.append("no HTML5 doctype")
    root = document.getroottree().getroot()
    carriers = [root, *root.xpath("/html/body/*[1]")]
    if any(not one.get("lang") or one.get("dir") not in ("ltr", "rtl") for one in carriers):
        found.append("lang or dir is missing on html or on the child of body")
    if not root.xpath("//head/meta[@charset]"):
        found.append("no charset")
    found += [f"no meta {name}" for name in ("viewport", "color-scheme") if not root.xpath(f"//meta[@name='{name}']")]
    if not (root.findtext(".//title") or "").strip():
        found.append("no title")
    if root.xpath("//link | //script | //iframe | //form"):
        found.append("an element that mail must not have")
    if len(html.encode()) > 102_000:
        found.append("longer than Gmail shows")
    return found


def _headings(document: Any) -> list[str]:
    levels = [
        int(one.tag[1]) for one in document.iter() if isinstance(one.tag, str) and re.fullmatch("h[1-6]", one.tag)
    ]
    found = [] if levels.count(1) == 1 else [f"{levels.count(1)} h1"]
    before = 0
    for level in levels:
        if level > before + 1:
            found.append(f"h{level} after h{before}")
        before = level
    empty = [one.tag for one in document.xpath("//h1|//h2|//h3|//h4") if not one.text_content().strip()]
    return found + [f"an empty {tag}" for tag in empty]


def _tables(document: Any) -> list[str]:
    found = []
    for table in document.xpath("//table"):
        cells = table.xpath("./tr/th | ./tbody/tr/th")
        if table.get("role") == "presentation":
            if cells:
                found.append("a layout table with th")
        elif not cells or any(cell.get("scope") not in ("row", "col") for cell in cells):
            found.append("a data table whose th have no scope")
    return found


def _images(document: Any) -> list[str]:
    return [
        f"an image without alt, whole width or https: {one.get('src')}"
        for one in document.xpath("//img")
        if one.get("alt") is None or not (one.get("width") or "").isdigit() or not one.get("src").startswith("https://")
    ]


def _links(document: Any) -> list[str]:
    found = []
    for link in document.xpath("//a"):
        if not link.text_content().strip():
            found.append(f"a link without words: {link.get('href')}")
        if not re.match(r"https?://|mailto:|mg[0-9a-f]{20}[a-z]+gm$", link.get("href") or ""):
            found.append(f"a link to nowhere: {link.get('href')}")
        style = link.get("style") or ""
        if "underline" not in style and "button" not in (link.get("class") or ""):
            found.append(f"a link that is not underlined: {link.get('href')}")
    return found


def _text_sizes(document: Any) -> list[str]:
    return [
        f"text of {size}px"
        for one in document.xpath("//*[@style]")
        for size in _SIZE.findall(one.get("style"))
        if float(size) < 14 and one.text_content().strip("\u00a0 \n")
    ]


def _ghosts(html: str) -> list[str]:
    """The tables that only Outlook sees are closed as they were opened."""
    opened: list[str] = []
    for ghost in _MSO.findall(html):
        for close, tag in _TAG.findall(ghost):
            if not close:
                opened.append(tag)
            elif not opened or opened.pop() != tag:
                return ["Outlook's tables cross"]
    return ["Outlook's tables stay open"] if opened else []
