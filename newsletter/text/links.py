"""Which links may stand in HTML that came from outside."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from newsletter.text.characters import tidy

_LONGEST = 4_000
"""Characters; browsers and mail readers stop sooner."""
_IGNORED = re.compile(r"[\t\n\r]")
_SPACES = re.compile(r"[ \u00a0]+")


def absolute(url: str, base_url: str | None = None) -> str | None:
    """A link as an absolute http or https URL, taken against `base_url`; none where it cannot be one."""
    found = _resolved(url, base_url) if len(url) <= _LONGEST else None
    if found is None:
        return None
    parts = urlsplit(found)
    return found if parts.scheme.lower() in ("http", "https") and parts.hostname else None


def allowed_link(url: str, base_url: str | None = None) -> str | None:
    """The same, with `mailto:` allowed as well."""
    found = _resolved(url, base_url) if len(url) <= _LONGEST else None
    if found is not None and found.lower().startswith("mailto:") and "@" in found:
        return found
    return absolute(url, base_url)


@lru_cache(maxsize=4096)  # a text passes the policy more than once
def _resolved(url: str, base_url: str | None) -> str | None:
    cleaned = _SPACES.sub("%20", tidy(_IGNORED.sub("", url)).strip(" \u00a0"))  # a browser ignores them too
    if not cleaned and not base_url:
        return None
    try:
        found = urljoin(base_url, cleaned) if base_url else cleaned
        urlsplit(found).port  # noqa: B018  asks whether it can be read
    except ValueError:
        return None
    return found
