"""Patterns that are compiled when a text is first held against them.

Some of the grammar's are so large that compiling all of them takes half a second: time that every command would wait
for, and that only the ones that read lines make use of.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, cast


class _Later:
    """Stands for a pattern, and hands on what it can do."""

    def __init__(self, source: str, flags: int) -> None:
        self._source, self._flags = source, flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._source, self._flags)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._compiled, name)
        self.__dict__[name] = found  # from now on a call costs what it costs on the pattern itself
        return found


def lazily(source: str, flags: int = 0) -> re.Pattern[str]:
    """What `re.compile` returns, but compiled at the first use; a fault in the source is raised then, as `re.error`.

    The pattern that a match names (`match.re`) is the compiled one, not this.
    """
    return cast("re.Pattern[str]", _Later(source, flags))
