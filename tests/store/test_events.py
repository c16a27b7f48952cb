"""Events in the store, on both databases: kept once each, whichever way they came."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from newsletter.clock import Clock
from newsletter.errors import NotFound
from newsletter.events.ics import read_ics
from newsletter.events.lines import read_lines
from newsletter.model.event import Event, EventData, EventId, EventStatus
from newsletter.model.publication import Publication
from newsletter.model.source import SourceId
from newsletter.store import Store, events, publications, schema
from newsletter.workflows.event_merging import merge

NEW_YORK = "America/New_York"
TODAY = date(2026, 11, 27)


def lines(text: str, today: date = TODAY) -> tuple[EventData, ...]:
    return read_lines(text, today=today, zone=NEW_YORK).events


def keep(
    store: Store, publication: Publication, found: tuple[EventData, ...], clock: Clock, source: SourceId | None = None
) -> tuple[int, int, int]:
    with store.writing() as tx:
        kept = events.keep(tx, publication.id, found, source=source, now=clock.now())
    assert len(kept.ids) == len(found)
    return kept.new, kept.updated, kept.same


def listed(store: Store, publication: Publication) -> list[Event]:
    with store.reading() as tx:
        return events.listing(tx, publication.id)


def calendar(sequence: int = 0, title: str = "Choir", extra: str = "") -> tuple[EventData, ...]:
    text = (
        f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:choir@alderwick.example\r\nSEQUENCE:{sequence}\r\nSUMMARY:{title}\r\n"
        f"DTSTART;TZID=America/New_York:20261201T190000\r\nRRULE:FREQ=WEEKLY\r\n{extra}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    clock = Clock()
    return read_ics(text.encode(), zone=NEW_YORK, now=clock.now(), name="x.ics").events


def source_of(store: Store) -> SourceId:
    with store.writing() as tx:
        key = tx.execute(
            schema.source.insert().values(
                kind="folder", url="/drop", name="drop", status="new", created_at=Clock().now()
            )
        ).inserted_primary_key
    assert key is not None
    return SourceId(key[0])


def test_an_event_comes_back_as_it_was_kept(store: Store, publication: Publication, clock: Clock) -> None:
    found = lines(
        "Dec 5, 7-9pm CET Talk at Town Hall: with https://x.example/t\nDec 2 & 9 Walk\nevery Tuesday 6pm Choir\n"
        "July 10, 6pm EST Summer talk\nDec 29 – Jan 2: Reading week"
    )
    assert keep(store, publication, found, clock) == (5, 0, 0)
    assert {event.data.uid: event.data for event in listed(store, publication)} == {one.uid: one for one in found}


def test_the_same_line_again_writes_nothing(store: Store, publication: Publication, clock: Clock) -> None:
    text = "Dec 5, 7pm Talk\nDec 2 & 9 Walk\nevery Tuesday 6pm Choir"
    keep(store, publication, lines(text), clock)
    before = listed(store, publication)
    assert keep(store, publication, lines(text), clock) == (0, 0, 3)
    assert listed(store, publication) == before


def test_a_recurring_line_pasted_a_week_later_is_the_same_event(
    store: Store, publication: Publication, clock: Clock
) -> None:
    keep(store, publication, lines("every Tuesday 6pm Choir"), clock)
    later = lines("every Tuesday 6pm Choir", TODAY + timedelta(days=7))
    assert keep(store, publication, later, clock) == (0, 0, 1)


def test_a_line_with_the_same_day_and_title_updates_the_event(
    store: Store, publication: Publication, clock: Clock
) -> None:
    keep(store, publication, lines("Dec 5 Talk"), clock)
    uid = listed(store, publication)[0].data.uid
    assert keep(store, publication, lines("Dec 5, 7pm TALK at Town Hall"), clock) == (0, 1, 0)
    (event,) = listed(store, publication)
    assert (event.data.uid, event.data.sequence, event.data.place) == (uid, 1, "Town Hall")


def test_two_tours_on_one_day_are_two_events(store: Store, publication: Publication, clock: Clock) -> None:
    tours = "Dec 5, 10am Tour\nDec 5, 2pm Tour"
    assert keep(store, publication, lines(tours), clock) == (2, 0, 0)
    assert keep(store, publication, lines(tours), clock) == (0, 0, 2)


def test_the_same_line_twice_in_one_paste_is_one_event(store: Store, publication: Publication, clock: Clock) -> None:
    keep(store, publication, lines("Dec 5 Talk\nDec 5 Talk"), clock)
    assert len(listed(store, publication)) == 1


def test_a_calendar_collected_again_writes_nothing(store: Store, publication: Publication, clock: Clock) -> None:
    assert keep(store, publication, calendar(), clock, source_of(store)) == (1, 0, 0)
    assert keep(store, publication, calendar(extra="DTSTAMP:20261127T080000Z\r\n"), clock) == (0, 0, 1)


@pytest.mark.parametrize(
    ("sequence", "title", "outcome", "then"),
    [
        (3, "Choir, moved", (0, 1, 0), "Choir, moved"),
        (2, "Choir, moved", (0, 1, 0), "Choir, moved"),  # many programs never raise SEQUENCE
        (1, "Choir, moved", (0, 0, 1), "Choir"),  # an older copy
    ],
)
def test_an_update_updates_and_an_older_sequence_does_not(
    store: Store,
    publication: Publication,
    clock: Clock,
    sequence: int,
    title: str,
    outcome: tuple[int, int, int],
    then: str,
) -> None:
    keep(store, publication, calendar(sequence=2), clock)
    assert keep(store, publication, calendar(sequence=sequence, title=title), clock) == outcome
    assert listed(store, publication)[0].data.title == then


def test_an_edit_keeps_the_uid_and_outlives_the_next_collection(
    store: Store, publication: Publication, clock: Clock
) -> None:
    keep(store, publication, calendar(), clock, source_of(store))
    (event,) = listed(store, publication)
    with store.writing() as tx:
        events.edit(tx, publication.id, event.id, replace(event.data, title="Our choir"), now=clock.now())
    keep(store, publication, calendar(), clock)
    (edited,) = listed(store, publication)
    assert (edited.data.title, edited.data.uid, edited.data.sequence) == ("Our choir", event.data.uid, 1)


def test_a_removed_line_is_gone_and_a_removed_collected_event_does_not_come_back(
    store: Store, publication: Publication, clock: Clock
) -> None:
    keep(store, publication, lines("Dec 5 Talk"), clock)
    keep(store, publication, calendar(), clock, source_of(store))
    with store.writing() as tx:
        for event in events.listing(tx, publication.id):
            events.remove(tx, publication.id, event.id, now=clock.now())
    keep(store, publication, calendar(), clock)
    assert listed(store, publication) == []


def test_one_event_may_be_in_several_publications(store: Store, publication: Publication, clock: Clock) -> None:
    with store.writing() as tx:
        other = publications.add(tx, "Towpath Notes", now=clock.now())
    assert keep(store, publication, calendar(), clock) == (1, 0, 0)
    assert keep(store, other, calendar(), clock) == (1, 0, 0)
    assert keep(store, other, calendar(), clock) == (0, 0, 1)
    assert listed(store, publication) == listed(store, other)
    with store.writing() as tx:
        events.remove(tx, other.id, listed(store, other)[0].id, now=clock.now())
    assert (len(listed(store, publication)), len(listed(store, other))) == (1, 0)


def test_a_thousand_events_are_kept_at_once(store: Store, publication: Publication, clock: Clock) -> None:
    many = tuple(
        EventData(uid=f"{number}@alderwick.example", title=f"Event {number}", start=TODAY, end=TODAY)
        for number in range(1000)
    )
    assert keep(store, publication, many, clock) == (1000, 0, 0)
    assert keep(store, publication, many, clock) == (0, 0, 1000)


def test_events_are_listed_by_status(store: Store, publication: Publication, clock: Clock) -> None:
    proposed = tuple(replace(one, status=EventStatus.PROPOSED) for one in lines("Dec 5 Talk"))
    keep(store, publication, proposed + lines("Dec 6 Walk"), clock)
    with store.reading() as tx:
        found = events.listing(tx, publication.id, (EventStatus.CONFIRMED,))
    assert [event.data.title for event in found] == ["Walk"]


def test_an_absent_event_is_told(store: Store, publication: Publication) -> None:
    with pytest.raises(NotFound, match="no event 7"), store.reading() as tx:
        events.get(tx, publication.id, EventId(7))


def test_an_event_that_was_merged_into_another_does_not_come_back_with_an_update(
    store: Store, publication: Publication, clock: Clock
) -> None:
    source = source_of(store)
    keep(store, publication, calendar(), clock, source)
    keep(store, publication, lines("every Tuesday 7pm Singing at Town Hall"), clock)
    choir, singing = sorted(listed(store, publication), key=lambda event: event.id)
    merge(store, clock, publication, singing.id, choir.id)
    (kept,) = listed(store, publication)
    assert (kept.id, kept.data.title, kept.data.place) == (singing.id, "Singing", "Town Hall")
    assert keep(store, publication, calendar(sequence=4, title="Choir, moved"), clock, source) == (0, 0, 1)
    assert [event.data.title for event in listed(store, publication)] == ["Singing"]
    # … nor when the event it went into goes itself
    with store.writing() as tx:
        events.remove(tx, publication.id, singing.id, now=clock.now())
    keep(store, publication, calendar(sequence=5), clock, source)
    assert listed(store, publication) == []


def test_merging_again_carries_all_earlier_uids_and_publications_along(
    store: Store, publication: Publication, clock: Clock
) -> None:
    with store.writing() as tx:
        other = publications.add(tx, "Mill News", now=clock.now())
    keep(store, publication, calendar(), clock)
    keep(store, publication, lines("every Tuesday 7pm Singing\nDec 5 Party"), clock)
    party, singing, choir = (
        next(event for event in listed(store, publication) if event.data.title == title)
        for title in ("Party", "Singing", "Choir")
    )
    with store.writing() as tx:
        events.share(tx, publication.id, choir.id, other.id)
    merge(store, clock, publication, singing.id, choir.id)
    merge(store, clock, publication, party.id, singing.id)
    for shown_in in (publication, other):
        assert [event.id for event in listed(store, shown_in)] == [party.id]
        keep(store, shown_in, calendar(sequence=9), clock)
        assert [(event.id, event.data.start) for event in listed(store, shown_in)] == [(party.id, date(2026, 12, 5))]
    with pytest.raises(NotFound):
        merge(store, clock, publication, party.id, choir.id)
