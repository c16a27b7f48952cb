"""Personalisation in the words of editors: `{{ name | default("friend") }}`, `{% if tag("gardeners") %}…{% endif %}`.

A value is `name`, `email`, `language` or `field.town` (`field["home town"]`), with a default for readers who have none.
A condition asks `tag("x")`, compares a value with `==` or `!=`, or asks whether there is one; `not`, `and`, `or` and
parentheses join them, `{% elif … %}` and `{% else %}` go on. Case is ignored, and `language == "de"` covers de-AT.

Marking a text puts tokens with the rendition's nonce in their place (see `merge`), so that only what editors wrote can
ever be filled in. Nothing here is code: a template never runs for a reader.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from newsletter.errors import NewsletterError
from newsletter.model.merge import SLOTS, token

_MARK = re.compile(
    r"(?P<code>^```.*?^```|(?P<ticks>`+)[^`](?:(?:(?!\n\s*\n).)*?[^`])??(?P=ticks)(?!`))"
    r"|\{\{(?P<value>.*?)\}\}"
    r"|(?P<before>^[ \t]*)?\{%(?P<tag>.*?)%\}(?P<after>[ \t]*$)?",
    re.DOTALL | re.MULTILINE,
)
_LEXEME = re.compile(
    r"""\s*(?:(?P<text>"[^"]*"|'[^']*'|“[^”]*”|„[^“”]*[“”]|‘[^’]*’)|(?P<sign>==|!=|[()|.\[\]])|(?P<word>[^\W\d][\w-]*))"""
)
_PLAIN = ("name", "email", "language")
_KNOWN = (*_PLAIN, "field", "tag")
_TAGS = ("if", "elif", "else", "endif")


