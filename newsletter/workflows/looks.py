"""The look of a newsletter: the variables of its theme, set by its editors in a form or from the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from newsletter.errors import NewsletterError, NotFound
from newsletter.render.themes import Theme, open_theme
from newsletter.render.variables import BadVariable, Value, Variable, near, typed
from newsletter.store import looks
from newsletter.workflows.publish import Desk


@dataclass(frozen=True)
class Look:
    """A theme as a newsletter has it."""

    theme: Theme
    """With the values that editors gave."""
    given: Mapping[str, Value]
    """Those alone."""


def look_of(desk: Desk, theme: str | None = None) -> Look:
    """The look of a theme, else of the newsletter's. Raises NotFound, TemplateError."""
    opened = open_theme(theme or desk.publication.theme, desk.settings)
    with desk.store.reading() as tx:
        given = looks.get(tx, desk.publication.id, opened.name)
    return Look(opened.with_values(given), {name: one for name, one in given.items() if name in opened.declared})


def set_look(desk: Desk, theme: str | None, wanted: Mapping[str, str]) -> Look:
    """Give variables these values, as a form sends them; an empty one goes back to what the theme says.

    Raises NewsletterError, and then nothing has changed, where one is unknown or cannot have that value.
    """
    opened = open_theme(theme or desk.publication.theme, desk.settings)
    fresh: dict[str, Value | None] = {}
    for name, text in wanted.items():
        variable = opened.declared.get(name)
        if variable is None:
            raise NotFound(
                f"The theme “{opened.name}” has no variable “{name}”.{near(name, opened.declared)}", where=name
            )
        fresh[name] = _value(variable, text)
    with desk.store.writing() as tx:
        given: dict[str, Value] = looks.get(tx, desk.publication.id, opened.name)
        for name, value in fresh.items():
            given.pop(name, None)
            if value is not None and value != opened.declared[name].value:
                given[name] = value
        looks.keep(tx, desk.publication.id, opened.name, given)
    return look_of(desk, opened.name)


def _value(variable: Variable, text: str) -> Value | None:
    if not text.strip():
        return None
    try:
        return typed(variable, text.strip())
    except BadVariable as cause:
        raise NewsletterError(str(cause), code="variable", where=variable.name) from cause
