"""The calendar for everybody: read without a session, taken along, and without what is not for everybody."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import icalendar
import pytest

from newsletter.clock import Clock
from newsletter.events.ics import read_ics
from newsletter.events.jsonld import read_jsonld
from newsletter.events.lines import read_lines
from newsletter.model.event import Event, EventStatus
from newsletter.model.publication import Publication
from newsletter.store import Store, events, publications

TODAY = date(2026, 11, 27)
LINES = """Dec 5, 7-9pm Film at Town Hall. Bring a <b>chair</b> & cake.
July 6-7 Street fair, Market Square
every Tuesday 6pm Choir, until 30 June
Dec 8, 7pm Call: join https://us02web.zoom.us/j/123?pwd=abc or write to desk@alderwick.example, passcode: 4711
Dec 9: </script><script>alert(1)</script> Evening
"""
JOINING = ("zoom.us", "desk@alderwick", "4711", "pwd=abc")


@pytest.fixture
def kept(sqlite_store: Store, letter: Publication, clock: Clock) -> dict[str, Event]:
    """The events by the first word of their titles."""
    read = read_lines(LINES, today=TODAY, zone=letter.zone)
    assert read.refused == ()
    with sqlite_store.writing() as tx:
        events.keep(tx, letter.id, read.events, now=clock.now())
        return {event.data.title.split()[0]: event for event in events.listing(tx, letter.id)}


def test_the_list_and_the_pages_are_for_everybody(visitor: Any, kept: dict[str, Event]) -> None:
    listing = visitor.get("/events")
    assert listing.status_code == 200
    assert all(title in listing.text for title in ("Film", "Choir", "Every Tuesday", "Street fair")[:2])
    assert visitor.client.head("/events").status_code == 200
    film = visitor.get(f"/events/{kept['Film'].id}")
    assert film.status_code == 200
    assert "Town Hall" in film.text
    assert "7:00–9:00 PM ET" in film.text
    assert visitor.get("/events/999").status_code == 404
    assert visitor.get("/events/x.ics").status_code in (404, 422)
    assert visitor.get("/calendar").status_code == 303  # the desk stays closed


def test_what_lets_people_join_or_write_is_not_for_everybody_unless_it_is_open(
    visitor: Any, kept: dict[str, Event], sqlite_store: Store, letter: Publication, clock: Clock
) -> None:
    call = kept["Call"]
    paths = ("/events", "/events.ics", f"/events/{call.id}", f"/events/{call.id}.ics")
    for path in paths:
        assert [word for word in JOINING if word in visitor.get(path).text.replace("\r\n ", "")] == []
    for to in ("google", "outlook"):
        assert [word for word in JOINING if word in visitor.get(f"/events/{call.id}/{to}").headers["location"]] == []
    with sqlite_store.writing() as tx:
        events.edit(tx, letter.id, call.id, replace(call.data, open=True), now=clock.now())
    assert "us02web.zoom.us" in visitor.get(f"/events/{call.id}").text
    assert "us02web.zoom.us" in visitor.get("/events.ics").text.replace("\r\n ", "")


def test_the_calendar_is_read_back_equal_by_icalendar_and_by_us(
    visitor: Any, kept: dict[str, Event], clock: Clock
) -> None:
    answer = visitor.get("/events.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    parsed = icalendar.Calendar.from_ical(answer.content)
    assert parsed.errors == []
    assert parsed["REFRESH-INTERVAL"].dt.total_seconds() == 6 * 3600
    assert {str(zone["TZID"]) for zone in parsed.walk("VTIMEZONE")} == {"America/New_York"}
    back = {one.uid: one for one in read_ics(answer.content, zone="America/New_York", now=clock.now(), name="x").events}
    for event in kept.values():
        one = back.pop(event.data.uid)
        assert (one.title, one.start, one.end, one.rule) == (
            event.data.title,
            event.data.start,
            event.data.end,
            event.data.rule,
        )
    assert back == {}


def test_the_same_calendar_is_the_same_bytes_and_is_not_sent_twice(visitor: Any, kept: dict[str, Event]) -> None:
    first = visitor.get("/events.ics")
    assert visitor.get("/events.ics").content == first.content
    again = visitor.get("/events.ics", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_every_change_of_the_calendar_is_seen_at_once(
    visitor: Any, kept: dict[str, Event], sqlite_store: Store, letter: Publication, clock: Clock
) -> None:
    film, fair = kept["Film"], kept["Street"]
    assert "Film" in visitor.get("/events").text
    with sqlite_store.writing() as tx:
        events.edit(tx, letter.id, film.id, replace(film.data, title="Matinee"), now=clock.now())
    for path in ("/events", "/events.ics"):
        assert "Matinee" in visitor.get(path).text
    with sqlite_store.writing() as tx:
        events.remove(tx, letter.id, fair.id, now=clock.now())
    for path in ("/events", "/events.ics"):
        assert "Street fair" not in visitor.get(path).text


def test_a_change_keeps_the_uid_and_counts_in_sequence(
    visitor: Any, kept: dict[str, Event], sqlite_store: Store, letter: Publication, clock: Clock
) -> None:
    def told() -> tuple[str, int]:
        (one,) = icalendar.Calendar.from_ical(visitor.get(f"/events/{kept['Film'].id}.ics").content).walk("VEVENT")
        return str(one["UID"]), int(one["SEQUENCE"])

    uid, before = told()
    film = kept["Film"]
    with sqlite_store.writing() as tx:
        events.keep(tx, letter.id, [replace(film.data, place="Mill", wording=None)], now=clock.now())
    assert told()[0] == uid
    assert told()[1] > before


def test_machines_read_the_page_as_the_same_event(visitor: Any, kept: dict[str, Event]) -> None:
    for name in ("Film", "Street", "Evening" if "Evening" in kept else "Call"):
        event = kept[name]
        page = visitor.get(f"/events/{event.id}").text
        (one,) = read_jsonld(page, zone="America/New_York", url="", name="x").events
        assert (one.title, one.start) == (event.data.title, event.data.start)
        assert json.loads(re.findall(r"ld\+json\">(.*?)</script>", page)[0])["@type"] == "Event"


def test_text_from_outside_cannot_leave_the_data_of_a_page(visitor: Any, kept: dict[str, Event]) -> None:
    for event in kept.values():
        assert "<script>alert" not in visitor.get(f"/events/{event.id}").text


def test_google_and_outlook_get_the_event_filled_in(visitor: Any, kept: dict[str, Event]) -> None:
    film, fair, choir = (kept[name].id for name in ("Film", "Street", "Choir"))

    def query(event: int, to: str) -> dict[str, str]:
        answer = visitor.get(f"/events/{event}/{to}")
        assert answer.status_code == 302
        parts = urlsplit(answer.headers["location"])
        assert parts.hostname == {"google": "calendar.google.com", "outlook": "outlook.live.com"}[to]
        return {key: values[0] for key, values in parse_qs(parts.query).items()}

    told = query(film, "google")
    assert (told["text"], told["dates"], told["ctz"]) == ("Film", "20261205T190000/20261205T210000", "America/New_York")
    assert (told["location"], f"/events/{film}" in told["details"]) == ("Town Hall", True)
    assert query(fair, "google")["dates"] == "20270706/20270708"
    assert query(choir, "google")["recur"].startswith("RRULE:FREQ=WEEKLY;BYDAY=TU")
    told = query(film, "outlook")
    assert (told["startdt"], told["enddt"]) == ("2026-12-06T00:00:00Z", "2026-12-06T02:00:00Z")
    told = query(fair, "outlook")
    assert (told["startdt"], told["enddt"], told["allday"]) == ("2027-07-06", "2027-07-08", "true")


def test_a_cancelled_event_says_so_and_a_proposed_or_removed_one_is_not_there(
    visitor: Any, kept: dict[str, Event], sqlite_store: Store, letter: Publication, clock: Clock
) -> None:
    film, fair, choir = (kept[name] for name in ("Film", "Street", "Choir"))
    statuses = (EventStatus.CANCELLED, EventStatus.PROPOSED, EventStatus.REMOVED)
    with sqlite_store.writing() as tx:
        for event, status in zip((film, fair, choir), statuses, strict=True):
            events.edit(tx, letter.id, event.id, replace(event.data, status=status), now=clock.now())
    assert "Cancelled" in visitor.get(f"/events/{film.id}").text
    assert "STATUS:CANCELLED" in visitor.get("/events.ics").text
    assert "Film" not in visitor.get("/events").text
    for event in (fair, choir):
        assert visitor.get(f"/events/{event.id}").status_code == 404
        assert event.data.title not in visitor.get("/events.ics").text


@pytest.fixture
def second(sqlite_store: Store, letter: Publication, clock: Clock) -> Publication:
    """A second newsletter, in German and on Berlin's clocks, with one event of its own."""
    with sqlite_store.writing() as tx:
        made = publications.add(tx, "Mühlenblatt", now=clock.now(), zone="Europe/Berlin", language="de")
        read = read_lines("5. Dezember 19 Uhr Konzert in der Kirche", today=TODAY, zone=made.zone, language="de")
        events.keep(tx, made.id, read.events, now=clock.now())
        return made


