"""Pasted lines, as tables: what is read, what is doubted, and what is given back."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.events.lines import UnreadableLine, read_line, read_lines

NEW_YORK = "America/New_York"
TODAY = date(2026, 11, 27)  # a Friday

DAYS = [
    # line, first day, last day, title
    ("July 6-7 Street fair", "2027-07-06", "2027-07-07", "Street fair"),
    ("July 6–7: Street fair", "2027-07-06", "2027-07-07", "Street fair"),
    ("July 6 to 7, Street fair", "2027-07-06", "2027-07-07", "Street fair"),
    ("Dec 29 – Jan 2: Winter reading week", "2026-12-29", "2027-01-02", "Winter reading week"),
    ("Dec. 29 - Jan. 2, 2027 Winter reading week", "2026-12-29", "2027-01-02", "Winter reading week"),
    ("December 29, 2026 to January 2, 2027: Reading week", "2026-12-29", "2027-01-02", "Reading week"),
    ("29 Dec – 2 Jan Winter reading week", "2026-12-29", "2027-01-02", "Winter reading week"),
    ("28 November to 3 December Lights on Mill Street", "2026-11-28", "2026-12-03", "Lights on Mill Street"),
    ("Sept. 5 Harvest supper", "2027-09-05", "2027-09-05", "Harvest supper"),
    ("5-7 March Book fair", "2027-03-05", "2027-03-07", "Book fair"),
    ("5 March: Book fair", "2027-03-05", "2027-03-05", "Book fair"),
    ("5 March 2028 Book fair", "2028-03-05", "2028-03-05", "Book fair"),
    ("the 5th of March: Book fair", "2027-03-05", "2027-03-05", "Book fair"),
    ("March 5th, 2028 — Book fair", "2028-03-05", "2028-03-05", "Book fair"),
    ("Sat Dec 5 Lantern walk", "2026-12-05", "2026-12-05", "Lantern walk"),
    ("Saturday, December 5: Lantern walk", "2026-12-05", "2026-12-05", "Lantern walk"),
    ("Dec 5 (Sat) Lantern walk", "2026-12-05", "2026-12-05", "Lantern walk"),
    ("Sat-Sun, Nov 28-29: Seed swap", "2026-11-28", "2026-11-29", "Seed swap"),
    ("on Dec 5: Lantern walk", "2026-12-05", "2026-12-05", "Lantern walk"),
    ("2026-12-12 Winter market", "2026-12-12", "2026-12-12", "Winter market"),
    ("2026-12-12 to 2026-12-14 Winter market", "2026-12-12", "2026-12-14", "Winter market"),
    ("12.12.2026 Winter market", "2026-12-12", "2026-12-12", "Winter market"),
    ("12.12. Winter market", "2026-12-12", "2026-12-12", "Winter market"),
    ("12.-14.12.2026 Winter market", "2026-12-12", "2026-12-14", "Winter market"),
    ("12/24/2026 Carols", "2026-12-24", "2026-12-24", "Carols"),
    ("24/12/2026 Carols", "2026-12-24", "2026-12-24", "Carols"),
    ("first Saturday of December: Carols", "2026-12-05", "2026-12-05", "Carols"),
    ("last Sunday in January 2027 Carols", "2027-01-31", "2027-01-31", "Carols"),
    ("today: Open house", "2026-11-27", "2026-11-27", "Open house"),
    ("tomorrow Open house", "2026-11-28", "2026-11-28", "Open house"),
    ("until 30 June The river in photographs", "2026-11-27", "2027-06-30", "The river in photographs"),
    ("Until Dec 6: The river in ninety photographs", "2026-11-27", "2026-12-06", "The river in ninety photographs"),
    ("Nov 1 until Dec 6: The river in photographs", "2026-11-01", "2026-12-06", "The river in photographs"),
    ("Jan 5 – Dec 6 The river in photographs", "2026-01-05", "2026-12-06", "The river in photographs"),
    ("- Dec 5 Lantern walk", "2026-12-05", "2026-12-05", "Lantern walk"),
    ("* Dec 5 Lantern walk", "2026-12-05", "2026-12-05", "Lantern walk"),
    ("• Dec 5 Lantern walk", "2026-12-05", "2026-12-05", "Lantern walk"),
    ("3. Dec 5 Lantern walk", "2026-12-05", "2026-12-05", "Lantern walk"),
    ("5. Dec 2026 Lantern walk", "2026-12-05", "2026-12-05", "Lantern walk"),
    ("> - Dec 5 Lantern walk", "2026-12-05", "2026-12-05", "Lantern walk"),
    ("•Dec 5 Lantern walk", "2026-12-05", "2026-12-05", "Lantern walk"),
    ("   Dec 5\tLantern walk  ", "2026-12-05", "2026-12-05", "Lantern walk"),
    ("**Dec 5** Lantern walk", "2026-12-05", "2026-12-05", "Lantern walk"),
    ("Lantern walk, Dec 5", "2026-12-05", "2026-12-05", "Lantern walk"),
    ("Street fair (July 6-7)", "2027-07-06", "2027-07-07", "Street fair"),
    ("Nov 2 All souls, looked back upon", "2026-11-02", "2026-11-02", "All souls, looked back upon"),
    ("May 5 May fair", "2027-05-05", "2027-05-05", "May fair"),
    ("Dec 5 all day: Lantern walk", "2026-12-05", "2026-12-05", "Lantern walk"),
    ("Dec 5 (all day) Lantern walk", "2026-12-05", "2026-12-05", "Lantern walk"),
    ("Save the date: Dec 5 Lantern walk", "2026-12-05", "2026-12-05", "Lantern walk"),
    ("Dec 5 1,000 lanterns on the river", "2026-12-05", "2026-12-05", "1,000 lanterns on the river"),
    ("Dec 5 2nd lantern walk", "2026-12-05", "2026-12-05", "2nd lantern walk"),
]


@pytest.mark.parametrize(("line", "first", "last", "title"), DAYS)
def test_a_pasted_line_becomes_an_all_day_event(line: str, first: str, last: str, title: str) -> None:
    event = read_line(line, today=TODAY, zone=NEW_YORK)
    assert (str(event.start), str(event.end), event.title) == (first, last, title)
    assert event.all_day
    assert event.zone is None
    assert event.wording == line.strip()


SEVERAL = [
    ("July 7 & 14 Open gardens", ["2027-07-07", "2027-07-14"], "Open gardens"),
    ("July 7 and 14: Open gardens", ["2027-07-07", "2027-07-14"], "Open gardens"),
    ("July 7, 14 & 21 Open gardens", ["2027-07-07", "2027-07-14", "2027-07-21"], "Open gardens"),
    ("July 7, 14, 21: Open gardens", ["2027-07-07", "2027-07-14", "2027-07-21"], "Open gardens"),
    ("Dec 12 & 13, 19, 20: Play", ["2026-12-12", "2026-12-13", "2026-12-19", "2026-12-20"], "Play"),
    ("July 6-7, 9-10 Fair", ["2027-07-06", "2027-07-07", "2027-07-09", "2027-07-10"], "Fair"),
    ("July 6-7, 9-10, 12-13 Fair", [f"2027-07-{day}" for day in ("06", "07", "09", "10", "12", "13")], "Fair"),
    ("July 6-7, 9-10: Fair", ["2027-07-06", "2027-07-07", "2027-07-09", "2027-07-10"], "Fair"),
    ("July 7, 14, 21 – 10 gardens", ["2027-07-07", "2027-07-14", "2027-07-21"], "10 gardens"),
    ("5, 12 and 19 March Open gardens", ["2027-03-05", "2027-03-12", "2027-03-19"], "Open gardens"),
    ("Saturday 5 & Sunday 6 December: Open gardens", ["2026-12-05", "2026-12-06"], "Open gardens"),
    ("Sat Dec 5 and Sun Dec 6 Open gardens", ["2026-12-05", "2026-12-06"], "Open gardens"),
    ("Dec 5 / Dec 6: Open gardens", ["2026-12-05", "2026-12-06"], "Open gardens"),
    ("Dec 30 & Jan 6 Open gardens", ["2026-12-30", "2027-01-06"], "Open gardens"),
    ("March 3, 5-6 and 9, 2028 Talks", ["2028-03-03", "2028-03-05", "2028-03-06", "2028-03-09"], "Talks"),
    ("March 3, 10 and 17, 7pm CET Language evenings", ["2027-03-03", "2027-03-10", "2027-03-17"], "Language evenings"),
]


@pytest.mark.parametrize(("line", "days", "title"), SEVERAL)
def test_several_days_are_one_event_with_all_its_dates(line: str, days: list[str], title: str) -> None:
    event = read_line(line, today=TODAY, zone=NEW_YORK)
    assert ([str(day) for day in event.dates], event.title) == (days, title)
    assert (event.start.date() if isinstance(event.start, datetime) else event.start) == event.dates[0]


TIMES = [
    # line, start, end, zone, title
    ("Dec 5, 7pm Film", "2026-12-05T19:00:00-05:00", None, NEW_YORK, "Film"),
    ("Dec 5 at 7 p.m.: Film", "2026-12-05T19:00:00-05:00", None, NEW_YORK, "Film"),
    ("Dec 5 19:00 Film", "2026-12-05T19:00:00-05:00", None, NEW_YORK, "Film"),
    ("Dec 5 noon Soup", "2026-12-05T12:00:00-05:00", None, NEW_YORK, "Soup"),
    ("Dec 5, 12am Stars", "2026-12-05T00:00:00-05:00", None, NEW_YORK, "Stars"),
    ("Dec 5, 6-8pm Film", "2026-12-05T18:00:00-05:00", "2026-12-05T20:00:00-05:00", NEW_YORK, "Film"),
    ("Dec 5, 11-1pm Brunch", "2026-12-05T11:00:00-05:00", "2026-12-05T13:00:00-05:00", NEW_YORK, "Brunch"),
    ("Dec 5, 6:30 PM – 8 PM Film", "2026-12-05T18:30:00-05:00", "2026-12-05T20:00:00-05:00", NEW_YORK, "Film"),
    ("Dec 5, noon to 3pm Soup", "2026-12-05T12:00:00-05:00", "2026-12-05T15:00:00-05:00", NEW_YORK, "Soup"),
    ("Dec 5-6, 9-10am Fair", "2026-12-05T09:00:00-05:00", "2026-12-06T10:00:00-05:00", NEW_YORK, "Fair"),
    ("Dec 5-6, 9-10 Uhr Fair", "2026-12-05T09:00:00-05:00", "2026-12-06T10:00:00-05:00", NEW_YORK, "Fair"),
    ("Dec 5, 7pm Art walk", "2026-12-05T19:00:00-05:00", None, NEW_YORK, "Art walk"),
    ("Dec 5-6, 10-16 Fair", "2026-12-05T10:00:00-05:00", "2026-12-06T16:00:00-05:00", NEW_YORK, "Fair"),
    ("Dec 5, 9-11 Talk", "2026-12-05T09:00:00-05:00", "2026-12-05T11:00:00-05:00", NEW_YORK, "Talk"),
    ("July 26, 24:00 Stars", "2027-07-27T00:00:00-04:00", None, NEW_YORK, "Stars"),
    ("July 31, 24:00-02:00 Stars", "2027-08-01T00:00:00-04:00", "2027-08-01T02:00:00-04:00", NEW_YORK, "Stars"),
    ("Dec 31, 10pm-1am Fireworks", "2026-12-31T22:00:00-05:00", "2027-01-01T01:00:00-05:00", NEW_YORK, "Fireworks"),
    (
        "Sat July 3, 11am-1pm PT Call",
        "2027-07-03T11:00:00-07:00",
        "2027-07-03T13:00:00-07:00",
        "America/Los_Angeles",
        "Call",
    ),
    ("July 8 2:30 PM ET Call", "2027-07-08T14:30:00-04:00", None, NEW_YORK, "Call"),
    ("Dec 8 2:30 PM ET Call", "2026-12-08T14:30:00-05:00", None, NEW_YORK, "Call"),
    ("Dec 8 2:30 PM ET / 11:30 AM PT / 20:30 CET Call", "2026-12-08T14:30:00-05:00", None, NEW_YORK, "Call"),
    ("12.12.2026 19:30–21:00 Choir", "2026-12-12T19:30:00-05:00", "2026-12-12T21:00:00-05:00", NEW_YORK, "Choir"),
    ("2026-12-12T19:30 Choir", "2026-12-12T19:30:00-05:00", None, NEW_YORK, "Choir"),
    ("12. 12. 2026 19 Uhr Choir", "2026-12-12T19:00:00-05:00", None, NEW_YORK, "Choir"),
    ("20 March 18:00 London time: Evening", "2027-03-20T18:00:00+00:00", None, "Europe/London", "Evening"),
    ("20 July 18:00 BST Evening", "2027-07-20T18:00:00+01:00", None, "Europe/London", "Evening"),
    ("Dec 5, 10am GMT Talk", "2026-12-05T10:00:00+00:00", None, "Europe/London", "Talk"),
    ("Dec 5, 7pm CET Talk", "2026-12-05T19:00:00+01:00", None, "Europe/Berlin", "Talk"),
    ("July 5, 7pm CEST Talk", "2027-07-05T19:00:00+02:00", None, "Europe/Berlin", "Talk"),
    ("Dec 5, 10am UTC+2 Talk", "2026-12-05T10:00:00+02:00", None, "Etc/GMT-2", "Talk"),
    ("Dec 5, 10am UTC+5:30 Talk", "2026-12-05T10:00:00+05:30", None, "Asia/Kolkata", "Talk"),
    ("Dec 5, 10am UTC Talk", "2026-12-05T10:00:00+00:00", None, "UTC", "Talk"),
    ("Dec 5, 10am Europe/Madrid Talk", "2026-12-05T10:00:00+01:00", None, "Europe/Madrid", "Talk"),
    ("Dec 5, 10am CT Talk", "2026-12-05T10:00:00-06:00", None, "America/Chicago", "Talk"),
    ("Dec 5, 10am MT Talk", "2026-12-05T10:00:00-07:00", None, "America/Denver", "Talk"),
    ("Dec 5, 10am (EST) Talk", "2026-12-05T10:00:00-05:00", None, NEW_YORK, "Talk"),
    ("Dec 5 6pm – Dec 7 2pm Camp", "2026-12-05T18:00:00-05:00", "2026-12-07T14:00:00-05:00", NEW_YORK, "Camp"),
    ("Dec 5-7, 10am-4pm Fair", "2026-12-05T10:00:00-05:00", "2026-12-07T16:00:00-05:00", NEW_YORK, "Fair"),
    ("Sat 5 Dec 10-13 Seed swap", "2026-12-05T10:00:00-05:00", "2026-12-05T13:00:00-05:00", NEW_YORK, "Seed swap"),
    ("Dec 5 Council meeting 19.00", "2026-12-05T19:00:00-05:00", None, NEW_YORK, "Council meeting"),
    (
        "Dec 5: Council meeting, 6-8pm",
        "2026-12-05T18:00:00-05:00",
        "2026-12-05T20:00:00-05:00",
        NEW_YORK,
        "Council meeting",
    ),
    ("Street fair on Saturday, Dec 5 at 10am", "2026-12-05T10:00:00-05:00", None, NEW_YORK, "Street fair"),
    ("tomorrow 18:00 Film", "2026-11-28T18:00:00-05:00", None, NEW_YORK, "Film"),
    ("next Friday 18:00 Film", "2026-12-04T18:00:00-05:00", None, NEW_YORK, "Film"),
    ("Monday 7pm: Film", "2026-11-30T19:00:00-05:00", None, NEW_YORK, "Film"),
    ("7pm, Dec 5: Film", "2026-12-05T19:00:00-05:00", None, NEW_YORK, "Film"),
]


@pytest.mark.parametrize(("line", "start", "end", "zone", "title"), TIMES)
def test_a_line_with_a_time_becomes_an_aware_event(
    line: str, start: str, end: str | None, zone: str, title: str
) -> None:
    event = read_line(line, today=TODAY, zone=NEW_YORK)
    assert event.start.isoformat() == start
    assert (event.end.isoformat() if event.end else None) == end
    assert (event.zone, event.title) == (zone, title)


RULES = [
    ("every Tuesday 6pm Choir", "2026-12-01", "FREQ=WEEKLY;BYDAY=TU", "every Tuesday"),
    ("Every Tues. and Thurs., 6pm: Choir", "2026-12-01", "FREQ=WEEKLY;BYDAY=TU,TH", "every Tuesday and Thursday"),
    ("each Friday Choir", "2026-11-27", "FREQ=WEEKLY;BYDAY=FR", "every Friday"),
    ("Tuesdays 6pm Choir", "2026-12-01", "FREQ=WEEKLY;BYDAY=TU", "every Tuesday"),
    ("Weekly on Tuesdays 18:00 Choir", "2026-12-01", "FREQ=WEEKLY;BYDAY=TU", "every Tuesday"),
    ("monthly, first Monday 18:00: Choir", "2026-12-07", "FREQ=MONTHLY;BYDAY=1MO", "first Monday of the month"),
    ("Every 31st of the month Choir", "2026-12-31", "FREQ=MONTHLY;BYMONTHDAY=31", "on day 31 of the month"),
    ("jeden 15. des Monats Choir", "2026-12-15", "FREQ=MONTHLY;BYMONTHDAY=15", "on day 15 of the month"),
    ("Choir (first Friday of each month)", "2026-12-04", "FREQ=MONTHLY;BYDAY=1FR", "first Friday of the month"),
    ("Every Wednesday from 2 December: Choir", "2026-12-02", "FREQ=WEEKLY;BYDAY=WE", "every Wednesday"),
    (
        "Saturdays in December: Choir",
        "2026-12-05",
        "FREQ=WEEKLY;BYDAY=SA;UNTIL=20261231",
        "every Saturday, until 31 December 2026",
    ),
    ("every other Tuesday Choir", "2026-12-01", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "every other Tuesday"),
    ("every day 9am Choir", "2026-11-27", "FREQ=DAILY", "every day"),
    ("every weekday 9am Choir", "2026-11-27", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every weekday"),
    (
        "first and third Thursday of each month, 6:30 PM ET Choir",
        "2026-12-03",
        "FREQ=MONTHLY;BYDAY=1TH,3TH",
        "first and third Thursday of the month",
    ),
    (
        "1st & 3rd Thursdays 6:30 PM Choir",
        "2026-12-03",
        "FREQ=MONTHLY;BYDAY=1TH,3TH",
        "first and third Thursday of the month",
    ),
    ("last Friday of the month Choir", "2026-11-27", "FREQ=MONTHLY;BYDAY=-1FR", "last Friday of the month"),
    ("every first Saturday 14:00 Choir", "2026-12-05", "FREQ=MONTHLY;BYDAY=1SA", "first Saturday of the month"),
    ("second Monday of every month Choir", "2026-12-14", "FREQ=MONTHLY;BYDAY=2MO", "second Monday of the month"),
    ("the 15th of each month Choir", "2026-12-15", "FREQ=MONTHLY;BYMONTHDAY=15", "on day 15 of the month"),
    (
        "Dec 14: Choir second Monday of the month 2:30 PM ET",
        "2026-12-14",
        "FREQ=MONTHLY;BYDAY=2MO",
        "second Monday of the month",
    ),
    ("Dec 1 Choir every Tuesday 19:30", "2026-12-01", "FREQ=WEEKLY;BYDAY=TU", "every Tuesday"),
    ("Choir every Tuesday 19:30", "2026-12-01", "FREQ=WEEKLY;BYDAY=TU", "every Tuesday"),
    (
        "every Tuesday Choir, until 30 June",
        "2026-12-01",
        "FREQ=WEEKLY;BYDAY=TU;UNTIL=20270630",
        "every Tuesday, until 30 June 2027",
    ),
    (
        "every Tuesday 6pm until 30 June: Choir",
        "2026-12-01",
        "FREQ=WEEKLY;BYDAY=TU;UNTIL=20270701T035959Z",
        "every Tuesday, until 30 June 2027",
    ),
]


@pytest.mark.parametrize(("line", "first", "rule", "words"), RULES)
def test_a_recurring_line_has_a_rule_and_its_next_day(line: str, first: str, rule: str, words: str) -> None:
    event = read_line(line, today=TODAY, zone=NEW_YORK)
    day = event.start.date() if isinstance(event.start, datetime) else event.start
    assert (str(day), event.rule, event.rule_text, event.title) == (first, rule, words, "Choir")


PARTS = [
    # line, title, description, place, online, url, contact
    ("Dec 5 Repair café, library", "Repair café", "", "library", False, None, None),
    ("Dec 5 Book week at the school", "Book week", "", "the school", False, None, None),
    ("Dec 5 Seed swap (Allotment Hall)", "Seed swap", "", "Allotment Hall", False, None, None),
    ("Dec 5: Walk. Starts at dusk, Market Square", "Walk", "Starts at dusk", "Market Square", False, None, None),
    ("Dec 5 in the church hall: Carols", "Carols", "", "the church hall", False, None, None),
    ("Dec 5 in the end: Carols", "in the end", "Carols", None, False, None, None),
    ("Dec 5 Drinks at dawn", "Drinks at dawn", "", None, False, None, None),
    ("Dec 5 Evening at Old Ferry House. Free.", "Evening", "Free.", "Old Ferry House", False, None, None),
    ("Dec 5 Seed swap, Allotment Hall, North Gate", "Seed swap", "", "Allotment Hall, North Gate", False, None, None),
    ("Dec 5 Evening with the twin town, online", "Evening with the twin town", "", None, True, None, None),
    ("Dec 5 Call on Zoom", "Call", "", None, True, None, None),
    ("Dec 5 Budget evening at Town Hall and online", "Budget evening", "", "Town Hall", True, None, None),
    ("Dec 5: Lantern walk. Bring a lamp.", "Lantern walk", "Bring a lamp.", None, False, None, None),
    ("Dec 5: Lantern walk — bring a lamp", "Lantern walk", "bring a lamp", None, False, None, None),
    ("Dec 5: Talk by Dr. Alder on weirs", "Talk by Dr. Alder on weirs", "", None, False, None, None),
    ("Dec 5 Lantern walk https://x.example/walk", "Lantern walk", "", None, False, "https://x.example/walk", None),
    ("Dec 5 Lantern walk (https://x.example/walk)", "Lantern walk", "", None, False, "https://x.example/walk", None),
    ("Dec 5 [Lantern walk](https://x.example/w)", "Lantern walk", "", None, False, "https://x.example/w", None),
    (
        'Dec 5 <a href="https://x.example/w?a=1&amp;b=2">Lantern walk</a>',
        "Lantern walk",
        "",
        None,
        False,
        "https://x.example/w?a=1&b=2",
        None,
    ),
    ("[Dec 5: Lantern walk](https://x.example/w)", "Lantern walk", "", None, False, "https://x.example/w", None),
    (
        "Dec 5 Walk. See [the map](https://x.example/m).",
        "Walk",
        'See <a href="https://x.example/m">the map</a>.',
        None,
        False,
        "https://x.example/m",
        None,
    ),
    (
        "Dec 5 Walk, register at https://x.example/r",
        "Walk",
        'register at <a href="https://x.example/r">https://x.example/r</a>',
        None,
        False,
        "https://x.example/r",
        None,
    ),
    (
        "Dec 5 Walk, RSVP desk@alderwick.example",
        "Walk",
        'RSVP <a href="mailto:desk@alderwick.example">desk@alderwick.example</a>',
        None,
        False,
        None,
        "desk@alderwick.example",
    ),
    ("Dec 5 Walk: <b>free</b> & <script>x</script> easy", "Walk", "free &amp; x easy", None, False, None, None),
    ("Dec 5 [Walk](javascript:alert(1))", "Walk", "", None, False, None, None),
    ("Dec 5 Tickets cost $7.50 at the door", "Tickets cost $7.50 at the door", "", None, False, None, None),
]


@pytest.mark.parametrize(("line", "title", "description", "place", "online", "url", "contact"), PARTS)
def test_what_follows_the_date_is_taken_apart(
    line: str, title: str, description: str, place: str | None, online: bool, url: str | None, contact: str | None
) -> None:
    event = read_line(line, today=TODAY, zone=NEW_YORK)
    assert (event.title, event.description, event.place, event.online, event.url, event.contact) == (
        title,
        description,
        place,
        online,
        url,
        contact,
    )


DOUBTS = [
    ("July 6-7, 9-10 Fair", "“9-10” was read as days"),
    ("every Friday 24:00 Disco", "“24:00” was read as 0:00"),
    ("July 26, 7pm XYZT Talk", "“XYZT” was not read as a time zone"),
    ("July 26, 19:00 (NPT) Talk", "“NPT” was not read as a time zone"),
    ("July 18 2pm-1pm Fair", "it was read as ending on Monday 19 July 2027"),
    ("Fri Dec 5 Walk", "5 December 2026 is a Saturday, not a Friday."),
    ("2020-01-01 Walk", "has passed"),
    ("Nov 2 Walk", "has passed"),
    ("Dec 15: Clinic second Monday of the month", "is not the second Monday of the month"),
    ("Dec 2: Clinic every Tuesday", "does not fit “every Tuesday”"),
    ("July 10, 6pm EST Talk", "New York is on EDT then, not EST"),
    ("4/5 Plant sale", "“4/5” was read month first; for the other write “4 May”."),
    ("next Friday Film", "“next Friday” was read as Friday 4 December 2026."),
    ("first Monday of the month except bank holidays: Assembly", "“except bank holidays” is not in the rule"),
    ("every second Monday Club", "read as every other week"),
    ("2027-03-14 2:30 am Night walk", "the clocks go forward"),
    ("2027-11-07 1:30 am Night walk", "the clocks go back"),
    ("the 31st of each month Club", "Months without a day 31"),
    ("Dec 5 at 7: Film", "read as 7 PM"),
    ("Dec 5 10:00-12:00 & 14:00-16:00 Studio", "only “10:00-12:00” was taken"),
    ("Dec 5 Caf\ufffd", "damaged"),
]


@pytest.mark.parametrize(("line", "doubt"), DOUBTS)
def test_what_is_doubtful_is_a_warning(line: str, doubt: str) -> None:
    assert doubt in " ".join(read_line(line, today=TODAY, zone=NEW_YORK).warnings)


REFUSED = [
    ("nothing here", "No date was found"),
    ("Events this week:", "No date was found"),
    ("July 6", "no title"),
    ("every Tuesday 6pm", "no title"),
    ("31 April Spring market", "April has 30 days"),
    ("July 32 Fair", "July has 31 days"),
    ("29 February Leap day", "February 2027 has 28 days"),
    ("2026-13-01 Fair", "no month 13"),
    ("0000-12-01 Fair", "year 0"),
    ("9999-12-31, 11pm-1am Fair", "year 9999"),
    ("2026-02-30 Fair", "February 2026 has 28 days"),
    ("Dec 5 25:30 Fair", "no time 25:30"),
    ("Dec 5 7:75 pm Fair", "no time 7:75"),
    ("July 7-6, 2027 Fair", "before it begins"),
    ("2026-12-12 to 2026-12-10 Fair", "before it begins"),
    ("every Tuesday until Nov 28: Fair", "before it begins"),
    ("fifth Friday of February 2027: Fair", "no fifth Friday"),
    ("Dec 5 10am UTC+10:30 Talk", "time zone UTC+10:30"),
    ("Dec 5 " + "x" * 2000, "more than 2,000 characters"),
    ("---", "No date was found"),
]


@pytest.mark.parametrize(
    "line",
    [
        "Dec 5, 7pm PT Talk",
        "Dec 5, 7pm IT Talk",
        "Dec 5, 7pm LAST NIGHT",
        "Dec 5 10pm-1am Dance",
        "Dec 5, 7pm West Side Story",
    ],
)
def test_what_is_usual_is_no_doubt(line: str) -> None:
    assert read_line(line, today=TODAY, zone=NEW_YORK).warnings == ()


@pytest.mark.parametrize(("line", "reason"), REFUSED)
def test_a_line_that_cannot_be_read_says_why(line: str, reason: str) -> None:
    with pytest.raises(UnreadableLine, match=reason.replace("+", r"\+")):
        read_line(line, today=TODAY, zone=NEW_YORK)


def test_refused_lines_are_given_back_beside_the_others() -> None:
    read = read_lines("Dec 5 Walk\n\n  nothing here  \r\nDec 6 Talk\n", today=TODAY, zone=NEW_YORK)
    assert [event.title for event in read.events] == ["Walk", "Talk"]
    assert [wording for wording, _ in read.refused] == ["nothing here"]
    assert len({event.uid for event in read.events}) == 2


@pytest.mark.parametrize(
    ("zone", "line", "start"),
    [
        ("Europe/London", "4/5 Plant sale", "2027-05-04"),  # day first outside of America
        ("Europe/Madrid", "Dec 5, 7pm CET Talk", "2026-12-05T19:00:00+01:00"),
        ("Asia/Jerusalem", "Dec 5, 7pm IST Talk", "2026-12-05T19:00:00+02:00"),  # not India's
        ("Asia/Shanghai", "Dec 5, 7pm CST Talk", "2026-12-05T19:00:00+08:00"),  # not Chicago's
    ],
)
def test_an_ambiguous_wording_is_read_as_at_home(zone: str, line: str, start: str) -> None:
    assert read_line(line, today=TODAY, zone=zone).start.isoformat() == start


def test_characters_that_no_database_takes_are_dropped() -> None:
    (event,) = read_lines("Dec 5 Wa\x00lk\u202e", today=TODAY, zone=NEW_YORK).events
    assert (event.title, event.wording) == ("Walk", "Dec 5 Walk")


@given(st.text(alphabet=st.sampled_from("DecJuly 0123456789-–:,./&()amp TuesdayofthemonthET[]<>@\n\x00é"), max_size=80))
def test_any_text_is_read_or_refused_and_never_lost(text: str) -> None:
    read = read_lines(text, today=TODAY, zone=NEW_YORK)
    assert len(read.events) + len(read.refused) == sum(1 for line in text.splitlines() if line.strip())


@given(st.dates(date(2026, 11, 27), date(2027, 9, 20)), st.integers(0, 23), st.integers(0, 59))
def test_a_formatted_date_and_time_reads_back_the_same(day: date, hour: int, minute: int) -> None:
    for form in (
        "{d:%b} {d.day}, {h:02d}:{m:02d} Talk",
        "{d.day} {d:%B} {d.year} {h:02d}:{m:02d} Talk",
        "{d} {h}:{m:02d} Talk",
    ):
        event = read_line(form.format(d=day, h=hour, m=minute), today=TODAY, zone="UTC")
        assert event.start.isoformat() == f"{day}T{hour:02d}:{minute:02d}:00+00:00"
        assert event.title == "Talk"


WORKDAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
NOT_SO_TIDY = [
    ("Dec 5/6 Concert", "2026-12-05 2026-12-06", "", "Concert"),
    ("Dec5 Concert", "2026-12-05 2026-12-05", "", "Concert"),
    ("Dec 5 between 2 and 4 pm Concert", "2026-12-05T14:00 2026-12-05T16:00", "", "Concert"),
    ("zwischen 14 und 16 Uhr am 5. Dezember: Concert", "2026-12-05T14:00 2026-12-05T16:00", "", "Concert"),
    ("5. Dezember zwischen 14 und 16 Uhr Concert", "2026-12-05T14:00 2026-12-05T16:00", "", "Concert"),
    ("Dec 5 6pm ET (3pm PT, 23:00 GMT) Concert", "2026-12-05T18:00", "", "Concert"),
    ("Dec 5, 18:00–20:00 CET (12pm ET): Concert", "2026-12-05T18:00 2026-12-05T20:00", "", "Concert"),
    (
        "Every Tuesday from January 5 to March 30, 7pm: Class",
        "2027-01-05T19:00", "FREQ=WEEKLY;BYDAY=TU;UNTIL=20270331T035959Z", "Class",
    ),
    ("Wednesdays, Jan 5 - Mar 30: Class", "2027-01-06 2027-01-06", "FREQ=WEEKLY;BYDAY=WE;UNTIL=20270330", "Class"),
    ("jeden 2. Dienstag im Monat, 18 Uhr Chor", "2026-12-08T18:00", "FREQ=MONTHLY;BYDAY=2TU", "Chor"),
    ("cada 2º martes del mes, 18:00 Coro", "2026-12-08T18:00", "FREQ=MONTHLY;BYDAY=2TU", "Coro"),
    ("Mon-Fri 9-5 Office hours", "2026-11-27T09:00 2026-11-27T17:00", WORKDAYS, "Office hours"),
    ("Mon-Fri Dec 7-11 Fair", "2026-12-07 2026-12-11", "", "Fair"),
    ("Mon-Thu 7-9pm Class", "2026-11-30T19:00 2026-11-30T21:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH", "Class"),
    ("segunda a sexta 9h-12h Atendimento", "2026-11-27T09:00 2026-11-27T12:00", WORKDAYS, "Atendimento"),
    ("every 2 weeks on Friday 6pm Film", "2026-11-27T18:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "Film"),
    ("biweekly Friday 6pm Film", "2026-11-27T18:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "Film"),
    ("alle drei Wochen am Freitag 18 Uhr Film", "2026-11-27T18:00", "FREQ=WEEKLY;INTERVAL=3;BYDAY=FR", "Film"),
    ("toutes les deux semaines, le vendredi 18h Film", "2026-11-27T18:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "Film"),
    ("every weekend Market", "2026-11-28 2026-11-28", "FREQ=WEEKLY;BYDAY=SA,SU", "Market"),
    ("monthly on the 15th Market", "2026-12-15 2026-12-15", "FREQ=MONTHLY;BYMONTHDAY=15", "Market"),
    ("last day of the month Market", "2026-11-30 2026-11-30", "FREQ=MONTHLY;BYMONTHDAY=-1", "Market"),
    ("every year on July 4 Parade", "2027-07-04 2027-07-04", "FREQ=YEARLY", "Parade"),
    ("every year Parade", None, "", ""),
    ("übermorgen 18 Uhr Treffen", "2026-11-29T18:00", "", "Treffen"),
    ("heute Abend 18 Uhr Treffen", "2026-11-27T18:00", "", "Treffen"),
    ("ce soir 20h Concert", "2026-11-27T20:00", "", "Concert"),
    ("pasado mañana a las 18h Coro", "2026-11-29T18:00", "", "Coro"),
    ("depois de amanhã às 18h Coro", "2026-11-29T18:00", "", "Coro"),
    ("📅 Dec 5, 7pm Concert", "2026-12-05T19:00", "", "Concert"),
    ("☐ Sat 5 Dec – Concert", "2026-12-05 2026-12-05", "", "Concert"),
    ("_Dec 5_ Concert", "2026-12-05 2026-12-05", "", "Concert"),
    ("“Dec 5: Concert”", "2026-12-05 2026-12-05", "", "Concert"),
    ("Dec 5\tConcert\t7pm\tTown Hall", "2026-12-05T19:00", "", "Concert"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "when", "rule", "title"), NOT_SO_TIDY)
def test_lines_as_people_really_send_them(line: str, when: str | None, rule: str, title: str) -> None:
    if when is None:
        with pytest.raises(UnreadableLine):
            read_line(line, today=TODAY, zone=NEW_YORK)
        return
    one = read_line(line, today=TODAY, zone=NEW_YORK)
    told = " ".join(moment.isoformat()[:16] for moment in (one.start, one.end) if moment is not None)
    assert (told, one.rule or "", one.title) == (when, rule, title)


@pytest.mark.parametrize(
    ("line", "title", "days"),
    [
        ("Dec 5 or 6: Harvest supper", "Harvest supper", [5, 6]),
        ("Harvest supper on Dec 5 or 6", "Harvest supper", [5, 6]),
        ("Sat Dec 5 or Sun Dec 6, 7pm: Harvest supper", "Harvest supper", [5, 6]),
        ("Dec 5, 6 or 7: Harvest supper", "Harvest supper", [5, 6, 7]),
        ("5. oder 6. Dezember: Abendessen", "Abendessen", [5, 6]),
        ("5 ou 6 décembre: Souper", "Souper", [5, 6]),
        ("5 o 6 de diciembre: Cena", "Cena", [5, 6]),
    ],
)
def test_one_day_or_another_is_kept_as_both_with_a_warning(line: str, title: str, days: list[int]) -> None:
    event = read_line(line, today=date(2026, 11, 27), zone="America/New_York")
    assert (event.title, [day.day for day in event.dates]) == (title, days)
    assert any("was kept as all of these days" in warning for warning in event.warnings)


def test_both_days_of_an_and_are_no_doubt() -> None:
    assert read_line("Dec 5 and 6: Fair", today=date(2026, 11, 27), zone="America/New_York").warnings == ()
