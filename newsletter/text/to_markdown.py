"""Clean HTML as Markdown, for what an editor pastes or takes over from a source: the links stay."""

from __future__ import annotations

import re
from typing import Any

import lxml.html

from newsletter.text.html import clean
from newsletter.text.markdown import to_html
from newsletter.text.plain import plain

_SPECIAL = re.compile(r"([\\`*_\[\]<>~])")
_ENTITY = re.compile(r"&(?=#?[a-zA-Z0-9]+;)")
_LEADS = re.compile(r"^(\s*)([#+\-=]|\d{1,9}(?=[.)]))(?=.)?")
_BLANK = re.compile(r"\n\s*\n")
_SPACES = re.compile(r"\s+")
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "s": "~~"}
_BLOCKS = frozenset(("p", "blockquote", "ul", "ol", "pre", "hr", "h3", "h4", "h5", "h6"))


def to_markdown(html: str) -> str:
    """Clean HTML as CommonMark that says the same: `clean` of it has the same words and links.

    What Markdown has no sign for stays as HTML, which passes the one policy again when it is shown.
    """
    html = clean(html)
    if not html:
        return ""
    found = "\n\n".join(_blocks(lxml.html.fragment_fromstring(html, create_parent="div")))
    again = to_html(found)
    if plain(again) == plain(html) and _targets(again) == _targets(html):
        return found
    return f"<div>\n{_BLANK.sub(chr(10), html)}\n</div>"  # CommonMark 4.6: as it is, up to an empty line


def pasted(html: str) -> str:
    """HTML from a clipboard as Markdown. Pictures go: in an issue they are blocks of their own."""
    return to_markdown(re.sub(r"<img\b[^>]*>", "", clean(html)))


def _targets(html: str) -> list[str]:
    return re.findall(r'<a [^>]*?href="([^"]*)"', html)


def _blocks(parent: Any) -> list[str]:
    found: list[str] = []
    line = _escaped(parent.text)
    for child in parent:
        if child.tag in _BLOCKS:
            found += _kept(line)
            line = ""
            found += _block(child)
        else:
            line += _inline(child)
        line += _escaped(child.tail)
    return found + _kept(line)


def _kept(line: str) -> list[str]:
    line = _paragraph(line)
    return [line] if line else []


def _paragraph(text: str) -> str:
    """Trimmed, and no line of it begins like a list or a heading."""
    lines = [_SPACES.sub(" ", line).strip() for line in text.split("\n")]
    return "\n".join(_LEADS.sub(_unled, line) for line in lines).strip()


def _unled(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}\\" if found[2].isdecimal() else f"{found[1]}\\{found[2]}"


def _block(element: Any) -> list[str]:
    match element.tag:
        case "p":
            return _kept(_inside(element))
        case "hr":
            return ["---"]
        case "pre":
            return [lxml.html.tostring(element, encoding="unicode", with_tail=False)]
        case "blockquote":
            quoted = "\n\n".join(_blocks(element))
            return ["\n".join(f"> {line}".rstrip() for line in quoted.split("\n"))] if quoted else []
        case "ul" | "ol":
            return _list(element)
        case _:
            text = _SPACES.sub(" ", _inside(element)).strip()
            return [f"{'#' * int(element.tag[1])} {text}"] if text else []


def _list(element: Any) -> list[str]:
    lines = []
    for number, item in enumerate(element, 1):
        sign = "- " if element.tag == "ul" else f"{number}. "
        text = "\n\n".join(_blocks(item))
        lines.append(sign + text.replace("\n", "\n" + " " * len(sign)) if text else sign.strip())
    return ["\n".join(lines)] if lines else []


def _inside(element: Any) -> str:
    return _escaped(element.text) + "".join(_inline(child) + _escaped(child.tail) for child in element)


def _inline(element: Any) -> str:
    if element.tag == "br":
        return "\\\n"
    inside = _inside(element)
    if element.tag == "a" and element.get("href"):
        text = _SPACES.sub(" ", inside.replace("\\\n", " "))
        return f"[{text.strip()}]({_target(element.get('href'))})" + (" " if text.endswith(" ") else "")
    if mark := _MARKS.get(element.tag):
        core = inside.strip()
        if not core:
            return inside
        start = len(inside) - len(inside.lstrip())
        return f"{inside[:start]}{mark}{core}{mark}{inside[start + len(core) :]}"
    if element.tag in ("u", "sub", "sup", "code"):
        return f"<{element.tag}>{inside}</{element.tag}>"
    return inside


def _target(url: str) -> str:
    return f"<{url}>" if re.search(r"[\s()<>\\]", url) else url


def _escaped(text: str | None) -> str:
    return _ENTITY.sub(r"\\&", _SPECIAL.sub(r"\\\1", _SPACES.sub(" ", text or "")))
