"""Setting the rule of a digest: each value is checked before anything is written."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from newsletter.errors import NewsletterError
from newsletter.model.digest import Choice, Digest, Then
from newsletter.model.source import SourceId
from newsletter.store import digests, sources
from newsletter.text.characters import tidy
from newsletter.workflows.pairs import Pair, Value, key_and_value, parts
from newsletter.workflows.publications import read_duration
from newsletter.workflows.publish import Desk

MOST = 500


def change(desk: Desk, pairs: Sequence[Pair], *, check_cadence: Callable[[str], object]) -> Digest:
    """Set `KEY=VALUE` pairs of the digest, which is made where there is none: all of them, or none where one is wrong.

    An empty value takes the usual one. It runs by itself from now on. `check_cadence` raises for a rule that is none.
    """
    with desk.store.reading() as tx:
        old = digests.get(tx, desk.publication.id)
        known = sources.listing(tx, desk.publication.id)
    plain = Digest(publication=desk.publication.id, since=desk.clock.now())
    digest = old or plain
    if digest.waits_why is not None:  # a person agrees by this
        digest = replace(digest, waits_why=None, since=desk.clock.now())
    for pair in pairs:
        key, value = key_and_value(pair, example="most=12")
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, 1)
            hint = f" Did you mean “{near[0]}”?" if near else f" There are: {', '.join(_KEYS)}."
            raise NewsletterError(f"A digest has no “{key}”.{hint}", where=key)
        column, read = _KEYS[key]
        usual = getattr(plain, column)
        if key == "cadence" and isinstance(value, str) and value:
            check_cadence(value)
            if digest.rule != value:  # what passed by another rule is over
                digest = replace(digest, since=desk.clock.now())
        found: Any = read(value) if value else usual
        if key == "sources" and value:
            found = _sources(
                found, {one.name.casefold(): one.id for one in known} | {str(one.id): one.id for one in known}
            )
        digest = replace(digest, **{column: found})
    if digest.least > digest.most:
        raise NewsletterError(f"least={digest.least} is more than most={digest.most}.", where="least")
    if digest.theme is not None:
        from newsletter.render.themes import open_theme

        open_theme(digest.theme, desk.settings)
    if digest.subject is not None:
        from newsletter.render.subject import check_convention

        check_convention(digest.subject)
    with desk.store.writing() as tx:
        digests.put(tx, digest)
    return digest


def _line(value: str) -> str:
    if any(ord(character) < 32 for character in value):
        raise NewsletterError("A value of a digest is one line, without control characters.", where=value[:40])
    return tidy(value)


def _names(value: Value) -> tuple[str, ...]:
    return parts([_line(name) for name in parts(value)])


def _sources(names: tuple[str, ...], known: dict[str, SourceId]) -> tuple[SourceId, ...]:
    for name in names:
        if name.casefold() not in known:
            raise NewsletterError(
                f"There is no source “{name}”; newsletter sources list shows their names and ids.", where="sources"
            )
    return tuple(dict.fromkeys(known[name.casefold()] for name in names))


def _count(key: str) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not value.isdecimal() or not 1 <= int(value) <= MOST:
            raise NewsletterError(f"{key} is a number of items from 1 to {MOST}.", where=key)
        return int(value)

    return read


def _choice(value: str) -> Choice:
    if value not in list(Choice):
        raise NewsletterError(
            f"choose is newest, or outlet for the newest of each outlet; not “{value}”.", where="choose"
        )
    return Choice(value)


def _then(value: str) -> Then:
    if value not in list(Then):
        raise NewsletterError(f"then is send, or wait for a person's approval; not “{value}”.", where="then")
    return Then(value)


def _age(value: str) -> timedelta:
    age = read_duration(value)
    if not age:
        raise NewsletterError("max_age is a duration, as 2d or 36h.", where="max_age")
    return age


_KEYS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "cadence": ("rule", _line),
    "sources": ("sources", _names),
    "sections": ("sections", _names),
    "most": ("most", _count("most")),
    "least": ("least", _count("least")),
    "choose": ("choose", _choice),
    "max_age": ("max_age", _age),
    "title": ("title", _line),
    "subject": ("subject", _line),
    "theme": ("theme", _line),
    "then": ("then", _then),
}
