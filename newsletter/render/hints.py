"""What a designer needs to know of a mistake: what it is, the line it stands in, and what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment

from newsletter.render.variables import near

_NAMES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"has no attribute '(\w+)'"), "view"),
    (re.compile(r"'(\w+)' is undefined"), "view"),
    (re.compile(r"No filter named '(\w+)'"), "filters"),
    (re.compile(r"No test named '(\w+)'"), "tests"),
    (re.compile(r"unknown tag '(\w+)'"), "tags"),
)
_TAGS = frozenset(
    [
        "if", "elif", "else", "endif", "for", "endfor", "block", "endblock", "extends", "include", "import", "from",
        "macro", "endmacro", "call", "endcall", "set", "endset", "filter", "endfilter", "raw", "endraw",
    ]
)  # fmt: skip
_LINE = re.compile(r"line (\d+)")


def hint(cause: BaseException, file: Path | None, line: int, view: Mapping[str, Any], environment: Environment) -> str:
    """One or two sentences on one line: the mistake, the source line, and “Did you mean”."""
    said = " ".join(str(cause).split()) or type(cause).__name__
    written = _written(file, line)
    if written:
        said = f"{said.rstrip('.')}, in “{written}”"
    return f"{said.rstrip('.')}.{_meant(str(cause), view, environment)}"


def line_of(text: str, cause: BaseException) -> int:
    """The line that a message names, else the first."""
    found = _LINE.search(str(cause))
    return min(int(found[1]), text.count("\n") + 1) if found else 1


def _written(file: Path | None, line: int) -> str:
    if file is None:
        return ""
    try:
        written = " ".join(file.read_text(encoding="utf-8").splitlines()[line - 1].split())
    except (OSError, UnicodeDecodeError, IndexError):
        return ""
    return written if len(written) <= 120 else f"{written[:119]}…"


def _meant(said: str, view: Mapping[str, Any], environment: Environment) -> str:
    for pattern, kind in _NAMES:
        if found := pattern.search(said):
            names: Iterable[str] = {
                "view": _keys(view),
                "filters": environment.filters,
                "tests": environment.tests,
                "tags": _TAGS,
            }[kind]
            return near(found[1], set(names) - {found[1]})
    return ""


def _keys(value: Any) -> Iterator[str]:
    """All names that a template could have meant."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)
