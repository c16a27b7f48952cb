"""Calendars by their address: collected as a source, and imported once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from newsletter.clock import Clock
from newsletter.collect.address import read_address
from newsletter.errors import NewsletterError
from newsletter.model.event import EventStatus
from newsletter.model.publication import Publication
from newsletter.model.source import SourceKind, SourceStatus
from newsletter.settings import Fetching, Settings
from newsletter.store import Store, events
from newsletter.workflows import sources
from newsletter.workflows.calendars import import_events
from newsletter.workflows.collect import collect


def vcalendar(*events: str) -> str:
    body = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{body}END:VCALENDAR\r\n"


FAIR = "UID:fair\r\nSUMMARY:Fair\r\nDTSTART;VALUE=DATE:20261205"
TALK = "UID:talk\r\nSUMMARY:Talk\r\nDTSTART;TZID=Eastern Standard Time:20261208T190000"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(workspace=tmp_path, fetching=Fetching(allow_private_hosts=True))


@pytest.mark.parametrize(
    ("text", "kind", "url"),
    [
        ("webcal://alderwick.example/on", SourceKind.CALENDAR, "https://alderwick.example/on"),
        ("https://alderwick.example/on.ics?x=1", SourceKind.CALENDAR, "https://alderwick.example/on.ics?x=1"),
        ("https://alderwick.example/feed.xml", SourceKind.FEED, "https://alderwick.example/feed.xml"),
    ],
)
def test_a_calendars_address_is_known_by_its_form(text: str, kind: SourceKind, url: str) -> None:
    found = read_address(text, Path())
    assert (found.kind, found.url) == (kind, url)


def test_a_calendar_is_collected_on_its_cadence_and_its_changes_with_it(
    store: Store, publication: Publication, clock: Clock, web: Any, settings: Settings
) -> None:
    url = web.serve("/on.ics", vcalendar(FAIR, TALK), etag='"1"')
    sources.add(store, clock, publication, url, name="Town")
    (first,) = collect(store, settings, clock, publication).outcomes
    assert (first.status, first.events, first.error) == (SourceStatus.OK, 2, None)
    (again,) = collect(store, settings, clock, publication).outcomes
    assert (again.status, again.events) == (SourceStatus.NOT_MODIFIED, 0)
    moved = TALK.replace("20261208T19", "20261209T20")
    web.serve("/on.ics", vcalendar(f"{FAIR}\r\nSTATUS:CANCELLED\r\nSEQUENCE:1", f"{moved}\r\nSEQUENCE:1"), etag='"2"')
    (third,) = collect(store, settings, clock, publication).outcomes
    assert (third.status, third.events) == (SourceStatus.OK, 0)
    with store.reading() as tx:
        found = {event.data.uid: event.data for event in events.listing(tx, publication.id)}
    assert found["fair"].status is EventStatus.CANCELLED
    assert found["talk"].start.isoformat() == "2026-12-09T20:00:00-05:00"


def test_a_page_in_a_calendars_place_is_an_error_with_a_sentence(
    store: Store, publication: Publication, clock: Clock, web: Any, settings: Settings
) -> None:
    sources.add(store, clock, publication, web.serve("/on.ics", "<html>Sign in</html>"))
    (one,) = collect(store, settings, clock, publication).outcomes
    assert (one.status, one.events) == (SourceStatus.ERROR, 0)
    assert "no calendar" in (one.error or "")


def test_events_of_a_page_are_imported_once_and_updated(
    sqlite_store: Store, clock: Clock, web: Any, settings: Settings, tmp_path: Path
) -> None:
    from newsletter.store import publications

    with sqlite_store.writing() as tx:
        letter = publications.add(tx, "Letter", now=clock.now(), zone="America/New_York")
    told = (
        '<script type="application/ld+json">{"@type":"Event","name":"%s","@id":"#1","startDate":"2026-12-05"}</script>'
    )
    url = web.serve("/on", f"<html>{told % 'Fair'}</html>")
    assert import_events(sqlite_store, settings, clock, letter, url).new == 1
    web.serve("/on", f"<html>{told % 'Winter fair'}</html>")
    second = import_events(sqlite_store, settings, clock, letter, url)
    assert (second.new, second.updated) == (0, 1)
    file = tmp_path / "on.csv"
    file.write_text("title,date\nWinter fair,2026-12-05\nWalk,2026-12-06\n")
    third = import_events(sqlite_store, settings, clock, letter, str(file))
    assert (third.new, third.updated) == (1, 0)
    with pytest.raises(NewsletterError, match="404"):
        import_events(sqlite_store, settings, clock, letter, web.url("/nothing"))
