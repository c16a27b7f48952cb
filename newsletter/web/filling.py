"""A page for readers poured into its template. The workspace's own are filled elsewhere, under limits."""

from __future__ import annotations

import atexit
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from newsletter.bounded import Bounded, Unfinished
from newsletter.render.themes import Folder, shipped_templates

FOLDER = "public"
TIME_LIMIT = 5.0
"""Seconds for one page."""
LONGEST = 5_000_000
"""Characters of a page."""

_Stamp = tuple[tuple[str, int], ...]
_given_up: dict[tuple[Path, str], _Stamp] = {}
"""Pages that took all the time or memory there is, and the files of their folder then: not tried again as they are."""


def fill(templates: Path, template: str, values: Mapping[str, Any]) -> str:
    """The page, where the files of `templates`/public win over ours, file by file.

    Where there is any, the page is filled in a process of its own, under limits of time and memory. Raises anything:
    a template is a program.
    """
    own = templates / FOLDER
    files = _stamp(own)
    if not files:
        return work(((shipped_templates() / FOLDER,), template, values))
    if _given_up.get((own, template)) == files:
        raise Unfinished("late", "the last time, and nothing has changed")
    try:
        page: str = _warm(TIME_LIMIT).ask(((own, shipped_templates() / FOLDER), template, values))
    except Unfinished as cause:
        if cause.why in ("late", "memory", "ended"):
            _given_up[own, template] = files
        raise
    return page


def work(question: tuple[tuple[Path, ...], str, Mapping[str, Any]]) -> str:
    """Fill one page. What the process does, and we ourselves with the templates that are ours."""
    folders, template, values = question
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([Folder(folder) for folder in folders]), autoescape=True, undefined=StrictUndefined
    )
    page = environment.get_template(template).render(values)
    if len(page) > LONGEST:
        raise ValueError("The page is too long.")
    return page


def _stamp(folder: Path) -> _Stamp:
    """The files of a folder and when each was changed."""
    if not folder.is_dir():
        return ()
    return tuple(sorted((file.name, file.lstat().st_mtime_ns) for file in folder.iterdir()))


@cache
def _warm(time_limit: float) -> Bounded:
    process = Bounded("newsletter.web.filling:work", time_limit=time_limit)
    atexit.register(process.stop)
    return process