def test_each_newsletter_of_the_workspace_has_its_pages(
    visitor: Any, kept: dict[str, Event], second: Publication, letter: Publication, sqlite_store: Store
) -> None:
    with sqlite_store.reading() as tx:
        (concert,) = events.listing(tx, second.id)
    theirs = visitor.get("/p/muhlenblatt/events")
    assert theirs.status_code == 200
    assert ("Konzert" in theirs.text, "Film" in theirs.text, 'lang="de"' in theirs.text) == (True, False, True)
    assert 'href="http://127.0.0.1:8000/p/muhlenblatt/events.ics"' in theirs.text
    for path in ("/events", f"/p/{letter.slug}/events"):
        assert ("Konzert" in visitor.get(path).text, "Film" in visitor.get(path).text) == (False, True)
    calendar = visitor.get("/p/muhlenblatt/events.ics").text.replace("\r\n ", "")
    assert "SUMMARY:Konzert" in calendar
    assert "SUMMARY:Film" not in calendar
    assert f"/p/muhlenblatt/events/{concert.id}" in calendar
    assert visitor.client.head("/p/muhlenblatt/events.ics").status_code == 200
    page = visitor.get(f"/p/muhlenblatt/events/{concert.id}")
    assert 'href="/p/muhlenblatt/events"' in page.text
    assert json.loads(re.findall(r"ld\+json\">(.*?)</script>", page.text)[0])["@id"].endswith(
        f"/p/muhlenblatt/events/{concert.id}"
    )
    assert visitor.get(f"/p/muhlenblatt/events/{concert.id}.ics").status_code == 200
    assert visitor.get(f"/p/muhlenblatt/events/{concert.id}/google").status_code == 302
    # An older mail's link names no newsletter, and leads to the one that shows the event.
    assert 'lang="de"' in visitor.get(f"/events/{concert.id}").text
    for missing in (f"/p/{letter.slug}/events/{concert.id}", "/p/nobody/events", "/p/nobody/events.ics", "/p/1/events"):
        assert visitor.get(missing).status_code == 404, missing
    assert visitor.get("/p/muhlenblatt/calendar").status_code == 303  # the desk stays closed


def test_an_event_of_two_newsletters_is_on_the_pages_of_both(
    visitor: Any, kept: dict[str, Event], second: Publication, letter: Publication, sqlite_store: Store
) -> None:
    film = kept["Film"]
    with sqlite_store.writing() as tx:
        events.share(tx, letter.id, film.id, second.id)
    assert 'lang="en"' in visitor.get(f"/events/{film.id}").text
    assert 'lang="de"' in visitor.get(f"/p/muhlenblatt/events/{film.id}").text
    assert "Film" in visitor.get("/p/muhlenblatt/events").text
