"""Text that is too pale for its ground: WCAG 2.2 §1.4.3 asks for 4.5:1, for large text 3:1."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from newsletter.model.finding import Finding
from newsletter.render.checks.checked import Checked, warning

ENOUGH = 4.5
ENOUGH_LARGE = 3.0
_LARGE = 24.0
_LARGE_BOLD = 18.66
_COLOUR = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})\b", re.IGNORECASE)
_NAMED = {"white": "#ffffff", "black": "#000000"}
_UNSEEN = (("display", "none"), ("visibility", "hidden"), ("mso-hide", "all"))


@dataclass(frozen=True)
class _Style:
    colour: str
    ground: str
    size: float
    bold: bool | None
    unseen: bool


@dataclass(frozen=True)
class _Look:
    colour: str = "#000000"
    ground: str = "#ffffff"
    size: float = 16.0
    bold: bool = False


def check(seen: Checked) -> Iterator[Finding]:
    """Every text stands out from its ground, as the style attributes say: in light, without a sheet."""
    told: set[tuple[str, str]] = set()
    for text, look in _texts(seen.document, _Look()):
        large = look.size >= _LARGE or (look.bold and look.size >= _LARGE_BOLD)
        ratio = contrast(look.colour, look.ground)
        if ratio < (ENOUGH_LARGE if large else ENOUGH) and (look.colour, look.ground) not in told:
            told.add((look.colour, look.ground))
            block = seen.block_with(text)
            yield warning(
                "contrast",
                f"“{_short(text)}” is {look.colour} on {look.ground}, a contrast of {ratio:.1f}:1: choose colours of "
                f"at least {ENOUGH}:1 in the theme “{seen.theme}”.",
                block,
            )


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (`#rrggbb` or `#rgb`), from 1 to 21."""
    light, dark = sorted((_luminance(_colour(one)), _luminance(_colour(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _texts(element: Any, above: _Look) -> Iterator[tuple[str, _Look]]:
    waiting: list[tuple[Any, _Look]] = [(element, above)]
    while waiting:
        one, outer = waiting.pop()
        if not isinstance(one.tag, str) or one.tag in ("head", "style", "script", "title"):
            continue
        style = _declared(one.get("style") or "")
        if style.unseen:
            continue
        look = _inside(one.tag, style, outer)
        own = " ".join("".join([one.text or "", *((child.tail or "") for child in one)]).split())
        if own:
            yield own, look
        waiting += [(child, look) for child in reversed(one)]


def _inside(tag: str, style: _Style, outer: _Look) -> _Look:
    return _Look(
        colour=style.colour or outer.colour,
        ground=style.ground or outer.ground,
        size=style.size or outer.size,
        bold=(outer.bold or tag in ("b", "strong", "th", "h1", "h2", "h3")) if style.bold is None else style.bold,
    )


@lru_cache(maxsize=512)
def _declared(style: str) -> _Style:
    """What a style attribute says; a document repeats a few of them for each item."""
    pairs = (one.partition(":") for one in style.split(";"))
    said = {name.strip().lower(): value.strip().lower() for name, _, value in pairs if value}
    size, weight = re.fullmatch(r"([\d.]+)px", said.get("font-size", "")), said.get("font-weight", "")
    return _Style(
        colour=_colour(said.get("color", "")),
        ground=_colour(said.get("background-color", "") or said.get("background", "")),
        size=float(size[1]) if size else 0.0,
        bold=(weight in ("bold", "bolder") or (weight.isdigit() and int(weight) >= 700)) if weight else None,
        unseen=any(said.get(name) == value for name, value in _UNSEEN),
    )


def _colour(value: str) -> str:
    found = _COLOUR.search(_NAMED.get(value, value))
    if found is None:
        return ""
    digits = found[1].lower()
    return "#" + ("".join(digit * 2 for digit in digits) if len(digits) == 3 else digits)


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
