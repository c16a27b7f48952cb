"""The calendar for programs: what goes on, pasted lines in, edits, and the rows in which each is answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from newsletter.errors import NewsletterError
from newsletter.events.editing import edited
from newsletter.events.lines import read_lines
from newsletter.events.occurrences import occurrences, rows_of
from newsletter.events.write_ics import write_ics
from newsletter.model.event import Event, EventId, EventStatus, Occurrence
from newsletter.model.when import local_day
from newsletter.store import events, publications
from newsletter.workflows.answers.events import EventJson, UnreadLineJson
from newsletter.workflows.publish import Desk
from newsletter.workflows.shapes import event_json


@dataclass(frozen=True)
class Rows:
    """What stands in the calendar now, a row for each date, and (wording, why) for what could not be read."""

    found: tuple[Occurrence, ...]
    refused: tuple[tuple[str, str], ...] = ()

    def json(self) -> list[EventJson | UnreadLineJson]:
        """The rows as JSON, then what could not be read."""
        unread: list[EventJson | UnreadLineJson] = [{"wording": wording, "error": why} for wording, why in self.refused]
        return [*(event_json(one) for one in self.found), *unread]


def today(desk: Desk) -> date:
    """The day it is where the newsletter is."""
    return local_day(desk.clock.now(), desk.publication.zone)


def between(desk: Desk, first: date | None, last: date | None) -> list[Occurrence]:
    """What goes on between two days, by date; without them: from today as far as an issue looks ahead.

    Raises NewsletterError where the last lies before the first, or that day is in no calendar.
    """
    first = first or today(desk)
    try:
        last = last or first + timedelta(days=desk.publication.event_days)
    except OverflowError as cause:
        raise NewsletterError(f"--from {first} is too far ahead; give a nearer day.", where="--from") from cause
    if last < first:
        raise NewsletterError(f"--to {last} lies before --from {first}; swap the two.", where="--to")
    with desk.store.reading() as tx:
        found = events.listing(tx, desk.publication.id)
    return occurrences(found, first=first, last=last, zone=desk.publication.zone)


def add_lines(desk: Desk, text: str) -> Rows:
    """Keep the events of pasted lines, one each."""
    publication = desk.publication
    read = read_lines(text, today=today(desk), zone=publication.zone, language=publication.language)
    with desk.store.writing() as tx:
        kept = events.keep(tx, publication.id, read.events, now=desk.clock.now())
    return rows(desk, kept.ids, read.refused)


def edit(desk: Desk, event: int, **fields: Any) -> Rows:
    """Change an event (see `events.editing.edited`); it keeps its UID. Raises NotFound, NewsletterError."""
    with desk.store.writing() as tx:
        old = events.get(tx, desk.publication.id, EventId(event))
        data = edited(old.data, zone=desk.publication.zone, **fields)
        events.edit(tx, desk.publication.id, old.id, data, now=desk.clock.now())
    return rows(desk, [old.id])


def share(desk: Desk, event: int, other: str) -> Rows:
    """Let an event appear in another newsletter, named by its name or slug, too. Raises NotFound."""
    with desk.store.writing() as tx:
        events.share(tx, desk.publication.id, EventId(event), publications.find(tx, other).id)
    return rows(desk, [EventId(event)])


def remove(desk: Desk, wanted: Sequence[int]) -> list[Event]:
    """Take events out; a collected one is kept as cancelled. All of them, or none. Raises NotFound."""
    with desk.store.writing() as tx:
        return [events.remove(tx, desk.publication.id, EventId(one), now=desk.clock.now()) for one in wanted]


def rows_for(desk: Desk, found: Iterable[Event]) -> Rows:
    """The rows of these events, as they are given."""
    day = today(desk)
    return Rows(tuple(row for one in found for row in rows_of(one, today=day)))


def rows(desk: Desk, ids: Iterable[EventId], refused: Sequence[tuple[str, str]] = ()) -> Rows:
    """What is stored of these events now, by date; and what was refused."""
    wanted = list(dict.fromkeys(ids))
    with desk.store.reading() as tx:
        found = {one.id: one for one in events.listing(tx, desk.publication.id) if one.id in set(wanted)}
    ordered = sorted(
        rows_for(desk, [found[one] for one in wanted]).found, key=lambda row: (row.first_date, row.start.isoformat())
    )
    return Rows(tuple(ordered), tuple(refused))


def export(desk: Desk) -> tuple[bytes, list[Event]]:
    """The confirmed and cancelled events as .ics (RFC 5545), and as they are."""
    publication = desk.publication
    with desk.store.reading() as tx:
        found = events.listing(tx, publication.id, (EventStatus.CONFIRMED, EventStatus.CANCELLED))
    return write_ics(found, name=publication.name, now=desk.clock.now(), zone=publication.zone), found
