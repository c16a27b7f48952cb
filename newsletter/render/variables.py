"""The variables of a theme: what its theme.toml declares, with a type that every value must be of.

A declaration is a table, `[variables.accent]` with type, label, default and, for a choice, choices. A plain value,
`accent = "#0b5345"`, is another default for what a base declares; where nothing does, it declares its own type.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

Value = str | int | float | bool

TYPES = ("colour", "font", "image", "choice", "text", "switch", "number")
_KEYS = ("type", "label", "default", "choices")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_FONT = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9 -]*|'[A-Za-z][A-Za-z0-9 -]*')(?:, ?(?:[A-Za-z][A-Za-z0-9 -]*|'[A-Za-z][A-Za-z0-9 -]*'))*"
)
_IN_SHEET = re.compile(r"var\(\s*--([A-Za-z0-9_-]+)\s*\)")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
LONGEST_TEXT = 500


class BadVariable(ValueError):
    """A variable cannot be used; one sentence that says why."""


@dataclass(frozen=True, kw_only=True)
class Variable:
    """One variable, as a form would ask for it."""

    name: str
    type: str
    label: str = ""
    value: Value
    choices: tuple[str, ...] = ()


def declared(table: Mapping[str, Any], over: Mapping[str, Variable]) -> dict[str, Variable]:
    """The variables of a `[variables]` table over those of its base. Raises BadVariable."""
    known = dict(over)
    for name, given in table.items():
        known[name] = _declaration(name, given) if isinstance(given, dict) else _plain(name, given, known.get(name))
    return known


def typed(variable: Variable, text: str) -> Value:
    """What somebody typed, as a value of this variable. Raises BadVariable."""
    given: Any = text
    if variable.type == "switch":
        given = {
            "true": True,
            "on": True,
            "yes": True,
            "1": True,
            "false": False,
            "off": False,
            "no": False,
            "0": False,
        }.get(text.lower(), text)
    elif variable.type == "number":
        try:
            given = float(text) if "." in text else int(text)
        except ValueError:
            given = text
    return _checked(variable, given)


def overlaid(over: Mapping[str, Variable], values: Mapping[str, Value]) -> dict[str, Variable]:
    """Variables with other values; one that the theme does not know any more, or may not have, is left out."""
    known = dict(over)
    for name, value in values.items():
        try:
            if name in known:
                known[name] = replace(known[name], value=_checked(known[name], value))
        except BadVariable:
            continue
    return known


def in_sheet(css: str, values: Mapping[str, Value]) -> str:
    """A sheet with its `var(--name)` replaced: mail programs know no variables. Raises BadVariable."""

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name not in values:
            line = css.count("\n", 0, found.start()) + 1
            raise BadVariable(
                f"line {line} asks for var(--{name}), which theme.toml does not declare.{near(name, values)}"
            )
        return str(values[name])

    css = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), css)  # one may speak of variables
    return _IN_SHEET.sub(value, css)


def near(name: str, names: Iterable[str]) -> str:
    """“ Did you mean …?”, where one of the names is like it."""
    found = difflib.get_close_matches(name, list(names), 1)
    return f" Did you mean “{found[0]}”?" if found else ""


def _declaration(name: str, given: Mapping[str, Any]) -> Variable:
    if not _NAME.fullmatch(name):
        raise BadVariable(f"“{name}” is no name for a variable: write small letters, digits and underscores.")
    for key in given:
        if key not in _KEYS:
            raise BadVariable(f"The variable “{name}” has a key “{key}”, which is none.{near(key, _KEYS)}")
    type = given.get("type")
    if type not in TYPES:
        raise BadVariable(
            f"The variable “{name}” is of the type “{type}”; there are {', '.join(TYPES)}.{near(str(type), TYPES)}"
        )
    choices = given.get("choices", [])
    if not isinstance(choices, list) or not all(isinstance(one, str) for one in choices):
        raise BadVariable(f"The choices of the variable “{name}” must be a list of texts.")
    if (type == "choice") is not bool(choices):
        raise BadVariable(f"The variable “{name}” needs choices exactly if it is of the type choice.")
    if "default" not in given:
        raise BadVariable(f"The variable “{name}” has no default.")
    bare = Variable(name=name, type=type, label=str(given.get("label", "")), value="", choices=tuple(choices))
    return replace(bare, value=_checked(bare, given["default"]))


def _plain(name: str, given: Any, known: Variable | None) -> Variable:
    if known is not None:
        return replace(known, value=_checked(known, given))
    if not _NAME.fullmatch(name) or not isinstance(given, str | int | float | bool):
        raise BadVariable(
            f"“{name}” is no variable: [variables] may hold texts, numbers and true or false, each on its own line, or "
            f"tables [variables.{name}]."
        )
    type = "switch" if isinstance(given, bool) else "text" if isinstance(given, str) else "number"
    return Variable(name=name, type=type, value=given)


def _checked(variable: Variable, given: Any) -> Value:
    usable, wanted = _RULES[variable.type]
    if not usable(variable, given):
        raise BadVariable(f"The variable “{variable.name}” cannot be {given!r}: it must be {wanted(variable)}.")
    return given if isinstance(given, str | int | float | bool) else str(given)


def _is_image(given: Any) -> bool:
    try:
        return isinstance(given, str) and (
            not given or (urlsplit(given).scheme == "https" and bool(urlsplit(given).hostname) and given.isascii())
        )
    except ValueError:
        return False


def _is_text(given: Any) -> bool:
    return isinstance(given, str) and len(given) <= LONGEST_TEXT and not any(ord(letter) < 32 for letter in given)


_Rule = tuple[Callable[[Variable, Any], bool], Callable[[Variable], str]]
_RULES: Mapping[str, _Rule] = {
    "colour": (lambda _, given: isinstance(given, str) and bool(_COLOUR.fullmatch(given)), lambda _: "like #a8321a"),
    "font": (
        lambda _, given: isinstance(given, str) and bool(_FONT.fullmatch(given)),
        lambda _: "font names parted by commas, those of two words in single quotes",
    ),
    "image": (lambda _, given: _is_image(given), lambda _: "an https address, or empty"),
    "choice": (lambda one, given: given in one.choices, lambda one: f"one of {', '.join(one.choices)}"),
    "text": (lambda _, given: _is_text(given), lambda _: f"one line of at most {LONGEST_TEXT} characters"),
    "switch": (lambda _, given: isinstance(given, bool), lambda _: "true or false"),
    "number": (
        lambda _, given: isinstance(given, int | float) and not isinstance(given, bool),
        lambda _: "a number",
    ),
}
