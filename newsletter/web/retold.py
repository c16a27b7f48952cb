"""What the rooms below said in English, told in the language of the request.

They raise `Issue 3 is gone.`; the catalogue knows `Issue {number} is gone.` (`web/sentences.py`). The template whose
literal parts a text has is found, its values are put into the template of the other language, and a value that is
itself a text of ours is retold, too. A value in quotation marks is somebody's own word, and stays. What nobody knows
stays as it is. Plain text in, plain text out: pages escape it as they do any other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from string import Formatter

from newsletter.web.languages import NAMES, SOURCE, catalogue, language

LONGEST = 8_000
"""Characters of a text that is looked at: what is longer holds more of others' words than of ours."""
DEEPEST = 6
"""How often a value may hold a text that holds a value."""
MOST_PARTS = 30
"""Of a list, or of the sentences in a row: more are left as they are."""
MOST_LOOKS = 100
"""How many texts within one text are looked for."""
MANY_LETTERS = 10
"""With so many of our own a text has certainly begun."""
_QUOTED = ("“", "”")
_ENDS = re.compile(r"[:;.](?:\s|$)")
_SMALL = ("and", "at", "day", "days", "to")
_WORD = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True)
class Template:
    """A sentence with gaps: `literals` has one part more than `names`."""

    literals: tuple[str, ...]
    names: tuple[str, ...]
    said: str
    """The same in the other language, for `str.format`."""

    @property
    def weight(self) -> tuple[bool, int]:
        """How much of it is our own: one that begins with our words wins, then the one with the most of them."""
        return bool(self.literals[0]), sum(map(len, self.literals))

    def values(self, text: str) -> list[str] | None:
        """What stands in its gaps; none where the text is not of this template. Takes time in proportion to it."""
        first, last = self.literals[0], self.literals[-1]
        end = len(text) - len(last)
        if not text.startswith(first) or not text.endswith(last) or end < len(first):
            return None
        found, at = list[str](), len(first)
        for name, literal in zip(self.names, self.literals[1:-1], strict=False):
            if literal:
                place = text.find(literal, at, end)
            else:  # of two gaps side by side the last takes what the first has not had before; nothing is lost
                before = next((value for one, value in zip(self.names, found, strict=False) if one == name), "")
                place = at + len(before) if text.startswith(before, at, end) else -1
            if place < 0:
                return None
            found.append(text[at:place])
            at = place + len(literal)
        found.append(text[at:end])
        if any("\n" in value for value in found[:-1]) or (last and "\n" in found[-1]):
            return None  # a line of its own is a text of its own
        given: dict[str, str] = {}
        if any(given.setdefault(name, value) != value for name, value in zip(self.names, found, strict=True)):
            return None
        return found

    def is_quoted(self, gap: int) -> bool:
        """Whether a value stands in quotation marks, perhaps beside another one."""
        before = next((one for one in reversed(self.literals[: gap + 1]) if one), "")
        after = next((one for one in self.literals[gap + 1 :] if one), "")
        return before.endswith(_QUOTED[0]) and after.startswith(_QUOTED[1])


@dataclass(frozen=True)
class Known:
    """The sentences of one language: those without a gap, and templates, the heaviest first."""

    whole: Mapping[str, str]
    templates: tuple[Template, ...]
    words: Mapping[str, str]
    """Names of months and weekdays, and what else stands in a date."""
    beginnings: tuple[str, ...]
    """With which words of ours the templates begin that begin with enough of them."""
    dated: Callable[[str], str]
    """A date as this language writes its day."""


def retold(text: str) -> str:
    """A text of the rooms below in the language of the request; as it is where that is English, or nobody knows it."""
    spoken = language()
    if spoken == SOURCE or not text or len(text) > LONGEST:
        return text
    return _retold(spoken, text)


def piece_retold(text: str) -> str:
    """A piece of what was read, as `Saturday 5 December 2026, all day`: dates in words, and a list of what we know."""
    spoken = language()
    return text if spoken == SOURCE or len(text) > LONGEST else _Teller(known(spoken)).value(text, 1)


@lru_cache(512)
def _retold(spoken: str, text: str) -> str:
    return _Teller(known(spoken)).text(text, 0)


