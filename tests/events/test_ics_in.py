"""Calendars in: what an `.ics` file becomes, and what is refused without harm to the rest."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from newsletter.events.ics import ReadCalendar, read_ics
from newsletter.events.occurrences import occurrences
from newsletter.model.event import Event, EventId, EventStatus, Occurrence

NOW = datetime(2026, 10, 20, 12, tzinfo=UTC)
NEW_YORK = "America/New_York"


def calendar(*events: str, head: str = "") -> bytes:
    """A VCALENDAR around VEVENTs; each gets a UID unless it has one."""
    parts = []
    for number, event in enumerate(events):
        uid = "" if "UID:" in event else f"UID:{number}@alderwick.example\n"
        parts.append(f"BEGIN:VEVENT\n{uid}{event.strip()}\nEND:VEVENT\n")
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Alderwick//EN\n{head}{''.join(parts)}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def read(*events: str, head: str = "", zone: str = NEW_YORK) -> ReadCalendar:
    return read_ics(calendar(*events, head=head), zone=zone, now=NOW, name="town.ics")


def dated(found: ReadCalendar, first: str, last: str, zone: str = NEW_YORK) -> list[Occurrence]:
    events = [Event(id=EventId(number), data=data) for number, data in enumerate(found.events, 1)]
    return occurrences(events, first=date.fromisoformat(first), last=date.fromisoformat(last), zone=zone)


def test_a_weekly_event_keeps_its_hour_across_the_clock_change() -> None:
    found = read(
        "SUMMARY:Choir\nDTSTART;TZID=America/New_York:20261023T190000\nDTEND;TZID=America/New_York:20261023T203000\n"
        "RRULE:FREQ=WEEKLY;BYDAY=FR"
    )
    assert [row.start.isoformat() for row in dated(found, "2026-10-30", "2026-11-06")] == [
        "2026-10-30T19:00:00-04:00",
        "2026-11-06T19:00:00-05:00",
    ]
    assert (found.events[0].rule, found.events[0].rule_text) == ("FREQ=WEEKLY;BYDAY=FR", "every Friday")


def test_exceptions_are_left_out_and_a_moved_instance_moves_under_its_old_name() -> None:
    found = read(
        "UID:choir\nSUMMARY:Choir\nDTSTART;TZID=America/New_York:20261023T190000\n"
        "RRULE:FREQ=WEEKLY\nEXDATE;TZID=America/New_York:20261030T190000",
        "UID:choir\nSUMMARY:Choir in the church\nRECURRENCE-ID;TZID=America/New_York:20261106T190000\n"
        "DTSTART;TZID=America/New_York:20261107T180000",
        "UID:choir\nSUMMARY:Choir\nSTATUS:CANCELLED\nRECURRENCE-ID;TZID=America/New_York:20261113T190000\n"
        "DTSTART;TZID=America/New_York:20261113T190000",
    )
    assert len(found.events) == 1
    rows = dated(found, "2026-10-23", "2026-11-20")
    assert [(row.id, row.first_date.isoformat(), row.title) for row in rows] == [
        ("1-20261023T1900", "2026-10-23", "Choir"),
        ("1-20261106T1900", "2026-11-07", "Choir in the church"),
        ("1-20261120T1900", "2026-11-20", "Choir"),
    ]


def test_extra_dates_count() -> None:
    found = read("SUMMARY:Walk\nDTSTART;VALUE=DATE:20261101\nRDATE;VALUE=DATE:20261105,20261109")
    assert [str(row.start) for row in dated(found, "2026-11-01", "2026-11-30")] == [
        "2026-11-01",
        "2026-11-05",
        "2026-11-09",
    ]


@pytest.mark.parametrize(
    ("times", "start", "end", "zone"),
    [
        ("DTSTART;VALUE=DATE:20261101\nDTEND;VALUE=DATE:20261104", "2026-11-01", "2026-11-03", None),
        ("DTSTART;VALUE=DATE:20261101", "2026-11-01", "2026-11-01", None),
        ("DTSTART:20261101", "2026-11-01", "2026-11-01", None),
        ("DTSTART;VALUE=DATE:20261101\nDURATION:P2D", "2026-11-01", "2026-11-02", None),
        (
            "DTSTART;TZID=W. Europe Standard Time:20261101T100000",
            "2026-11-01T10:00:00+01:00",
            None,
            "Europe/Berlin",
        ),
        (
            "DTSTART;TZID=/example.org/20260101/Europe/London:20261101T100000",
            "2026-11-01T10:00:00+00:00",
            None,
            "Europe/London",
        ),
        (
            "DTSTART:20261101T100000\nDURATION:PT1H30M",
            "2026-11-01T10:00:00-05:00",
            "2026-11-01T11:30:00-05:00",
            NEW_YORK,
        ),
        ("DTSTART:20261102T000000Z", "2026-11-01T19:00:00-05:00", None, NEW_YORK),
        ("DTSTART;TZID=Made up:20261101T100000", "2026-11-01T10:00:00-06:00", None, "America/Chicago"),
    ],
)
def test_times_find_their_zone(times: str, start: str, end: str | None, zone: str | None) -> None:
    head = (
        "BEGIN:VTIMEZONE\nTZID:Made up\nBEGIN:STANDARD\nDTSTART:19701101T020000\nRRULE:FREQ=SECONDLY\n"
        "TZOFFSETFROM:-0500\nTZOFFSETTO:-0600\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:19700308T020000\n"
        "TZOFFSETFROM:-0600\nTZOFFSETTO:-0500\nEND:DAYLIGHT\nEND:VTIMEZONE\n"
    )
    event = read(f"SUMMARY:Fair\n{times}", head=head).events[0]
    assert (event.start.isoformat(), event.end.isoformat() if event.end else None, event.zone) == (start, end, zone)


OFFICE = """BEGIN:VTIMEZONE
TZID:Custom Office
BEGIN:STANDARD
DTSTART:19701101T030000
RRULE:FREQ=YEARLY;BYMONTH={fall};BYDAY=1SU
TZOFFSETFROM:{summer}
TZOFFSETTO:{winter}
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700301T020000
RRULE:FREQ=YEARLY;BYMONTH={spring};BYDAY=1SU
TZOFFSETFROM:{winter}
TZOFFSETTO:{summer}
END:DAYLIGHT
END:VTIMEZONE
"""
ALWAYS = (
    "BEGIN:VTIMEZONE\nTZID:Custom Office\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:{0}\nTZOFFSETTO:{0}\n"
    "END:STANDARD\nEND:VTIMEZONE\n"
)


@pytest.mark.parametrize(
    ("head", "january", "july", "zone"),
    [
        (ALWAYS.format("+0545"), "13:15", "13:15", "Asia/Kathmandu"),
        (ALWAYS.format("-0330"), "22:30", "22:30", NEW_YORK),
        (OFFICE.format(winter="-0330", summer="-0230", spring=3, fall=11), "22:30", "21:30", "America/St_Johns"),
        (OFFICE.format(winter="+1030", summer="+1100", spring=10, fall=4), "08:00", "08:30", "Australia/Lord_Howe"),
        (OFFICE.format(winter="-0400", summer="-0300", spring=9, fall=4), "22:00", "23:00", "America/Santiago"),
        (OFFICE.format(winter="+0530", summer="+0630", spring=3, fall=11), "13:30", "12:30", NEW_YORK),
    ],
)
def test_a_zone_that_only_the_file_knows_is_read_from_it(head: str, january: str, july: str, zone: str) -> None:
    for month, expected in (("01", january), ("07", july)):
        (event,) = read(f"SUMMARY:Fair\nDTSTART;TZID=Custom Office:2026{month}15T190000", head=head).events
        assert isinstance(event.start, datetime)
        assert (f"{event.start.astimezone(UTC):%H:%M}", event.zone, event.warnings) == (expected, zone, ())


def test_a_series_in_a_zone_of_its_own_whose_clocks_never_change_keeps_its_moments() -> None:
    head = ALWAYS.format("+0120")
    event = read(
        "SUMMARY:Fair\nDTSTART;TZID=Custom Office:20261205T190000\nRRULE:FREQ=WEEKLY;BYDAY=SA;COUNT=4\n"
        "EXDATE;TZID=Custom Office:20261212T190000",
        head=head,
    ).events[0]
    assert (event.start.isoformat(), event.zone, event.warnings) == ("2026-12-05T17:40:00+00:00", "UTC", ())
    assert event.excepted == (date(2026, 12, 12),)


@pytest.mark.parametrize(
    ("head", "start"),
    [
        (ALWAYS.format("+0120"), "20261206T003000"),  # Saturday in UTC: its BYDAY would name another day
        (OFFICE.format(winter="+0530", summer="+0630", spring=3, fall=11), "20261205T190000"),
    ],
)
def test_a_series_in_a_zone_of_its_own_that_utc_cannot_tell_is_doubted(head: str, start: str) -> None:
    event = read(f"SUMMARY:Fair\nDTSTART;TZID=Custom Office:{start}\nRRULE:FREQ=WEEKLY;COUNT=4", head=head).events[0]
    assert event.zone == NEW_YORK
    assert "“Custom Office” is not known" in event.warnings[0]


def test_a_line_folded_within_a_character_is_read() -> None:
    data = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261205T190000Z\r\nSUMMARY:Café\r\nEND:VEVENT\r\n"
    folded = f"{data}END:VCALENDAR\r\n".encode().replace("é".encode(), b"\xc3\r\n \xa9")
    assert read_ics(folded, zone=NEW_YORK, now=NOW, name="x.ics").events[0].title == "Café"


@pytest.mark.parametrize("empty", ["DTEND:", "DURATION:", "RRULE: ", "EXDATE;TZID=Europe/Berlin:"])
def test_a_property_that_says_nothing_spoils_nothing(empty: str) -> None:
    assert read(f"SUMMARY:Fair\nDTSTART:20261205T190000Z\n{empty}").events[0].title == "Fair"


def test_a_zone_whose_rule_is_without_end_is_not_followed() -> None:
    head = OFFICE.format(winter="+0530", summer="+0630", spring=3, fall=11).replace("YEARLY", "SECONDLY")
    (event,) = read("SUMMARY:Fair\nDTSTART;TZID=Custom Office:20260115T190000", head=head).events
    assert "“Custom Office” is not known" in event.warnings[0]


def test_an_unknown_zone_is_told() -> None:
    event = read("SUMMARY:Fair\nDTSTART;TZID=Nowhere:20261101T100000").events[0]
    assert event.zone == NEW_YORK
    assert "“Nowhere” is not known" in event.warnings[0]


def test_what_was_called_off_is_cancelled() -> None:
    assert read("SUMMARY:Fair\nSTATUS:CANCELLED\nDTSTART:20261101").events[0].status is EventStatus.CANCELLED
    assert read("SUMMARY:Fair\nDTSTART:20261101", head="METHOD:CANCEL\n").events[0].status is EventStatus.CANCELLED


def test_texts_are_clean() -> None:
    event = read(
        "SUMMARY:Fair\\, with music\nDTSTART:20261101\nLOCATION:Market Square\nURL:https://x.example/fair\n"
        "DESCRIPTION:See https://x.example/a?b=1&c=2\\nor <script>alert(1)</script><b>come</b>"
    ).events[0]
    assert (event.title, event.place, event.url) == ("Fair, with music", "Market Square", "https://x.example/fair")
    assert "script" not in event.description
    plain = read("SUMMARY:Fair\nDTSTART:20261101\nDESCRIPTION:1 < 2\\nhttps://x.example/a").events[0]
    assert plain.description == '1 &lt; 2<br><a href="https://x.example/a">https://x.example/a</a>'


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ("SUMMARY:Bad\nDTSTART:20261101T100000\nRRULE:FREQ=SECONDLY", "more often than daily"),
        ("SUMMARY:Bad\nDTSTART:20261101T100000\nRRULE:FREQ=HOURLY;INTERVAL=2", "more often than daily"),
        ("SUMMARY:Bad\nDTSTART:20261101T100000\nRRULE:FREQ=DAILY;BYHOUR=1,2,3", "more often than daily"),
        ("SUMMARY:Bad\nDTSTART:20261101T100000\nRRULE:FREQ=MONTHLY;BYDAY=9MO", "BYDAY=9MO"),
        ("SUMMARY:Bad\nDTSTART:20261101T100000\nRRULE:FREQ=WEEKLY;BYDAY=1MO", "BYDAY=1MO"),
        ("SUMMARY:Bad\nDTSTART:20261101T100000\nRRULE:FREQ=WEEKLY;INTERVAL=0", "INTERVAL=0"),
        ("SUMMARY:Bad\nDTSTART:20261101T100000\nRRULE:FREQ=SOMETIMES", "no frequency"),
        ("SUMMARY:Bad\nDTSTART:20261101\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never comes"),
        ("SUMMARY:Bad\nDTSTART:20261102\nRRULE:FREQ=DAILY;INTERVAL=7;BYDAY=TU", "never comes"),
        ("SUMMARY:Bad\nDTSTART:20261102\nRRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6", "never comes"),
        ("SUMMARY:Bad\nDTSTART:20261341T100000Z", "left out"),
        ("SUMMARY:Bad", "no start"),
        ("SUMMARY:Bad\nDTSTART:00010101", "year 1"),
        ("SUMMARY:Bad\nDTSTART:20261101T100000Z\nDTEND:20261101T090000Z", "ends before it begins"),
        ("SUMMARY:Bad\nDTSTART;VALUE=DATE:20261104\nDTEND;VALUE=DATE:20261101", "ends before it begins"),
        ("DTSTART:20261101", "no title"),
    ],
)
def test_a_bad_event_is_refused_with_a_reason_and_the_rest_is_kept(event: str, why: str) -> None:
    found = read("SUMMARY:Good\nDTSTART:20261101", event, "SUMMARY:Good too\nDTSTART:20261102")
    assert [one.title for one in found.events] == ["Good", "Good too"]
    assert why in found.refused[0][1]


def test_a_file_that_is_cut_off_loses_only_its_last_event() -> None:
    whole = calendar("SUMMARY:Good\nDTSTART:20261101", "SUMMARY:Torn\nDTSTART:20261102")
    found = read_ics(whole[: whole.index(b"Torn") + 4], zone=NEW_YORK, now=NOW, name="town.ics")
    assert [one.title for one in found.events] == ["Good"]
    assert found.refused == (("Torn", "The event was left out: it is cut off."),)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no iCalendar"),
        (b"<html>not found</html>", "no iCalendar"),
        (b"\x00\xff" * 100, "no iCalendar"),
        (b"BEGIN:VCALENDAR\n" + b"x" * 10_000_001, "larger than 10 MB"),
    ],
)
def test_what_is_no_calendar_is_refused(data: bytes, why: str) -> None:
    found = read_ics(data, zone=NEW_YORK, now=NOW, name="town.ics")
    assert found.events == ()
    assert found.refused[0][0] == "town.ics"
    assert why in found.refused[0][1]


def test_of_1001_events_a_thousand_are_read_and_the_rest_is_told() -> None:
    found = read(*(f"SUMMARY:Event {number}\nDTSTART:20261101" for number in range(1001)))
    assert len(found.events) == 1000
    assert found.refused == (("town.ics", "The calendar has 1,001 events; the first 1,000 were read."),)


def test_a_second_reading_says_the_same_whatever_the_time_stamps() -> None:
    event = "SUMMARY:Choir\nDTSTART:20261023T190000\nRRULE:FREQ=WEEKLY\nDTSTAMP:{stamp}\nLAST-MODIFIED:{stamp}"
    first, second = (read(event.format(stamp=f"2026{month}01T000000Z")) for month in ("10", "11"))
    assert first == second


def test_an_event_without_a_uid_gets_the_same_one_each_time() -> None:
    data = calendar("SUMMARY:Fair\nDTSTART:20261101").replace(b"UID:0@alderwick.example\r\n", b"")
    uids = {read_ics(data, zone=NEW_YORK, now=NOW, name="town.ics").events[0].uid for _ in range(2)}
    assert len(uids) == 1


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "last weekday of the month"),
        ("BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", "first weekday of the month"),
        ("BYDAY=SU,MO,TU,WE,TH,FR,SA;BYSETPOS=-1", "last day of the month"),
        ("BYDAY=FR;BYSETPOS=-1", "last Friday of the month"),
        ("BYDAY=SA,SU;BYSETPOS=1", None),
    ],
)
def test_a_set_position_has_words_where_they_are_short(rule: str, words: str | None) -> None:
    (event,) = read(f"SUMMARY:Clinic\nDTSTART:20261130T143000\nRRULE:FREQ=MONTHLY;{rule}").events
    assert event.rule_text == words


@pytest.mark.parametrize(
    ("lines", "days"),
    [
        ("DTSTART:20261101T190000\nRDATE:20261108T190000,20261122T190000", ["2026-11-01", "2026-11-08", "2026-11-22"]),
        ("DTSTART;VALUE=DATE:20261101\nRDATE;VALUE=DATE:20261108", ["2026-11-01", "2026-11-08"]),
        ("DTSTART;VALUE=DATE:20261101\nRDATE:20261108,20261109\nEXDATE:20261108", ["2026-11-01", "2026-11-09"]),
        ("DTSTART:20261101T190000\nRDATE:20261108T200000", []),  # other hours: they stay in its calendar
    ],
)  # fmt: skip
def test_extra_dates_without_a_rule_are_separate_days(lines: str, days: list[str]) -> None:
    (event,) = read(f"SUMMARY:Clinic\n{lines}").events
    assert ([str(day) for day in event.dates], event.ics is None) == (days, bool(days))


def test_outlooks_set_position_becomes_an_ordinal_day() -> None:
    event = read("SUMMARY:Clinic\nDTSTART:20261109T143000\nRRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=2;WKST=SU").events[0]
    assert (event.rule, event.rule_text) == ("FREQ=MONTHLY;BYDAY=2MO", "second Monday of the month")
