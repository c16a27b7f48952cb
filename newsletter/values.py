"""Reading one value of the settings: of the right kind, within its limits, and named where it is not."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from typing import Any

from newsletter.errors import SettingsError


def refuse_unknown(table: Mapping[str, Any], names: set[str], prefix: str, where: str) -> None:
    """Raise SettingsError for a setting that there is not, with the one that may be meant."""
    for name in table:
        if name not in names:
            near = difflib.get_close_matches(name, names, 1)
            hint = f" Did you mean “{prefix}{near[0]}”?" if near else ""
            raise SettingsError(f"There is no setting “{prefix}{name}”.{hint}", where=where)


def sub_table(table: Mapping[str, Any], name: str, names: set[str], where: str) -> Mapping[str, Any]:
    """The table of this name in another one, or an empty one. Raises SettingsError."""
    sub = table.get(name, {})
    if not isinstance(sub, dict):
        raise SettingsError(f"“{name}” is a table: write [{name}] above its settings.", where=where)
    refuse_unknown(sub, names, f"{name}.", where)
    return sub


def value_of(table: Mapping[str, Any], name: str, kind: type, default: Any, where: str) -> Any:
    """A value of this kind, or the default. Raises SettingsError, which never repeats the value."""
    value = table.get(name, default)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        names = {str: "a text in quotes", int: "a whole number", float: "a number", bool: "true or false"}
        # never the value itself: it may be a password
        raise SettingsError(f"The setting “{name}” must be {names[kind]}.", where=where)
    if isinstance(value, float) and not math.isfinite(value):
        raise SettingsError(f"The setting “{name}” must be a number that ends.", where=where)
    if isinstance(value, str) and any(ord(letter) < 32 for letter in value):
        raise SettingsError(f"The setting “{name}” must be one line, without control characters.", where=where)
    return value


def within(prefix: str, settings: object, limits: Mapping[str, tuple[float, float]], where: str) -> None:
    """Refuse numbers that no machine can work with."""
    for name, (least, most) in limits.items():
        if not least <= getattr(settings, name) <= most:
            raise SettingsError(f"The setting “{prefix}{name}” must be from {least:,g} to {most:,g}.", where=where)
