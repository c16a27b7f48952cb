"""The text part is a letter of its own, for those who read it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.model.finding import Finding
from newsletter.render.checks.checked import Checked, warning

_WORD = re.compile(r"\w+")
_SKIPPED = "ancestor::style or ancestor::script or ancestor::head"
LEAST = 0.25
"""The share of the HTML part's words that the text part has at least; it leaves out some."""


def check(seen: Checked) -> Iterator[Finding]:
    """It says what the HTML part says, and not “your mail program cannot show HTML”."""
    shown = " ".join(str(one) for one in seen.document.xpath(f"//body//text()[not({_SKIPPED})]"))
    words, ours = set(_words(shown)), set(_words(seen.data.text))
    if len(words) >= 20 and len(words & ours) < LEAST * len(words):
        yield warning(
            "empty-text-part",
            f"The text part has {len(words & ours)} of the {len(words)} different words of the HTML part: print the "
            f"sections in issue.txt.j2 of the theme “{seen.theme}”.",
        )


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]