@dataclass(frozen=True)
class _Teller:
    known: Known
    patience: list[None] = field(default_factory=lambda: [None] * MOST_LOOKS)
    """One less for each look at all the templates: no text, however it is made, takes long."""

    def text(self, text: str, depth: int) -> str:
        """A sentence, or several in a row."""
        if (told := self.sentence(text, depth)) is not None:
            return told
        for parting in ("\n", ". "):
            if parting in text:
                return self._several(text, parting, depth)
        return text

    def sentence(self, text: str, depth: int) -> str | None:
        """A text of ours as a whole; none where it is not ours."""
        inner = text.strip()
        before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        if not inner or depth > DEEPEST or not self.patience:
            return None
        self.patience.pop()
        if (whole := self.known.whole.get(inner)) is not None:
            return f"{before}{whole}{after}"
        for template in self.known.templates:
            if (found := template.values(inner)) is not None and self._is_ours(template, found):
                told = {
                    name: value if template.is_quoted(gap) else self.value(value, depth + 1)
                    for gap, (name, value) in enumerate(zip(template.names, found, strict=True))
                }
                return f"{before}{template.said.format(**told)}{after}"
        return None

    def _is_ours(self, template: Template, found: list[str]) -> bool:
        """Where our words come late, what is before them is a name or a path, or a text of ours: never half of one."""
        if template.literals[-1] and any(self._begins_another(value) for value in found):
            return False  # two sentences in a row, and this one would swallow the second
        if template.literals[0]:
            return True
        return all(not _ENDS.search(value) or self._is_known(value) for value in found[:-1] or found)

    def _begins_another(self, value: str) -> bool:
        rest = value.partition(". ")[2]
        return bool(rest) and any(rest.startswith(one) for one in self.known.beginnings)

    def _is_known(self, value: str) -> bool:
        known = self.known
        return value in known.whole or any(one.literals[0] and one.values(value) for one in known.templates)

    def value(self, value: str, depth: int) -> str:
        """What stands in a gap: a state, a date, a text of ours, a list of such; else somebody's own word."""
        if not value or depth > DEEPEST:
            return value
        if (told := self.sentence(value, depth)) is not None:
            return told
        if (told := self.sentence(f"{value}.", depth)) is not None:
            return told.removesuffix(".")  # a reason in the midst of a sentence has lost its dot
        words = _WORD.findall(value)
        if words and all(word in self.known.words for word in words):
            return self.known.dated(_WORD.sub(lambda found: self.known.words[found[0]], value))
        if (told := self.text(value, depth)) != value:
            return told
        for parting in ("; ", ", "):
            if 0 < value.count(parting) < MOST_PARTS:
                return parting.join(self.value(part, depth + 1) for part in value.split(parting))
        name, colon, reason = value.partition(": ")
        return f"{name}{colon}{self.value(reason, depth + 1)}" if colon else value

    def _several(self, text: str, parting: str, depth: int) -> str:
        """Sentences in a row: as many at once as make one that we know."""
        mark = parting.strip(" ")
        pieces = text.split(parting)
        if len(pieces) > MOST_PARTS:
            return text
        ended = [piece if at == len(pieces) - 1 else piece + mark for at, piece in enumerate(pieces)]
        gap = parting[len(mark) :]
        told, at = list[str](), 0
        while at < len(ended):
            for end in range(len(ended), at, -1):
                joined = gap.join(ended[at:end])
                if (one := self.sentence(joined, depth)) is not None or end == at + 1:
                    told.append(joined if one is None else one)
                    at = end
                    break
        return gap.join(told)


@cache
def known(spoken: str) -> Known:
    """The sentences of a language, ready to be looked for."""
    whole: dict[str, str] = {}
    templates: list[Template] = []
    for said, translated in catalogue(spoken, "rooms").texts.items():
        literals, names = parsed(said)
        if names:
            templates.append(Template(literals, names, translated))
        else:
            whole[literals[0]] = translated.format()
    templates.sort(key=lambda one: one.weight, reverse=True)
    begin = tuple({one.literals[0] for one in templates if len(one.literals[0]) >= MANY_LETTERS})
    return Known({**_states(spoken), **whole}, tuple(templates), _words(spoken, whole), begin, partial(_dated, spoken))


def warm_up() -> None:
    """Read the catalogues of all languages, so that nobody's first page has to wait for them."""
    for one in NAMES:
        known(one)


def parsed(said: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The literal parts of a template of `str.format`, and the names between them."""
    literals, names = [""], list[str]()
    for literal, name, _spec, _conversion in Formatter().parse(said):
        literals[-1] += literal
        if name is not None:
            names.append(name)
            literals.append("")
    return tuple(literals), tuple(names)


def placeholders(said: str) -> Counter[str]:
    """How often each gap stands in a template."""
    return Counter(parsed(said)[1])


def _states(spoken: str) -> dict[str, str]:
    from newsletter.web.catalogues import STATES

    texts = catalogue(spoken).texts
    return {one.value: texts[one.value] for states in STATES for one in states if one.value in texts}


def _words(spoken: str, whole: Mapping[str, str]) -> dict[str, str]:
    from babel.dates import get_day_names, get_month_names

    texts = catalogue(spoken).texts | dict(whole)
    words = {"h": "h", "min": "min", "s": "s", "UTC": "UTC"} | {one: texts.get(one, one) for one in _SMALL}
    for names in (get_day_names, get_month_names):
        for width in ("wide", "abbreviated"):
            here, there = names(width, locale=SOURCE), names(width, locale=spoken)
            words |= {str(here[at]): str(there[at]) for at in here}
    return words


def _dated(spoken: str, text: str) -> str:
    from babel.dates import get_month_names

    if spoken != "de":
        return text
    months = "|".join(map(re.escape, get_month_names("wide", locale=spoken).values()))
    return re.sub(rf"\b(\d{{1,2}}) (?={months})", r"\1. ", text)
