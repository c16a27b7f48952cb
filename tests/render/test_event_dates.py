"""How the calendar says when."""

# ruff: noqa: E501  tables
from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from newsletter.render.dates import full_date, times, when

D = date
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("language", "first", "last", "dates", "top", "day", "bottom", "line"),
    [
        ("en", D(2026, 11, 30), None, (), "Nov", "30", "Monday", "Nov 30"),
        ("en", D(2026, 11, 28), D(2026, 11, 29), (), "Nov", "28–29", "Sat–Sun", "Nov 28–29"),
        ("en", D(2026, 10, 3), D(2026, 12, 6), (), "Until Dec", "6", "Sunday", "Until Dec 6"),
        ("en", D(2026, 11, 30), D(2026, 12, 2), (), "Nov 30 – Dec", "2", "Mon–Wed", "Nov 30 – Dec 2"),
        ("en", D(2026, 12, 1), D(2026, 12, 20), (), "Dec", "1–20", "", "Dec 1–20"),
        ("en", D(2026, 12, 2), None, (D(2026, 12, 2), D(2026, 12, 9)), "Dec", "2 & 9", "Wednesdays", "Dec 2 & 9"),
        ("en", D(2026, 12, 2), None, (D(2026, 12, 2), D(2026, 12, 4), D(2026, 12, 9)), "Dec", "2, 4 & 9", "Wed & Fri", "Dec 2, 4 & 9"),
        ("en", D(2026, 11, 30), None, (D(2026, 11, 30), D(2026, 12, 7)), "Nov 30 & Dec", "7", "Mondays", "Nov 30 & Dec 7"),
        ("en", D(2026, 11, 30), None, (D(2026, 11, 30), D(2026, 12, 2), D(2026, 12, 7)), "Nov 30, Dec", "2 & 7", "Mon & Wed", "Nov 30, Dec 2 & 7"),
        ("en", D(2026, 11, 20), None, (D(2026, 11, 20), D(2026, 12, 4)), "Dec", "4", "Friday", "Dec 4"),
        ("de", D(2026, 11, 28), D(2026, 11, 29), (), "Nov", "28–29", "Sa–So", "28.–29. Nov."),
        ("de", D(2026, 10, 3), D(2026, 12, 6), (), "Bis Dez", "6", "Sonntag", "Bis 6. Dez."),
        ("de", D(2026, 12, 2), None, (D(2026, 12, 2), D(2026, 12, 9)), "Dez", "2 & 9", "Mittwoch", "2. & 9. Dez."),
        ("de", D(2027, 8, 3), None, (D(2027, 8, 3), D(2027, 8, 10), D(2027, 8, 17)), "Aug", "3, 10 & 17", "Dienstag", "3., 10. & 17. Aug."),
        ("es", D(2026, 12, 2), None, (D(2026, 12, 2), D(2026, 12, 9)), "dic", "2 & 9", "miércoles", "2 & 9 dic"),
        ("fr", D(2026, 12, 5), None, (), "déc.", "5", "samedi", "5 déc."),
    ],
)  # fmt: skip
def test_the_date_column(
    sample: Any,
    language: str,
    first: date,
    last: date | None,
    dates: tuple[date, ...],
    top: str,
    day: str,
    bottom: str,
    line: str,
) -> None:
    said = when(sample.occurrence(1, "x", first, last, dates=dates), on=sample.ON, language=language)
    assert (said["top"], said["day"], said["bottom"], said["line"]) == (top, day, bottom, line)


@pytest.mark.parametrize(
    ("language", "zone", "start", "end", "expected"),
    [
        ("en", "America/New_York", (12, 2, 18, 30), None, "6:30 PM ET"),
        ("en", "America/New_York", (7, 2, 18, 30), None, "6:30 PM ET"),
        ("en", "America/New_York", (12, 2, 18, 30), (12, 2, 20, 0), "6:30–8:00 PM ET"),
        ("en", "America/New_York", (12, 2, 10, 0), (12, 2, 18, 0), "10:00 AM–6:00 PM ET"),
        ("en", "Europe/Berlin", (12, 2, 18, 30), None, "6:30 PM CET"),
        ("en", "Asia/Kolkata", (12, 2, 18, 30), None, "6:30 PM IST"),
        ("en", "UTC", (12, 2, 18, 30), None, "6:30 PM UTC"),
        ("en", "America/Sao_Paulo", (12, 2, 18, 30), None, "6:30 PM UTC−3"),
        ("en", "Asia/Kathmandu", (12, 2, 18, 30), None, "6:30 PM UTC+5:45"),
        ("de", "Europe/Berlin", (12, 2, 18, 30), (12, 2, 20, 0), "18:30–20:00 MEZ"),
        ("de", "Europe/Berlin", (7, 8, 19, 0), None, "19:00 MESZ"),
        ("es", "Europe/Madrid", (6, 8, 19, 0), None, "19:00 CEST"),
        ("fr", "Europe/Paris", (6, 8, 19, 0), None, "19:00 CEST"),
        ("pt", "Europe/Lisbon", (6, 8, 19, 0), None, "19:00 WEST"),
        ("en-GB", "Europe/London", (6, 8, 19, 0), None, "19:00 BST"),
        ("en", "America/New_York", (6, 8, 19, 0), None, "7:00 PM ET"),
        ("en-GB", "Europe/London", (12, 2, 18, 30), None, "18:30 GMT"),
        ("en", "America/New_York", (12, 2, 21, 0), (12, 3, 1, 0), "9:00 PM–1:00 AM ET"),
    ],
)
def test_a_time_bears_its_zone(
    sample: Any, language: str, zone: str, start: tuple[int, ...], end: tuple[int, ...] | None, expected: str
) -> None:
    def moment(parts: tuple[int, ...]) -> datetime:
        month, day, hour, minute = parts
        return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo(zone))

    one = sample.occurrence(1, "x", moment(start), moment(end) if end else None, zone=zone)
    assert times(one, language) == expected


def test_no_hours_no_zone(sample: Any) -> None:
    assert times(sample.occurrence(1, "x", D(2026, 12, 5)), "en") == ""


def test_a_night_out_is_one_day(sample: Any) -> None:
    one = sample.occurrence(1, "Dance", sample.at(12, 5, 21), sample.at(12, 6, 1))
    assert when(one, on=sample.ON, language="en")["line"] == "Dec 5"


def test_an_event_of_another_zone_keeps_its_own_hours(sample: Any) -> None:
    start = datetime(2026, 12, 2, 18, 30, tzinfo=BERLIN)
    one = sample.occurrence(1, "x", start.astimezone(ZoneInfo("UTC")), zone="Europe/Berlin")
    assert times(one, "en") == "6:30 PM CET"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Friday, November 27, 2026"),
        ("en-US", "Friday, November 27, 2026"),
        ("de-AT", "Freitag, 27. November 2026"),
        ("xx-unknown", "Friday, November 27, 2026"),
        ("pt-BR", "sexta-feira, 27 de novembro de 2026"),
    ],
)
def test_the_date_of_the_issue_is_in_its_language(language: str, expected: str) -> None:
    assert full_date(D(2026, 11, 27), language) == expected
