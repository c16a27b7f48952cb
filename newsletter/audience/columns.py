"""The columns of a list of readers: what each cell means, in and out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from newsletter.audience.addresses import BadAddress, read_address
from newsletter.errors import NewsletterError
from newsletter.model.subscriber import Consent, Subscriber
from newsletter.text.characters import tidy

KNOWN = ("email", "name", "tags", "language", "timezone", "status")
"""Columns with a meaning, as they are exported; every other one is a custom field."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_BETWEEN_TAGS = re.compile(r"[,;|]")


class Row(NamedTuple):
    """What a row says of a reader. None: the file has no such column, and what is known stays.

    `fields`: the custom fields that the file has, empty ones included. `consent`: none also where the cell is empty:
    confirmed, by the import.
    """

    line: int
    email: str
    email_key: str
    fields: Mapping[str, str]
    name: str | None = None
    tags: tuple[str, ...] | None = None
    language: str | None = None
    zone: str | None = None
    consent: Consent | None = None


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be imported, and why: a sentence without its full stop."""

    reason: str


@dataclass(frozen=True)
class Columns:
    """Which cell of a row means what: positions from 0."""

    places: Mapping[str, int]
    custom: tuple[tuple[int, str], ...]
    unnamed: tuple[int, ...]

    @property
    def one_line(self) -> frozenset[int]:
        """The cells that hold no line breaks."""
        return frozenset(self.places.values())

    def read(self, line: int, cells: Sequence[str]) -> Row | BadRow:
        """The meaning of a row with as many cells as the header."""
        address = read_address(cells[self.places["email"]])
        if isinstance(address, BadAddress):
            return BadRow(address.reason)
        said = {name: cells[at] for name, at in self.places.items()}
        for name, wrong in _WRONG.items():
            if (cell := said.get(name)) and (reason := wrong(cell)):
                return BadRow(reason)
        if self.unnamed and any(cells[at] for at in self.unnamed):
            return BadRow("it has a cell in a column without a name")
        status = said.get("status")
        return Row(
            line=line,
            email=address.typed,
            email_key=address.key,
            name=tidy(said["name"]) if "name" in said else None,
            tags=tags_of(said["tags"]) if "tags" in said else None,
            language=said.get("language"),
            zone=said.get("timezone"),
            consent=Consent(status.lower()) if status else None,
            fields={name: cells[at] for at, name in self.custom},
        )


def read_header(names: Sequence[str], path: Path) -> Columns:
    """The columns of a file by their names; known ones in any case.

    Raises NewsletterError where a name is there twice.
    """
    places: dict[str, int] = {}
    custom: dict[str, int] = {}
    for at, name in enumerate(names):
        plain = name.casefold()
        if plain in places or name in custom:
            raise NewsletterError(
                f"{path} has the column “{name}” twice; rename one. Nothing was imported.", where=str(path)
            )
        if plain in KNOWN:
            places[plain] = at
        elif name and not (path.name == "rejected.csv" and plain == "reason"):  # ours, mended and imported again
            custom[name] = at
    unnamed = tuple(at for at, name in enumerate(names) if not name)
    return Columns(places, tuple((at, name) for name, at in custom.items()), unnamed)


def tags_of(text: str) -> tuple[str, ...]:
    """The tags in a cell, between commas, semicolons or bars; each once."""
    if not text:
        return ()
    return tuple(dict.fromkeys(filter(None, (" ".join(tag.split()) for tag in _BETWEEN_TAGS.split(text)))))


def cells_of(reader: Subscriber, custom: Sequence[str]) -> list[str]:
    """A reader as the cells of `KNOWN` and then of the custom fields; `Columns.read` takes them back unchanged."""
    return [
        reader.email,
        reader.name,
        ", ".join(reader.tags),
        reader.language,
        reader.zone,
        reader.consent.value,
        *(reader.fields.get(name, "") for name in custom),
    ]


def _wrong_name(name: str) -> str | None:
    return "the name has control characters" if _CONTROL.search(name) else None


@lru_cache(maxsize=256)
def _wrong_language(language: str) -> str | None:
    if len(language) <= 35 and _LANGUAGE.fullmatch(language):
        return None
    return f"the language “{language[:40]}” is not a tag such as en or pt-BR"


@lru_cache(maxsize=256)
def _wrong_zone(zone: str) -> str | None:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):  # OSError: a folder of the database, such as “Europe”
        return f"the time zone “{zone[:40]}” is not one such as Europe/London"
    return None


@lru_cache(maxsize=256)
def _wrong_status(status: str) -> str | None:
    if status.lower() in {consent.value for consent in Consent}:
        return None
    return f"the status “{status[:40]}” is none of {', '.join(Consent)}"


_WRONG: dict[str, Callable[[str], str | None]] = {
    "name": _wrong_name,
    "language": _wrong_language,
    "timezone": _wrong_zone,
    "status": _wrong_status,
}
