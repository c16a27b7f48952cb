"""A link to drag to the bookmarks: it opens the clip page with the page that is being read."""

from __future__ import annotations

import json
from urllib.parse import quote

SELECTION = 3_000
"""Characters of what was marked that go along; addresses have an end."""


def bookmarklet(base_url: str) -> str:
    """A `javascript:` address. It is only a link: our own pages run nothing that is written in them."""
    to = json.dumps(f"{base_url.rstrip('/')}/clip")
    program = (
        f"(function(){{var e=encodeURIComponent;window.open({to}+'?url='+e(location.href)+'&title='+e(document.title)"
        f"+'&selection='+e(String(getSelection()).slice(0,{SELECTION})))}})()"
    )
    return "javascript:" + quote(program, safe="(){};=.,+?&'")
