"""Clean HTML as plain text: wrapped, with its links numbered in it and listed under it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote

from newsletter.render.columns import WIDTH, width_of, wrap

_SPACES = re.compile(r"[^\S\n]+")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_EDGE = re.compile(r"mg[0-9a-f]{20}([be])[0-9]+gm")


def prose_text(html: str, *, width: int = WIDTH, tight: bool = False) -> str:
    """The text of some clean HTML in lines of at most `width` columns; a link keeps its own line whole.

    Paragraphs are parted by an empty line, with `tight` by none. Links stand as `[1]` in the text and are listed under
    it; a paragraph or a point of a list that is one link is followed by its address, and so is a link in a passage
    under a condition: a list under the text would show it to everybody.
    """
    reader = _Reader(width)
    reader.feed(html)
    reader.close()
    reader.end_block()
    gap = "\n" if tight else "\n\n"
    text = ""
    for block in reader.blocks:
        text += ("\n" if block.joined else gap if text else "") + block.text
    listed = "\n".join(f"[{number}] {target}" for number, target in enumerate(reader.links, 1))
    return gap.join(filter(None, (text, listed)))


@dataclass
class _Block:
    text: str
    joined: bool = False
    """Follows the block before it without an empty line: a point of the same list."""


@dataclass
class _Run:
    """A piece of running text, with the address it is linked to."""

    text: str
    url: str | None = None
    conditional: bool = False
    """A link that only some readers see."""


@dataclass
class _List:
    number: int | None
    points: int = 0


@dataclass
class _Open:
    """What the block being read is."""

    runs: list[_Run] = field(default_factory=list)
    url: str | None = None


class _Reader(HTMLParser):
    def __init__(self, width: int) -> None:
        super().__init__(convert_charrefs=True)
        self.width = width
        self.blocks: list[_Block] = []
        self.links: list[str] = []
        self._now = _Open()
        self._lists: list[_List] = []
        self._marker: str | None = None
        self._quotes = 0
        self._conditions = 0
        self._kept_lines = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a":
            self._now.url = given.get("href")
            self._now.runs.append(_Run("", self._now.url, conditional=self._conditions > 0))
        elif tag == "br":
            self._now.runs.append(_Run("\n", self._now.url, conditional=self._conditions > 0))
        elif tag in ("p", "pre", "blockquote", "ul", "ol", "li", "hr", *_HEADINGS):
            self.end_block()
            if tag == "blockquote":
                self._quotes += 1
            elif tag in ("ul", "ol"):
                self._lists.append(_List(1 if tag == "ol" else None))
            elif tag == "li":
                self._begin_point()
            elif tag == "pre":
                self._kept_lines = True
            elif tag == "hr":
                self.blocks.append(_Block("* * *"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._now.url = None
        elif tag in ("p", "pre", "blockquote", "ul", "ol", "li", *_HEADINGS):
            self.end_block()
            if tag == "blockquote":
                self._quotes = max(self._quotes - 1, 0)
            elif tag in ("ul", "ol") and self._lists:
                self._lists.pop()
            elif tag == "pre":
                self._kept_lines = False
            elif tag == "li":
                self._marker = None

    def handle_data(self, data: str) -> None:
        if not self._kept_lines:
            data = data.replace("\n", " ")
        conditional = self._conditions > 0
        for edge in _EDGE.findall(data):
            self._conditions = self._conditions + 1 if edge == "b" else max(self._conditions - 1, 0)
        if self._now.runs and self._now.runs[-1].url == self._now.url:
            self._now.runs[-1].text += data
        else:
            self._now.runs.append(_Run(data, self._now.url, conditional))

    def end_block(self) -> None:
        """Write the block that was being read, if there is any text in it."""
        runs = [run for run in self._now.runs if run.text]
        self._now = _Open(url=self._now.url)
        said = [run for run in runs if run.text.strip()]
        if not said:
            return
        quote = "> " * self._quotes
        indent = "  " * max(len(self._lists) - 1, 0)
        first = rest = quote + indent
        if self._lists:
            marker = self._marker or "  "
            first, rest = first + marker, rest + " " * len(marker)
            self._marker = " " * len(marker)
        point = bool(self._lists) and self._lists[-1].points > 1
        if len(said) == 1 and said[0].url and not said[0].url.lower().startswith("mailto:"):
            text = self._alone(said[0], first, rest)
        else:
            text = self._running(runs, first, rest)
        self.blocks.append(_Block(text, joined=bool(self.blocks) and (point or len(self._lists) > 1)))

    def _begin_point(self) -> None:
        if not self._lists:
            self._lists.append(_List(None))
        current = self._lists[-1]
        current.points += 1
        self._marker = "* "
        if current.number is not None:
            self._marker = f"{current.number}. "
            current.number += 1

    def _alone(self, run: _Run, first: str, rest: str) -> str:
        """One link and nothing else: its address follows, on the same line where both fit."""
        text, url = " ".join(run.text.split()), run.url or ""
        if text == url:
            return first + url
        together = f"{first}{text}: {url}"
        if not self._lists and len(together) <= self.width:
            return together
        return wrap(text, self.width, first, rest) + f"\n{rest}{url}"

    def _running(self, runs: list[_Run], first: str, rest: str) -> str:
        text = "".join(self._numbered(run) for run in runs)
        if self._kept_lines:
            return "\n".join(self._kept(line, rest) for line in text.strip("\n").split("\n"))
        text = "\n".join(line.strip() for line in _SPACES.sub(" ", text).strip().split("\n"))
        return wrap(text, self.width, first, rest)

    def _kept(self, line: str, before: str) -> str:
        whole = (before + line).rstrip()
        return whole if width_of(whole) <= self.width else wrap(line, self.width, before, before)

    def _numbered(self, run: _Run) -> str:
        if not run.url or not run.text.strip():
            return run.text
        target = run.url
        if target.lower().startswith("mailto:"):
            target = unquote(target[7:].split("?")[0])
        bare = run.text.strip()
        if bare in (target, target.rstrip("/")) or target.partition("://")[2].rstrip("/") == bare.rstrip("/"):
            return run.text.replace(bare, target)
        kept = run.text.rstrip()
        if run.conditional:
            return f"{kept} ({target}){run.text[len(kept) :]}"
        if target not in self.links:
            self.links.append(target)
        return f"{kept} [{self.links.index(target) + 1}]{run.text[len(kept) :]}"
