"""The commands by their names. Each is made when it is called: making all takes longer than most of them take."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, MutableMapping
from typing import Any

import typer
import typer.core
import typer.main

PLACES = {
    "init": "init:init",
    "demo": "demo:demo",
    "publication": "publication:app",
    "sources": "sources:app",
    "collect": "collect:collect",
    "items": "items:app",
    "events": "events:app",
    "issue": "issue:app",
    "theme": "theme:app",
    "subscribers": "subscribers:app",
    "cadence": "cadence:app",
    "digest": "digest:app",
    "doctor": "doctor:doctor",
    "backup": "backup:backup",
    "restore": "backup:restore",
    "db": "backup:db",
    "people": "people:app",
    "serve": "serve:serve",
}
"""Each command and where it lives: `file:name` in this folder."""


class Commands(MutableMapping[str, Any]):
    """What the parser knows under each name: a command, or a group of them."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = _made(name, PLACES[name])
        return self._made[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        del self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in PLACES or name in self._made

    def __iter__(self) -> Iterator[str]:
        return iter({**PLACES, **self._made})

    def __len__(self) -> int:
        return len({**PLACES, **self._made})


class Root(typer.core.TyperGroup):
    """`newsletter` itself."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = Commands()


def _made(name: str, place: str) -> Any:
    module, attribute = place.split(":")
    found = getattr(importlib.import_module(f"newsletter.cli.{module}"), attribute)
    around = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
    if isinstance(found, typer.Typer):
        around.add_typer(found, name=name)
    else:
        around.command(name)(found)
    return typer.main.get_group(around).commands[name]
