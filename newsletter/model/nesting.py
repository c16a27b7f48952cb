"""Whether passages under a condition can be taken out of some HTML and leave it whole."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from newsletter.model.personal import slots

_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)


def unwrapped(html: str, nonce: str) -> str:
    """Conditions that stand alone in a paragraph, without the paragraph: it would stay where they do not hold."""
    edge = rf"mg{re.escape(nonce)}[be][0-9]+gm"
    return re.sub(rf"<p\b[^>]*>\s*((?:{edge}\s*)+)</p>", lambda found: "".join(found[1].split()), html)


def unwrapped_text(text: str, nonce: str) -> str:
    """The same for a text part: a condition is joined to the paragraph that follows it."""
    edge = rf"mg{re.escape(nonce)}[be][0-9]+gm"
    return re.sub(rf"(?m)^[ \t]*((?:{edge})+)[ \t]*\n+", r"\1", text)


def trouble(html: str, nonce: str) -> str | None:
    """Why a reader could get broken HTML, in a few words; none where every passage begins and ends in one element."""
    reader = _Reader(nonce)
    reader.feed(html)
    reader.close()
    if reader.trouble is None and reader.open:
        return "a condition begins in the text and ends nowhere"
    return reader.trouble


class _Reader(HTMLParser):
    def __init__(self, nonce: str) -> None:
        super().__init__(convert_charrefs=True)
        self._slots = slots(nonce)
        self._own = f"mg{nonce[:8]}"  # a cut one has lost its end
        self._path: list[tuple[str, int]] = []
        self._count = 0
        self.open: dict[str, list[tuple[str, int]]] = {}
        self.trouble: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if any(slot[1:].isdecimal() for slot in self._slots.findall(value or "")):
                self.trouble = self.trouble or (
                    "the address of a link cannot be personal" if name == "href" else f"{name} cannot be personal"
                )
        self._count += 1
        if tag not in _VOID:
            self._path.append((tag, self._count))

    def handle_endtag(self, tag: str) -> None:
        while any(one[0] == tag for one in self._path):
            if self._path.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        for slot in self._slots.findall(data):
            if slot[0] == "b" and slot[1:].isdecimal():
                self.open[slot[1:]] = list(self._path)
            elif slot[0] == "e" and slot[1:].isdecimal() and self.open.pop(slot[1:], None) != self._path:
                self.trouble = self.trouble or (
                    "a condition begins in one paragraph, list or emphasis and ends in another"
                )
        if self._own in self._slots.sub("", data):
            self.trouble = self.trouble or "a template cuts or changes a personal place"
