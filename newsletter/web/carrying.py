"""Where a workspace has several newsletters, every address of the desk names the one it is about.

So that two windows on two newsletters never mix: what a form changes is what its page showed, whatever the session
was switched to meanwhile.
"""

from __future__ import annotations

import re

_ADDRESS = re.compile(r'(<[a-z][^<>]*?\s(?:href|action|formaction|src)=")(/(?![/"]?static/)[^"]*)(?=")')
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
    page = _ADDRESS.sub(lambda found: found[1] + carrying(found[2], slug, ampersand="&amp;"), page)
    return _GET_FORM.sub(lambda found: f'{found[0]}<input type="hidden" name="publication" value="{slug}">', page)


_GET_FORM = re.compile(r'<form\b(?=[^>]*\smethod="get")[^>]*>')
