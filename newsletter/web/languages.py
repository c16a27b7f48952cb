"""The language of the desk: every visible string passes `_`, and each request has its own language.

English is the language of the source. Catalogues are the `.po` files in `web/locale/`, read as they are: a checkout
needs no build step.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "locale"
SOURCE = "en"
NAMES = {"en": "English", "de": "Deutsch"}
"""The languages there are, each by its own name."""

_language: ContextVar[str] = ContextVar("language", default=SOURCE)


def language() -> str:
    """The language of the request that is being answered, as `de`."""
    return _language.get()


def speak(wanted: str) -> None:
    """Answer this request in a language; one that we do not speak is English."""
    _language.set(wanted if wanted in NAMES else SOURCE)


def accepted(header: str) -> str:
    """The best of our languages for an Accept-Language header (RFC 9110, 12.5.4); English where none is."""
    best, quality = SOURCE, 0.0
    for part in header[:500].split(","):
        tag, _, weight = part.partition(";")
        name = tag.strip().split("-")[0].lower()
        try:
            value = float(weight.strip().removeprefix("q=")) if weight.strip() else 1.0
        except ValueError:
            continue
        if name in NAMES and quality < value <= 1:
            best, quality = name, value
    return best


def gettext(text: str, /, **values: object) -> str:
    """The text in the language of the request, with its named placeholders (`%(name)s`) filled in."""
    said = catalogue(language()).texts.get(text) or text
    return said % values if values else said


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """The form of the text for this number, which is `%(n)s` in it, its thousands parted."""
    found = catalogue(language())
    forms = found.plurals.get(one)
    said = forms[found.form(count)] if forms else one if count == 1 else many
    parted = f"{count:,}".replace(",", "." if language() == "de" else ",")
    return said % {"n": parted, **values}


_ = gettext


@dataclass(frozen=True)
class Catalogue:
    """What a language says for our texts."""

    texts: dict[str, str] = field(default_factory=dict)
    plurals: dict[str, tuple[str, ...]] = field(default_factory=dict)
    form: Callable[[int], int] = lambda count: 0 if count == 1 else 1
    """Which of the forms a number takes."""


@cache
def catalogue(wanted: str, domain: str = "desk") -> Catalogue:
    """The catalogue of a language, from its file; an empty one for English, and for what we do not speak.

    `desk` holds the strings of the desk itself, `rooms` what the rooms below it say (`web/retold.py`).
    """
    path = FOLDER / wanted / "LC_MESSAGES" / f"{domain}.po"
    if wanted not in NAMES or not path.exists():
        return Catalogue()
    from gettext import c2py  # the standard library's reader of plural rules

    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        read = read_po(file, locale=wanted)
    texts: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for message in read:
        if not message.id or message.fuzzy:
            continue
        forms = message.string
        if isinstance(message.id, str):
            if isinstance(forms, str) and forms:
                texts[message.id] = forms
        elif forms and not isinstance(forms, str) and all(forms):
            plurals[message.id[0]] = tuple(forms)
    return Catalogue(texts, plurals, c2py(read.plural_expr))
