"""Changing a publication: each value is checked before anything is written."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.model.header import split_address
from newsletter.model.publication import Publication
from newsletter.send.address import wire_address
from newsletter.settings import Settings
from newsletter.store import Store, publications
from newsletter.text.characters import tidy
from newsletter.workflows.pairs import Pair, Value, key_and_value, parts

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def add(store: Store, clock: Clock, name: str) -> Publication:
    """A new publication of this name."""
    with store.writing() as tx:
        return publications.add(tx, _name(name), now=clock.now())


def change(store: Store, settings: Settings, publication: Publication, pairs: Sequence[Pair]) -> Publication:
    """Set `KEY=VALUE` pairs: all of them, or none where one cannot be used."""
    fields: dict[str, Any] = {}
    for pair in pairs:
        key, value = key_and_value(pair, example="name='The Lantern'")
        if key not in _FIELDS:
            near = difflib.get_close_matches(key, _FIELDS, 1)
            hint = f" Did you mean “{near[0]}”?" if near else f" There are: {', '.join(_FIELDS)}."
            raise NewsletterError(f"A publication has no “{key}”.{hint}", where=key)
        column, read = _FIELDS[key]
        fields[column] = read(value)
    if "theme" in fields:
        from newsletter.render.themes import open_theme

        open_theme(fields["theme"], settings)
    with store.writing() as tx:
        return publications.change(tx, publication.id, fields)


def duration_text(duration: timedelta) -> str:
    """A duration as a person writes it: `2h`, `90m`, `45s`."""
    seconds = int(duration.total_seconds())
    for unit in ("d", "h", "m"):
        if seconds and seconds % _UNITS[unit] == 0:
            return f"{seconds // _UNITS[unit]}{unit}"
    return f"{seconds}s"


def read_duration(text: str) -> timedelta:
    """A duration from `2h`, `90m`, `45s`, `1d`, or a bare number of seconds."""
    match = re.fullmatch(r"(\d{1,8})\s*([smhd]?)", text)
    if match is None:
        raise NewsletterError(f"“{text}” is not a duration; write 2h, 90m or 45s.", where="send_late_within")
    return timedelta(seconds=int(match[1]) * _UNITS[match[2] or "s"])


def _line(key: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if any(ord(character) < 32 for character in value):
            raise NewsletterError(f"“{key}” is one line, without control characters.", where=key)
        return tidy(value)

    return read


def _name(value: str) -> str:
    name = _line("name")(value.strip()).strip()
    if not name:
        raise NewsletterError("A publication needs a name.", where="name")
    return name


def _mailbox(key: str, *, required: bool = False) -> Callable[[str], str]:
    def read(value: str) -> str:
        value = _line(key)(value)
        if not (value or required):
            return value
        name, address = split_address(value)
        plain = not value.startswith('"')
        if not _is_mailed(address) or (plain and re.search("[<>]", name)):
            raise NewsletterError(f"“{value}” is not an address; write {key}='Name <desk@example.org>'.", where=key)
        if plain and name and re.search(r'[][()<>@,:;.\\"]', name):  # “Ito, Jo” is one person, and not a list of two
            escaped = re.sub(r'(["\\])', r"\\\1", name)
            return f'"{escaped}" <{address}>'
        return value

    return read


def _is_mailed(address: str) -> bool:
    """Whether a message can come from it, or go there."""
    try:
        return ".." not in wire_address(address)
    except ValueError:
        return False


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as cause:
        raise NewsletterError(
            f"There is no time zone “{value}”; write one like Europe/Berlin or America/New_York.", where="zone"
        ) from cause
    return value


def _language(value: str) -> str:
    from babel import Locale, UnknownLocaleError

    try:
        Locale.parse(value, sep="-" if "-" in value else "_")
    except (UnknownLocaleError, ValueError) as cause:
        raise NewsletterError(
            f"“{value}” is not a language; write one like en, de or pt-BR.", where="language"
        ) from cause
    return value.replace("_", "-")


def _subject(value: str) -> str:
    from newsletter.render.subject import check_convention

    check_convention(value)
    return value


def _date_format(value: str) -> str:
    from newsletter.render.dates import check_date_format

    check_date_format(_line("date_format")(value))
    return value


def _days(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 730:
        raise NewsletterError("event_days is a number of days from 1 to 730.", where="event_days")
    return int(value)


def _grouping(value: str) -> str:
    if value not in ("", "none", "day", "week", "city"):
        raise NewsletterError(
            f"event_grouping is day, week or city, or none for a plain list; not “{value}”.", where="event_grouping"
        )
    return "" if value == "none" else value


def _event_zones(value: Value) -> tuple[str, ...]:
    zones = tuple(_zone(one) for one in parts(value, lambda text: re.split(r"[,\s]+", text)))
    if len(zones) == 1 or len(zones) > 4:
        raise NewsletterError(
            "event_zones are two to four zones, such as America/New_York,Europe/Berlin, or empty for each event's own.",
            where="event_zones",
        )
    return zones


def _address(value: str) -> str:
    return "\n".join(line.strip() for line in value.replace("\r", "").split("\n") if line.strip())


def _outlets(value: Value) -> tuple[str, ...]:
    return parts([_line("outlets")(name) for name in parts(value)])


_FIELDS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "name": ("name", _name),
    "from": ("sender", _mailbox("from", required=True)),
    "reply_to": ("reply_to", _mailbox("reply_to")),
    "address": ("address", _address),
    "tagline": ("tagline", _line("tagline")),
    "zone": ("zone", _zone),
    "language": ("language", _language),
    "theme": ("theme", _line("theme")),
    "subject": ("subject", _subject),
    "date_format": ("date_format", _date_format),
    "event_days": ("event_days", _days),
    "event_grouping": ("event_grouping", _grouping),
    "event_zones": ("event_zones", _event_zones),
    "send_late_within": ("send_late_within", read_duration),
    "outlets": ("outlets", _outlets),
}
