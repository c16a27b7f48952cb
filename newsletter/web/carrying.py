"""Where a workspace has several newsletters, every address of the desk names the one it is about.

So that two windows on two newsletters never mix: what a form changes is what its page showed, whatever the session
was switched to meanwhile.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

_TAG = re.compile(r"<[a-z][^<>]*>")
_ADDRESS = re.compile(r'(\s(?:href|action|formaction|src|data-(?!key)[a-z-]+)=")(/[^"]*)(?=")')
_OTHERS = ("//", "/static/", "/signin", "/setup/", "/p/", "/events", "/archive", "/api/")
_NAMED = re.compile(r"[?&](?:amp;)?publication=")


def carrying(address: str, slug: str, *, ampersand: str = "&") -> str:
    """An address of the desk that names this newsletter; one that names one already, or needs none, as it is."""
    if address.startswith(_OTHERS) or _NAMED.search(address):
        return address
    path, hash_, anchor = address.partition("#")
    return f"{path}{ampersand if '?' in path else '?'}publication={slug}{hash_}{anchor}"


def carried(page: str, slug: str) -> str:
    """A page of the desk, every address in it naming this newsletter. Forms by GET carry it as a field."""

    def addresses(tag: re.Match[str]) -> str:
        return _ADDRESS.sub(lambda found: found[1] + carrying(found[2], slug, ampersand="&amp;"), tag[0])

    page = _TAG.sub(addresses, page)
    return _GET_FORM.sub(lambda found: f'{found[0]}<input type="hidden" name="publication" value="{slug}">', page)


def asked_from(referer: str, host: str) -> str:
    """The newsletter of the page that a script of ours asks from; empty where it is no page of ours, or names none."""
    try:
        page = urlsplit(referer)
    except ValueError:
        return ""
    return parse_qs(page.query).get("publication", [""])[0] if page.netloc == host else ""


_GET_FORM = re.compile(r'<form\b(?=[^>]*\smethod="get")[^>]*>')
