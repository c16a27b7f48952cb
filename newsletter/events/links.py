"""A pasted line as plain text beside its links, so that the grammar reads words and no link is lost."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from newsletter.events.patterns import lazily

_MARKDOWN = r"\[(?P<label>[^\[\]]*)\]\((?P<target><?[^\s()<>]+(?:\([^\s()]*\)[^\s()<>]*)?>?)(?:\s+\"[^\"]*\")?\)"
_ANCHOR = (
    r"<a\b[^<>]{0,200}?\bhref\s*=\s*(?P<quote>[\"'])(?P<href>[^\"'<>]*)(?P=quote)[^<>]*>"
    r"(?P<inner>(?:(?!</a).){0,500}?)</a\s*>"
)
_AUTO = r"<(?P<auto>(?:https?://|mailto:)[^\s<>]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)>"
_TAG = r"(?P<tag></?[A-Za-z][^<>]*>|\*\*|__)"
_PARTS = lazily(f"{_MARKDOWN}|{_ANCHOR}|{_AUTO}|{_TAG}", re.I)
URL = lazily(r"(?:https?://|www\.)[^\s<>\"“”]+", re.I)
EMAIL = lazily(r"(?<![\w.+/@-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b")
_TRAILING = ".,;:!?)]}’'\""


@dataclass(frozen=True)
class Link:
    """A link over `text[start:end]`."""

    start: int
    end: int
    target: str


@dataclass(frozen=True)
class Linked:
    """Plain text and the links over parts of it, in order."""

    text: str
    links: tuple[Link, ...] = ()

    def part(self, start: int, end: int | None = None) -> Linked:
        """A slice with the links that lie in it; white space at both ends is dropped."""
        stop = len(self.text) if end is None else min(end, len(self.text))
        while start < stop and self.text[start].isspace():
            start += 1
        while stop > start and self.text[stop - 1].isspace():
            stop -= 1
        links = (
            Link(max(link.start, start) - start, min(link.end, stop) - start, link.target)
            for link in self.links
            if link.start < stop and link.end > start
        )
        return Linked(self.text[start:stop], tuple(links))

    def without(self, start: int, end: int) -> Linked:
        """The text with a stretch cut out, a space in its place."""
        before, after = self.part(0, start), self.part(end)
        if not before.text or not after.text:
            return before if before.text else after
        gap = "" if after.text[0] in ",.;:)" else " "
        shift = len(before.text) + len(gap)
        moved = tuple(Link(link.start + shift, link.end + shift, link.target) for link in after.links)
        return Linked(before.text + gap + after.text, before.links + moved)

    def followed_by(self, other: Linked) -> Linked:
        """The two as one text, parted by a full stop."""
        gap = ". "
        shift = len(self.text) + len(gap)
        moved = tuple(Link(link.start + shift, link.end + shift, link.target) for link in other.links)
        return Linked(self.text + gap + other.text, self.links + moved)

    def html(self) -> str:
        """The text escaped, with its links as anchors."""
        pieces: list[str] = []
        at = 0
        for link in self.links:
            if link.start < at:
                continue
            pieces.append(html.escape(self.text[at : link.start], quote=False))
            shown = html.escape(self.text[link.start : link.end], quote=False)
            pieces.append(f'<a href="{html.escape(link.target)}">{shown}</a>')
            at = link.end
        pieces.append(html.escape(self.text[at:], quote=False))
        return "".join(pieces)


def linked(line: str) -> Linked:
    """The line without its markup, with Markdown, HTML and bare links noted. Other tags are dropped."""
    text = ""
    links: list[Link] = []
    at = 0
    for match in _PARTS.finditer(line):
        text += html.unescape(line[at : match.start()])
        at = match.end()
        if match["tag"]:
            continue
        label, target = _label_and_target(match)
        start = len(text)
        text += label
        if (safe := _safe(target)) and label:
            links.append(Link(start, len(text), safe))
    text += html.unescape(line[at:])
    links += _bare(text, links)
    return Linked(text, tuple(sorted(links, key=lambda link: link.start)))


def bare(text: str) -> Linked:
    """A plain text with the addresses in it as links."""
    return Linked(text, tuple(sorted(_bare(text, []), key=lambda link: link.start)))


def _label_and_target(match: re.Match[str]) -> tuple[str, str]:
    if auto := match["auto"]:
        return auto.removeprefix("mailto:"), auto if ":" in auto else f"mailto:{auto}"
    if match["href"] is not None:
        return html.unescape(re.sub(r"<[^<>]*>", "", match["inner"])).strip(), html.unescape(match["href"])
    return match["label"], match["target"].strip("<>")


def _safe(target: str) -> str | None:
    target = re.sub(r"[\x00-\x20\x7f]", "", target)
    if re.match(r"(?:https?://[^/]|mailto:[^@]+@)", target, re.I):
        return target
    return f"https://{target}" if target.lower().startswith("www.") else None


def _bare(text: str, links: list[Link]) -> list[Link]:
    found: list[Link] = []
    for pattern in (URL, EMAIL):
        for match in pattern.finditer(text):
            start, end = match.span()
            while end > start and text[end - 1] in _TRAILING and not (text[end - 1] == ")" and "(" in text[start:end]):
                end -= 1
            if any(link.start < end and link.end > start for link in (*links, *found)):
                continue
            target = text[start:end] if pattern is URL else f"mailto:{text[start:end]}"
            if safe := _safe(target):
                found.append(Link(start, end, safe))
    return found


def http_url(text: str) -> str | None:
    """The text, where it is an http(s) address and nothing else."""
    return text if re.fullmatch(r"https?://[^\s<>\"]+", text, re.I) else None
