"""Shortcuts to a page: `.url` of Windows, `.webloc` of macOS. The page itself is fetched later, through the guard."""

from __future__ import annotations

import plistlib
import re
from dataclasses import replace
from xml.parsers.expat import ExpatError

from newsletter.collect.formats.characters import decoded
from newsletter.collect.formats.entry import entry
from newsletter.collect.found import Document, Found, Unreadable
from newsletter.model.item import LINK_ONLY
from newsletter.text.characters import one_line

_URL = re.compile(r"^\s*URL\s*=\s*(\S.*?)\s*$", re.IGNORECASE | re.MULTILINE)


def read_shortcut(document: Document) -> Found:
    """An item with the shortcut's address and, until its page was asked, the file's name as its title.

    Raises Unreadable where it names no http or https address.
    """
    ending = document.name.rpartition(".")[2].lower()
    url = _webloc(document.body) if ending == "webloc" else _windows(document.body)
    title = one_line(document.name.rpartition("/")[2].rpartition(".")[0])
    item = entry(title=title, url=url, base_url=None, guid=document.name)
    if item.url is None:
        raise Unreadable("The shortcut names no http or https address.")
    return Found(items=(replace(item, flags=(*item.flags, LINK_ONLY)),))


def _windows(content: bytes) -> str:
    match = _URL.search(decoded(content))
    return match[1] if match else ""


def _webloc(content: bytes) -> str:
    try:
        found = plistlib.loads(content)
    except (ValueError, ExpatError, plistlib.InvalidFileException, OverflowError, IndexError) as cause:
        raise Unreadable("The shortcut cannot be read.") from cause
    url = found.get("URL") if isinstance(found, dict) else None
    return url if isinstance(url, str) else ""
