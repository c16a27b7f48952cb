"""Two sheets into one document: `inline.css` into style attributes, `head.css` whole into the head."""

from __future__ import annotations

import logging
import os
import re
import threading
from collections import OrderedDict
from functools import cache
from typing import Any

_SHEETS = 16
"""Sheets that are kept read."""
HEAD_LIMIT = 16 * 1024
"""Bytes of head.css; Gmail drops a longer one."""

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_IMPORT = re.compile(r"@import\b[^;{}]*(?:;|\Z)", re.IGNORECASE)
_LINK = re.compile(r"<link\b[^>]*>", re.IGNORECASE)
_STYLE = re.compile(r"<style\b(?![^>]*data-premailer)", re.IGNORECASE)
_DOCTYPE = re.compile(r"\A\s*<!doctype[^>]*>", re.IGNORECASE)
_IGNORED = ' data-premailer="ignore"'

_one_at_a_time = threading.Lock()  # cssutils keeps its log and its serializer for the whole process


class SheetError(ValueError):
    """A sheet cannot be used; says which and why."""

    def __init__(self, sheet: str, message: str, culprit: str = "") -> None:
        super().__init__(message)
        self.sheet = sheet
        self.culprit = culprit
        """What must not stand in it, where that can be searched for."""


def inline(html: str, inline_css: str, head_css: str) -> str:
    """The document as it is mailed: HTML5 doctype, classes and conditional comments kept, merge tokens untouched.

    Nothing is fetched: `@import` and `<link>` are dropped before anything reads them. Raises SheetError where a sheet
    holds what would be lost or do harm.
    """
    inlined = _bare(inline_css)
    if "@" in inlined:
        raise SheetError(
            "inline.css", "inline.css holds an at-rule, which no style attribute can; move it to head.css.", "@"
        )
    if "!important" in re.sub(r"\s", "", inlined).lower():
        raise SheetError(
            "inline.css",
            "inline.css says !important, which would win over dark mode; leave it to head.css.",
            "!important",
        )
    kept = _bare(head_css)
    for sheet, css in (("inline.css", inlined), ("head.css", kept)):
        if css.count("{") != css.count("}"):
            raise SheetError(
                sheet,
                f"{sheet} has a brace without its partner, and every rule after it would be lost.",
                _unmatched(css, nested=sheet == "head.css"),
            )
    if "</" in kept:
        raise SheetError("head.css", "head.css holds “</”, which would end the style element.", "</")
    if len(kept.encode()) > HEAD_LIMIT:
        raise SheetError(
            "head.css", f"head.css has {len(kept.encode()):,} bytes; Gmail drops more than {HEAD_LIMIT:,}."
        )
    document = _DOCTYPE.sub("", _STYLE.sub(f"<style{_IGNORED}", _LINK.sub("", html)))
    if not document.strip():
        raise SheetError("issue.html.j2", "issue.html.j2 comes out empty; it must be an HTML document.")
    try:
        done = _transformed("<!DOCTYPE html>\n" + document.lstrip(), inlined).replace(_IGNORED, "")
    except Exception as cause:  # premailer, cssutils and lxml raise what they like
        raise SheetError(
            "inline.css", f"inline.css cannot be put into issue.html.j2: {' '.join(str(cause).split()) or cause!r}."
        ) from cause
    if not _DOCTYPE.match(done):
        done = "<!DOCTYPE html>\n" + done
    # after premailer, so that no CSS parser reads it: it knows neither :root nor [data-ogsc] nor nested rules
    return done.replace("</head>", f"<style>\n{kept}\n</style>\n</head>", 1) if kept else done


def _unmatched(css: str, *, nested: bool) -> str:
    """The line with the brace that has no partner, or that opens before the one before it is closed."""
    opened: list[str] = []
    for line in css.splitlines():
        for sign in re.findall("[{}]", line):
            if sign == "}" and not opened:
                return line
            if sign == "{" and opened and not (nested and opened[-1].startswith("@")):
                return opened[-1]
            opened = [*opened, line] if sign == "{" else opened[:-1]
    return opened[-1] if opened else ""


def _bare(css: str) -> str:
    """A sheet without comments, imports and empty lines."""
    bare = _IMPORT.sub("", _COMMENT.sub(" ", css))
    return "\n".join(line.strip() for line in bare.splitlines() if line.strip())


def _transformed(html: str, css: str) -> str:
    with _one_at_a_time:
        return str(
            _premailer()(
                html=None,
                css_text=[css] if css else None,
                allow_network=False,
                strip_important=False,
                disable_validation=True,
                keep_style_tags=False,
                disable_basic_attributes=["width", "height"],
                align_floating_images=False,
                disable_link_rewrites=True,
                cssutils_logging_level=logging.CRITICAL,
            ).transform(html, pretty_print=False)
        )


@cache
def _premailer() -> Any:
    """Premailer, imported at the first issue: it takes a quarter of a second, and reads the size of its cache then."""
    os.environ.setdefault("PREMAILER_CACHE_MAXSIZE", "4096")
    from premailer import Premailer

    read: OrderedDict[tuple[str, int], Any] = OrderedDict()

    class Inliner(Premailer):  # type: ignore[misc]
        """Reads a sheet once: a preview inlines the same one after each edit, and reading it is half of the work."""

        def _parse_style_rules(self, css_body: str, ruleset_index: int) -> Any:
            key = (css_body, ruleset_index)
            if key not in read:
                read[key] = super()._parse_style_rules(css_body, ruleset_index)
                while len(read) > _SHEETS:
                    read.popitem(last=False)
            rules, leftover = read[key]
            return list(rules), list(leftover)

    return Inliner
