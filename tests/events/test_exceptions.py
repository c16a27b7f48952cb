"""What a line takes out of its rule, in five languages: days, ranges, months; what names no date is a warning."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import icalendar
import pytest

from newsletter.events.days import UnreadableLine
from newsletter.events.ics import read_ics
from newsletter.events.lines import read_line
from newsletter.events.occurrences import occurrences
from newsletter.events.rule_words import in_words
from newsletter.events.write_ics import write_ics
from newsletter.model.event import Event, EventData, EventId

TODAY = date(2026, 11, 27)
NEW_YORK = "America/New_York"
CHRISTMAS, NEW_YEAR = date(2026, 12, 24), date(2026, 12, 31)


def read(line: str) -> EventData:
    return read_line(line, today=TODAY, zone=NEW_YORK)


@pytest.mark.parametrize(
    ("line", "left_out"),
    [
        ("every Thursday 6pm except 24 December: Choir", [CHRISTMAS]),
        ("every Thursday 6pm except 24 December Choir", [CHRISTMAS]),
        ("every Thursday except Dec. 24, 6pm Choir", [CHRISTMAS]),
        ("every Thursday, except December 24 and 31, 6pm Choir", [CHRISTMAS, NEW_YEAR]),
        ("Choir every Thursday 6pm (except Dec 24, Dec 31)", [CHRISTMAS, NEW_YEAR]),
        ("every Thursday 6pm Choir, except 24 December – 2 January", [CHRISTMAS, NEW_YEAR]),
        ("every Thursday 6pm except between 20 December and 5 January: Choir", [CHRISTMAS, NEW_YEAR]),
        ("every Thursday 6pm Choir, but not on 24 December", [CHRISTMAS]),
        ("every Thursday 6pm Choir (no rehearsal Dec 24 and 31)", [CHRISTMAS, NEW_YEAR]),
        ("every Thursday 6pm Choir, no singing on 2026-12-24", [CHRISTMAS]),
        ("every Thursday 6pm excluding 24 December 2026 and 13 May 2027: Choir", [CHRISTMAS, date(2027, 5, 13)]),
        ("todos los jueves a las 18h excepto el 24 de diciembre: Choir", [CHRISTMAS]),
        ("todos los jueves 18:00 Choir, salvo el 24 y el 31 de diciembre", [CHRISTMAS, NEW_YEAR]),
        ("cada jueves a las 18h menos el 24 de diciembre: Choir", [CHRISTMAS]),
        ("tous les jeudis à 18h sauf le 24 décembre : Choir", [CHRISTMAS]),
        ("tous les jeudis à 18h sauf du 24 décembre au 2 janvier : Choir", [CHRISTMAS, NEW_YEAR]),
        ("tous les jeudis à 18h, hormis le 24 et le 31 décembre : Choir", [CHRISTMAS, NEW_YEAR]),
        ("jeden Donnerstag 18 Uhr außer am 24.12.: Choir", [CHRISTMAS]),
        ("jeden Donnerstag 18 Uhr Choir, außer am 24. und 31. Dezember", [CHRISTMAS, NEW_YEAR]),
        ("jeden Donnerstag 18 Uhr ausser vom 24.12. bis 2.1.: Choir", [CHRISTMAS, NEW_YEAR]),
        ("donnerstags 18 Uhr Choir (nicht am 24.12.)", [CHRISTMAS]),
        ("todas as quintas às 18h, exceto 24 de dezembro: Choir", [CHRISTMAS]),
        ("todas as quintas-feiras às 18h Choir, exceto no dia 24 de dezembro", [CHRISTMAS]),
        ("toda quinta às 18h, menos 24 e 31 de dezembro: Choir", [CHRISTMAS, NEW_YEAR]),
    ],
)
def test_days_are_left_out_of_a_rule(line: str, left_out: list[date]) -> None:
    data = read(line)
    assert (data.title, data.rule, list(data.excepted), data.warnings) == (
        "Choir",
        "FREQ=WEEKLY;BYDAY=TH",
        left_out,
        (),
    )
    assert data.start == datetime(2026, 12, 3, 18, tzinfo=ZoneInfo(NEW_YORK))


@pytest.mark.parametrize(
    ("line", "months", "words"),
    [
        ("first Thursday of the month except August: Choir", "1,2,3,4,5,6,7,9,10,11,12", "except in August"),
        ("every Tuesday except in July and August, 19:30 Choir", "1,2,3,4,5,6,9,10,11,12", "except in July and August"),
        ("jeden Donnerstag außer im August 18 Uhr: Choir", "1,2,3,4,5,6,7,9,10,11,12", "except in August"),
        ("todos los martes excepto en julio y agosto: Choir", "1,2,3,4,5,6,9,10,11,12", "except in July and August"),
        ("tous les mardis sauf en août : Choir", "1,2,3,4,5,6,7,9,10,11,12", "except in August"),
        ("todas as terças exceto em agosto: Choir", "1,2,3,4,5,6,7,9,10,11,12", "except in August"),
    ],
)
def test_months_are_left_out_every_year(line: str, months: str, words: str) -> None:
    data = read(line)
    assert data.title == "Choir"
    assert f"BYMONTH={months}" in str(data.rule)
    assert str(data.rule_text).endswith(words)
    event = Event(id=EventId(1), data=data)
    for year in (2027, 2031):
        summer = occurrences([event], first=date(year, 8, 1), last=date(year, 8, 31), zone=NEW_YORK)
        assert summer == []
        assert occurrences([event], first=date(year, 9, 1), last=date(year, 9, 30), zone=NEW_YORK)


def test_a_day_that_the_rule_does_not_make_is_told_and_leaves_the_event_as_it_is() -> None:
    data = read("every Tuesday 6pm except 24 December: Choir")
    assert (data.excepted, data.rule) == ((), "FREQ=WEEKLY;BYDAY=TU")
    assert data.warnings == ("There is nothing to leave out: the rule has no day on Thursday 24 December 2026.",)


@pytest.mark.parametrize(
    ("line", "wording"),
    [
        ("every Thursday 6pm except bank holidays: Choir", "except bank holidays"),
        ("every Thursday 6pm Choir, except in the holidays", "except in the holidays"),
        ("jeden Donnerstag 18 Uhr außer an Feiertagen: Choir", "außer an Feiertagen"),
    ],
)
def test_an_exception_without_a_date_is_a_warning(line: str, wording: str) -> None:
    data = read(line)
    assert (data.rule, data.excepted) == ("FREQ=WEEKLY;BYDAY=TH", ())
    assert data.warnings == (f"“{wording}” is not in the rule; take those dates out by hand.",)


def test_an_exception_of_the_first_day_moves_the_beginning() -> None:
    data = read("every Tuesday 6pm except 1 December: Choir")
    assert (data.start.isoformat(), data.excepted) == ("2026-12-08T18:00:00-05:00", ())


def test_a_day_is_left_out_of_a_range_and_of_several_dates() -> None:
    fair = read("December 1-6, 10am-5pm, except Friday Dec 4: Fair")
    assert [day.day for day in fair.dates] == [1, 2, 3, 5, 6]
    assert (fair.start.isoformat()[:16], fair.end and fair.end.isoformat()[:16]) == (
        "2026-12-01T10:00",
        "2026-12-01T17:00",
    )
    with pytest.raises(UnreadableLine, match="No day is left"):
        read("December 1-2 except December 1-2: Fair")
    with pytest.raises(UnreadableLine, match="at most 60 days"):
        read("1 December 2026 – 30 June 2027 except Dec 24: Show")
    with pytest.raises(UnreadableLine, match="April has 30 days"):
        read("every Tuesday 6pm except 31 April: Choir")


def test_a_title_that_only_sounds_like_it_stays_a_title() -> None:
    assert read("Dec 5: No music, not even on Sundays").title.startswith("No music")
    assert read("every Thursday 6pm Nothing except the truth").excepted == ()


def test_what_is_left_out_is_in_no_window_and_in_the_calendar_we_write() -> None:
    data = read("every Thursday 6pm except 24 December: Choir")
    event = Event(id=EventId(1), data=data)
    found = occurrences([event], first=date(2026, 12, 10), last=date(2027, 1, 7), zone=NEW_YORK)
    assert [one.first_date.day for one in found] == [10, 17, 31, 7]
    now = datetime(2026, 11, 27, tzinfo=UTC)
    content = write_ics([event], name="x", now=now)
    assert b"EXDATE;TZID=America/New_York:20261224T180000" in content.replace(b"\r\n ", b"")
    assert icalendar.Calendar.from_ical(content).errors == []
    (back,) = read_ics(content, zone=NEW_YORK, now=now, name="x").events
    again = occurrences([replace(event, data=back)], first=date(2026, 12, 10), last=date(2027, 1, 7), zone=NEW_YORK)
    assert [one.start for one in again] == [one.start for one in found]
    assert (back.rule, back.excepted) == (data.rule, data.excepted)
    whole = Event(id=EventId(2), data=read("every Thursday except 24 December: Choir"))
    assert b"EXDATE;VALUE=DATE:20261224" in write_ics([whole], name="x", now=now)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "every Thursday, except 24 December and 31 December 2026"),
        ("es", "cada jueves, excepto el 24 de diciembre y 31 de diciembre de 2026"),
        ("fr", "chaque jeudi, sauf le 24 décembre et 31 décembre 2026"),
        ("de", "jeden Donnerstag, außer am 24. Dezember und 31. Dezember 2026"),
        ("pt", "cada quinta-feira, exceto em 24 de dezembro e 31 de dezembro de 2026"),
    ],
)
def test_what_is_left_out_is_said_in_the_words_of_the_newsletter(language: str, words: str) -> None:
    assert in_words("FREQ=WEEKLY;BYDAY=TH", language=language, excepted=(CHRISTMAS, NEW_YEAR)) == words
