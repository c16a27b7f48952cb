"""Nothing that runs may ever be mailed, wherever it came from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.model.finding import Finding
from newsletter.render.checks.checked import Checked, error

_ELEMENTS = ("script", "iframe", "frame", "object", "embed", "applet", "form", "base", "svg", "math", "link")
_ADDRESSES = ("href", "src", "action", "formaction", "background", "poster", "data", "xlink:href")
_DROPPED = re.compile(r"[\x00-\x20\x7f-\x9f]+")
_RUNS = ("javascript:", "vbscript:", "data:", "file:")


def check(seen: Checked) -> Iterator[Finding]:
    """No script, no handler, no frame, no form, no address that runs."""
    found = sorted(set(_unsafe(seen)))
    if found:
        yield error(
            "unsafe-html",
            f"The HTML part holds {', '.join(found)}, which no mail program should get: take it out of the templates "
            f"of the theme “{seen.issue.theme or seen.publication.theme}”.",
        )


def _unsafe(seen: Checked) -> Iterator[str]:
    for element in seen.document.iter():
        if not isinstance(element.tag, str):
            if "<script" in (element.text or "").lower():
                yield "a script in a comment"
            continue
        if element.tag in _ELEMENTS:
            yield f"<{element.tag}>"
        if element.tag == "meta" and element.get("http-equiv", "").lower() == "refresh":
            yield "a refresh"
        for name, value in element.attrib.items():
            if name.lower().startswith("on"):
                yield name.lower()
            if name.lower() in _ADDRESSES and _DROPPED.sub("", value).lower().startswith(_RUNS):
                yield f"{name.lower()}={_DROPPED.sub('', value).lower().split(':')[0]}:"
