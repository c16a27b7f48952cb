"""A newsletter in a message, split by its links: a headline that leads somewhere, and the text up to the next one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from newsletter.text.characters import one_line
from newsletter.text.html import clean

FEWEST = 3
"""Headlines with a link, from which on a message is a newsletter."""
_FEWEST_WORDS = 3
_THE_MAIL = r"(?:[^\s\d]{1,20}\s+){0,3}?"
_BROWSER = (  # the link to the same mail on the web, in the five languages, and nothing after it but an address
    rf"^[^\w\n]*(?:(?:view|read|open|see)\s+{_THE_MAIL}(?:in|on)\s+(?:your\s+|a\s+|the\s+)?(?:web\s?)?browser"
    rf"|{_THE_MAIL}(?:im|in\s+(?:ihrem|deinem|einem))\s+(?:web-?)?browser\s+(?:ansehen|anzeigen|anschauen|öffnen|lesen)"
    rf"|(?:voir|lire|afficher|ouvrir|consulter)\s+{_THE_MAIL}dans\s+(?:le|un|votre|ton)\s+navigateur"
    rf"|(?:ver|leer|abrir)\s+{_THE_MAIL}en\s+(?:el|un|tu|su)\s+navegador"
    rf"|(?:ver|ler|abrir|visualizar)\s+{_THE_MAIL}(?:no|num|em)\s+(?:o\s+|seu\s+|teu\s+|um\s+)?navegador"
    r")(?:\s+web)?(?=[^\w\n]*(?:https?:|$))"
)
_CHROME = re.compile(
    r"unsubscribe|view (?:this|it)? ?(?:email )?(?:in|on) (?:your|a|the) browser|read more|"
    r"manage (?:your )?preferences|privacy policy|forward (?:this|to)|follow us|donate|"
    rf"sign up|subscribe|update your profile|{_BROWSER}",
    re.IGNORECASE | re.MULTILINE,
)
_LEAF = ("p", "h3", "h4", "h5", "h6", "li", "blockquote", "pre")
_BEFORE = re.compile(r"[.!?…:;|•·–—]['\"”’»)]*\s*$")
_URL = re.compile(r"<?(https?://[^\s<>]+[^\s<>.,;:!?)\]'\"])>?")


@dataclass
class Part:
    """One story of a newsletter. `html`: what is said of it."""

    url: str
    headline: str
    html: str = ""


def split_html(html: str) -> list[Part]:
    """The stories of clean HTML; a link in the middle of a sentence is none."""
    import lxml.html

    root = lxml.html.fragment_fromstring(html, create_parent="div")
    parts: dict[str, Part] = {}
    last: Part | None = None
    for leaf in _leaves(root):
        rest = lxml.html.tostring(leaf, encoding="unicode", with_tail=False)
        for url, words, whole in _headlines(leaf):
            before, found, after = rest.partition(whole)
            if not found:
                continue
            _add(last, before)
            last = parts.setdefault(url, Part(url, words))
            rest = after
        _add(last, rest)
    return list(parts.values())


def _add(part: Part | None, html: str) -> None:
    words = one_line(re.sub(r"<[^>]*>", " ", html))
    if part is not None and words.strip(" .–—|:·•>") and not (_CHROME.search(words) and len(words) < 120):
        part.html += clean(html)


def _leaves(root: Any) -> Iterator[Any]:
    found = [one for one in root.iter(*_LEAF) if not any(inner is not one for inner in one.iter(*_LEAF))]
    return iter(found or [root])


def _headlines(leaf: Any) -> Iterator[tuple[str, str, str]]:
    """Address, words and markup of the links that begin a line or a sentence and do not go on in lower case."""
    import lxml.html

    text = one_line(leaf.text_content())
    at = 0
    for link in leaf.iter("a"):
        url, words = link.get("href") or "", one_line(link.text_content())
        start = text.find(words, at)
        if not words or start < 0:
            continue
        before, after = text[:start], text[start + len(words) :].lstrip(" :–—-|·,;")
        at = start + len(words)
        meant = (not before.strip() or _BEFORE.search(before)) and not after[:1].islower()
        long_enough = len(words.split()) >= _FEWEST_WORDS
        if meant and long_enough and url.startswith("http") and not _CHROME.search(words):
            yield url, words, lxml.html.tostring(link, encoding="unicode", with_tail=False)


def split_text(text: str) -> list[Part]:
    """The same of a plain text: a paragraph that has one address, its first line the headline."""
    parts: dict[str, Part] = {}
    for paragraph in re.split(r"\n[ \t]*\n+", text):
        if _CHROME.search(paragraph) and len(paragraph) < 200:
            continue
        urls = [match[1] for match in _URL.finditer(paragraph)]
        lines = [one_line(re.sub(r"[(\[]\s*[)\]]", "", _URL.sub("", line))) for line in paragraph.split("\n")]
        lines = [line.strip(" *#-–—•>:") for line in lines if line.strip(" *#-–—•>:")]
        if len(set(urls)) == 1 and lines and len(lines[0].split()) >= _FEWEST_WORDS and len(lines[0]) <= 200:
            said = " ".join(lines[1:])
            body = f"<p>{escape(said, quote=False)}</p>" if said else ""
            parts.setdefault(urls[0], Part(urls[0], lines[0], body))
    return list(parts.values())


def only_link(text: str) -> tuple[str | None, int]:
    """The one address of a text that names one only, and how many words stand beside it."""
    urls = list(dict.fromkeys(match[1] for match in _URL.finditer(text)))
    return (urls[0] if len(urls) == 1 else None), len(_URL.sub(" ", text).split())