class BadPersonalisation(NewsletterError):
    """A text cannot be personalised as it is written: which part, why, and how to write it."""

    def __init__(self, message: str, *, where: str | None = None) -> None:
        super().__init__(message, code="personalisation", where=where)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of one reader."""

    name: str = ""
    email: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)

    def of(self, source: str) -> str:
        """A value by its source: `name`, `email`, `language`, or `field.` with the name of a custom field."""
        if source.startswith("field."):
            wanted = source[6:].casefold()
            return next((value for name, value in self.fields.items() if name.casefold() == wanted), "")
        return {"name": self.name, "email": self.email, "language": self.language}[source].strip()


NOBODY = Facts()


@dataclass(frozen=True)
class Place:
    """A place of a rendition that differs by reader: a value, or a passage under a condition."""

    kind: str
    """`value` or `if`."""
    expression: str
    """As the editor wrote it; empty for `else`."""
    unless: tuple[str, ...] = ()
    """The conditions before it in the same `if`: it is shown where none of them holds."""

    def value(self, facts: Facts) -> str:
        """What a reader sees in the place of a value."""
        source, default = _value(self.expression)
        return facts.of(source) or default

    def holds(self, facts: Facts) -> bool:
        """Whether a reader sees the passage."""
        return self.condition()(facts)

    def condition(self) -> Callable[[Facts], bool]:
        """The same as a function, read once for many readers."""
        own = _condition(self.expression) if self.expression else None
        before = [_condition(one) for one in self.unless]

        def holds(facts: Facts) -> bool:
            for one in before:
                if one(facts):
                    return False
            return own is None or own(facts)

        return holds


class Marks:
    """The personal places of one rendition, in the order in which they were marked."""

    def __init__(self, nonce: str) -> None:
        self.nonce = nonce
        self.places: list[Place] = []

    def mark(self, text: str) -> str:
        """The text with tokens in place of what is personal; what stands in code spans is quoted and stays.

        A condition that has a line to itself gets a paragraph to itself. Raises BadPersonalisation; then no place
        was added.
        """
        open_: list[tuple[int, list[str]]] = []
        count = len(self.places)
        try:
            marked = _MARK.sub(lambda found: self._marked(found, open_), text)
            if open_:
                raise BadPersonalisation(
                    f"“{{% if {self.places[open_[-1][0]].expression or '…'} %}}” is never ended: write {{% endif %}} "
                    "after the words it is about."
                )
        except BadPersonalisation:
            del self.places[count:]
            raise
        return marked

    def _marked(self, found: re.Match[str], open_: list[tuple[int, list[str]]]) -> str:
        if found["code"] is not None:
            return found[0]
        if found["value"] is not None:
            expression = " ".join(found["value"].split())
            _value(expression)
            return token(self.nonce, f"v{self._add(Place('value', expression))}")
        tokens = self._edges(" ".join(found["tag"].strip("- \n\t").split()), open_)
        alone = found["before"] is not None and found["after"] is not None
        return f"\n\n{tokens}\n\n" if alone else f"{found['before'] or ''}{tokens}{found['after'] or ''}"

    def _edges(self, tag: str, open_: list[tuple[int, list[str]]]) -> str:
        name, _, condition = tag.partition(" ")
        if name not in _TAGS:
            raise BadPersonalisation(
                f"“{{% {tag} %}}” is no condition: write {{% if … %}}, {{% elif … %}}, {{% else %}} or {{% endif %}}."
                f"{_near(name, _TAGS)}"
            )
        if name != "if" and not open_:
            raise BadPersonalisation(f"“{{% {tag} %}}” stands without an {{% if … %}} before it.")
        if name in ("if", "elif"):
            if not condition:
                raise BadPersonalisation(f'“{{% {tag} %}}” says no condition: write {{% {name} tag("gardeners") %}}.')
            _condition(condition)
        elif condition:
            raise BadPersonalisation(f"“{{% {tag} %}}” takes no condition: write {{% {name} %}}.")
        ended, before = "", list[str]()
        if name != "if":
            last, before = open_.pop()
            if name != "endif" and not self.places[last].expression:
                raise BadPersonalisation(f"“{{% {tag} %}}” stands after {{% else %}}, which ends what comes before.")
            ended = token(self.nonce, f"e{last}")
        if name == "endif":
            return ended
        added = self._add(Place("if", condition, tuple(before)))
        open_.append((added, [*before, condition]))
        return ended + token(self.nonce, f"b{added}")

    def _add(self, place: Place) -> int:
        self.places.append(place)
        return len(self.places) - 1


def slots(nonce: str) -> re.Pattern[str]:
    """Finds every token of a rendition; its one group is the slot: a name, or `v`, `b`, `e` and a number."""
    return re.compile(f"mg{re.escape(nonce)}({'|'.join(SLOTS)}|[vbe][0-9]+)gm")


def told(body: str, nonce: str, places: Sequence[Place], facts: Facts, escape: Callable[[str], str]) -> str:
    """A body as one reader sees it: passages that are not theirs left out, values put in. The straightforward way."""
    shown: list[str] = []
    hidden = 0
    for index, piece in enumerate(slots(nonce).split(body)):
        if index % 2 == 0:
            shown += [piece] if not hidden else []
        elif not piece[1:].isdecimal():
            shown += [token(nonce, piece)] if not hidden else []
        else:
            place = places[int(piece[1:])]
            if piece[0] == "v" and not hidden:
                shown.append(escape(place.value(facts)))
            elif piece[0] == "b":
                hidden += hidden > 0 or not place.holds(facts)
            elif piece[0] == "e":
                hidden -= hidden > 0
    return "".join(shown)


# ---------------------------------------------------------------- reading what editors wrote


_Condition = Callable[[Facts], bool]


class _Words:
    """The words and signs of an expression, one after the other."""

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self.found: list[tuple[str, str]] = []
        position = 0
        while expression[position:].strip():
            lexeme = _LEXEME.match(expression, position)
            if lexeme is None:
                raise self.wrong(f"“{expression[position:].strip()[:20]}” cannot be read")
            kind = str(lexeme.lastgroup)
            self.found.append((kind, lexeme[kind][1:-1] if kind == "text" else lexeme[kind]))
            position = lexeme.end()

    def next(self) -> tuple[str, str]:
        return self.found.pop(0) if self.found else ("end", "")

    def take(self, *words: str) -> str | None:
        """The next word or sign, if it is one of these."""
        if self.found and self.found[0][0] != "text" and self.found[0][1] in words:
            return self.found.pop(0)[1]
        return None

    def text(self, after: str) -> str:
        kind, found = self.next()
        if kind != "text":
            raise self.wrong(f"after {after} a text in quotes is missing")
        return found

    def wrong(self, why: str, hint: str = "") -> BadPersonalisation:
        return BadPersonalisation(f"“{self.expression}” cannot be used: {why.rstrip('.')}.{hint}")


@lru_cache(maxsize=1024)  # asked for each reader
def _value(expression: str) -> tuple[str, str]:
    words = _Words(expression)
    source, default = _source(words), ""
    if words.take("|"):
        kind, name = words.next()
        if (kind, name) != ("word", "default"):
            raise words.wrong(f"there is no filter “{name}”", f'{_near(name, ("default",))} Write | default("friend").')
        inner = words.take("(")
        default = words.text("default(")
        if inner is None or words.take(")") is None:
            raise words.wrong('a default is written default("friend")')
    if words.found:
        raise words.wrong(f"“{words.found[0][1]}” is too much", ' Write {{ name | default("friend") }}.')
    return source, default


def _source(words: _Words) -> str:
    kind, name = words.next()
    if name in _PLAIN and kind == "word":
        return name
    if kind == "word" and name in ("field", "fields"):
        if words.take("."):
            kind, name = words.next()
            if kind == "word":
                return f"field.{name}"
        elif words.take("["):
            named = words.text("field[")
            if words.take("]"):
                return f"field.{named}"
        raise words.wrong('a custom field is written field.town or field["home town"]')
    if kind != "word":
        raise words.wrong("it must begin with name, email, language or field.NAME")
    raise words.wrong(
        f"there is no “{name}”; there are name, email, language and custom fields, written field.{name}",
        _near(name, _KNOWN),
    )


@lru_cache(maxsize=1024)
def _condition(expression: str) -> _Condition:
    words = _Words(expression)
    found = _either(words)
    if words.found:
        raise words.wrong(
            f"“{words.found[0][1]}” is too much", ' Write for example tag("gardeners") and not field.town.'
        )
    return found


def _either(words: _Words) -> _Condition:
    parts = [_both(words)]
    while words.take("or"):
        parts.append(_both(words))
    if len(parts) == 1:
        return parts[0]
    return lambda facts: any(part(facts) for part in parts)


def _both(words: _Words) -> _Condition:
    parts = [_one(words)]
    while words.take("and"):
        parts.append(_one(words))
    if len(parts) == 1:
        return parts[0]
    return lambda facts: all(part(facts) for part in parts)


def _one(words: _Words) -> _Condition:
    if words.take("not"):
        negated = _one(words)
        return lambda facts: not negated(facts)
    if words.take("("):
        inside = _either(words)
        if not words.take(")"):
            raise words.wrong("a parenthesis is never closed")
        return inside
    if words.take("tag"):
        if not words.take("("):
            raise words.wrong('a tag is written tag("gardeners")')
        tag = words.text("tag(").strip().casefold()
        if not words.take(")"):
            raise words.wrong("a parenthesis is never closed")
        return lambda facts: tag in (one.casefold() for one in facts.tags)
    source = _source(words)
    sign = words.take("==", "!=")
    if sign is None:
        return lambda facts: bool(facts.of(source))
    wanted = words.text(sign).strip().casefold()

    def same(facts: Facts) -> bool:
        given = facts.of(source).casefold()
        within = source == "language" and given.replace("_", "-").startswith(f"{wanted}-")
        return given == wanted or within

    return same if sign == "==" else lambda facts: not same(facts)


def _near(name: str, names: Sequence[str]) -> str:
    found = difflib.get_close_matches(name, names, 1)
    return f" Did you mean “{found[0]}”?" if found else ""
