"""Events in collected material: those of dropped calendars are meant, all others are proposed to an editor."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from newsletter.collect.found import CalendarFile, Found
from newsletter.model.event import EventData, EventStatus
from newsletter.model.publication import Publication, PublicationId
from newsletter.model.source import SourceId
from newsletter.model.when import local_day
from newsletter.store import Tx, events


def read_events(
    found: Found, publication: Publication, now: datetime, *, meant: bool = True
) -> tuple[list[EventData], str | None]:
    """The events of calendars and of lines that name a day, and what was left out of calendars.

    `meant`: somebody put the calendars there on purpose; by mail anybody can send one.
    """
    read, refused = _calendars(found.calendars, publication.zone, now)
    if not meant:
        read = [replace(one, status=EventStatus.PROPOSED) for one in read]
    return read + _proposed(found.event_lines, publication, now), refused


def keep_events(
    tx: Tx, publications: list[PublicationId], source: SourceId, read: list[EventData], now: datetime
) -> int:
    """Keep events for these publications; how many are new."""
    if not read:
        return 0
    return max((events.keep(tx, one, read, source=source, now=now).new for one in publications), default=0)


def _calendars(files: tuple[CalendarFile, ...], zone: str, now: datetime) -> tuple[list[EventData], str | None]:
    if not files:
        return [], None
    from newsletter.events.ics import read_ics

    read: list[EventData] = []
    refused: list[str] = []
    for file in files:
        calendar = read_ics(file.content, zone=zone, now=now, name=file.name)
        read += calendar.events
        refused += [f"{wording}: {reason.rstrip('.')}" for wording, reason in calendar.refused]
    return read, f"Events left out: {'; '.join(refused[:3])}." if refused else None


def _proposed(lines: tuple[str, ...], publication: Publication, now: datetime) -> list[EventData]:
    if not lines:
        return []
    from newsletter.events.lines import read_lines

    today = local_day(now, publication.zone)
    read = read_lines("\n".join(lines), today=today, zone=publication.zone, language=publication.language)
    return [replace(one, status=EventStatus.PROPOSED) for one in read.events]
