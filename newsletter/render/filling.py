"""A view poured into a theme: the HTML inlined, and the text. A user's theme is filled in a warm process of its own."""

from __future__ import annotations

import atexit
from collections.abc import Mapping
from functools import cache
from typing import Any

from newsletter.bounded import Bounded, Unfinished
from newsletter.render.inline import SheetError, inline
from newsletter.render.themes import TemplateError, Theme

TIME_LIMIT = 10.0
"""Seconds for one issue."""

_Answer = tuple[str, str] | tuple[str, str, str | None]


def fill(theme: Theme, view: Mapping[str, Any], *, time_limit: float = TIME_LIMIT) -> tuple[str, str]:
    """The HTML part and the text part of a view.

    Templates of ours are filled here. Others are filled under limits of time and memory: a template with an endless
    loop is one sentence. Raises TemplateError with the file and the line.
    """
    if theme.is_shipped:
        return _filled(theme, view)
    try:
        answer: _Answer = _warm(time_limit).ask((theme, view))
    except Unfinished as cause:
        why = {
            "late": f"took longer than {time_limit:g} s; look for a loop in a loop in its templates",
            "memory": "needs too much memory; look for what grows in its templates",
        }.get(cause.why, f"ended the process that fills it ({cause.why} {cause.detail}".rstrip() + ")")
        where = f"templates/{theme.name}"
        raise TemplateError(f"The theme “{theme.name}” {why}.", where=where) from cause
    if answer[0] == "error":
        raise TemplateError(answer[1], where=str(answer[-1]))
    return answer[0], answer[1]


def _filled(theme: Theme, view: Mapping[str, Any]) -> tuple[str, str]:
    html = theme.render("issue.html.j2", view)
    return _inlined(theme, html), theme.render("issue.txt.j2", view)


def _inlined(theme: Theme, html: str) -> str:
    try:
        return inline(html, theme.sheet("inline.css"), theme.sheet("head.css"))
    except SheetError as cause:
        where, line = theme.place_in_sheet(cause.sheet, cause.culprit)
        said = f", in “{line[:80]}”." if line else "."
        raise TemplateError(f"{where}: {str(cause).rstrip('.')}{said}", where=where) from cause


@cache
def _warm(time_limit: float) -> Bounded:
    process = Bounded("newsletter.render.filling:work", time_limit=time_limit)
    atexit.register(process.stop)
    return process


def work(question: tuple[Theme, Mapping[str, Any]]) -> _Answer:
    """What the process answers: both parts, or the mistake and its place."""
    try:
        return _filled(*question)
    except TemplateError as cause:
        return "error", cause.message, cause.where
