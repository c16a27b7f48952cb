"""How dates and times are said, by language (CLDR through Babel)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval, format_skeleton, format_time, get_timezone_name

from newsletter.errors import NewsletterError
from newsletter.model.event import Occurrence
from newsletter.render.words import words

_SPACES = re.compile(r"[\s\u00a0\u2009\u202f]+")
_BARE_RANGE = re.compile(r"(?<=\d) ?– ?(?=\d)")
_YEAR_LAST = re.compile(r"(?:\s*'de')?[\s,]*y+$")
_CLDR_LETTERS = re.compile(r"[A-Za-z]+")
_CLDR_KNOWN = frozenset("GyYuUQqMLwWdDFEec")
_ACROSS_MIDNIGHT = timedelta(hours=24)


def locale_of(language: str) -> Locale:
    """Babel's locale for a BCP 47 tag; the language alone where the region is unknown, else English."""
    tag = language.replace("-", "_")
    for candidate in (tag, tag.split("_")[0], "en"):
        try:
            return Locale.parse(candidate)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en")


def full_date(day: date, language: str) -> str:
    """`Friday, November 27, 2026`."""
    return _plain(format_date(day, "full", locale=locale_of(language)))


def full_day(day: date, language: str) -> str:
    """`Friday, November 27`; with its year where a language does not write that last."""
    locale = locale_of(language)
    pattern = _YEAR_LAST.sub("", locale.date_formats["full"].pattern)
    return _plain(str(format_date(day, pattern, locale=locale)))


def span_in_words(first: date, last: date, language: str) -> str:
    """`November 30 – December 6`."""
    locale = locale_of(language)
    days = (datetime(day.year, day.month, day.day) for day in (first, last))  # noqa: DTZ001
    return " – ".join(_plain(str(format_skeleton("MMMMd", day, locale=locale))) for day in days)


def weekday_of(day: date, language: str) -> str:
    """`Tue`."""
    return _short_weekday(day, locale_of(language))


def zone_city(zone: str, language: str) -> str:
    """The city of an IANA zone in a language: `New York`, `Nueva York`."""
    city = locale_of(language).time_zones.get(zone, {}).get("city")
    return str(city or zone.rsplit("/", 1)[-1].replace("_", " "))


def short_date(day: date, pattern: str, language: str) -> str:
    """A date by a publication's pattern: strftime's where it has a `%`, else CLDR's (`dd.MM.yyyy`).

    Raises NewsletterError where the pattern is neither.
    """
    check_date_format(pattern)
    if "%" in pattern:
        return day.strftime(pattern)
    return _plain(str(format_date(day, pattern, locale=locale_of(language))))


def check_date_format(pattern: str) -> None:
    """Raise NewsletterError unless a date can be written by this pattern."""
    wrong = NewsletterError(
        f"The date format “{pattern}” cannot be used. Write a pattern such as MM.dd.yyyy, d MMMM yyyy or %d.%m.%Y.",
        where="date_format",
    )
    if not pattern.strip() or any(ord(letter) < 32 for letter in pattern):
        raise wrong
    try:
        if "%" in pattern:
            written = date(2026, 11, 27).strftime(pattern)
            usable = "%" not in written.replace("%", "", pattern.count("%%"))
        else:
            letters = "".join(_CLDR_LETTERS.findall(re.sub(r"'[^']*'", "", pattern)))
            usable = bool(letters) and set(letters) <= _CLDR_KNOWN
            written = str(format_date(date(2026, 11, 27), pattern, locale="en"))
    except (ValueError, KeyError, AttributeError, TypeError, IndexError) as cause:
        raise wrong from cause
    if not usable or not written.strip():
        raise wrong


def when(one: Occurrence, *, on: date, language: str) -> dict[str, Any]:
    """The date column of an event, for an issue of the day `on`.

    `top`, `day`, `bottom` stand over each other in HTML (`Dec`, `2 & 9`, `Wednesdays`); `line` and `weekdays` are the
    two lines of the text part (`Dec 2 & 9`, `Wednesdays`).
    """
    locale = locale_of(language)
    days = [day for day in one.dates if day >= on] or list(one.dates)
    if len(days) > 1:
        return _several(days, locale)
    first, last = (days[0], days[0]) if days else _span(one)
    if first == last:
        return _column(_month(first, locale), str(first.day), _weekday(first, locale), _month_day(first, locale))
    if first < on:
        until = words(language)["until"]
        return _column(
            f"{until} {_month(last, locale)}",
            str(last.day),
            _weekday(last, locale),
            f"{until} {_month_day(last, locale)}",
        )
    weekdays = f"{_short_weekday(first, locale)}–{_short_weekday(last, locale)}"
    if (first - last).days <= -7:
        weekdays = ""
    line = _BARE_RANGE.sub("–", _plain(str(format_interval(first, last, "MMMd", locale=locale))))
    if (first.year, first.month) == (last.year, last.month):
        return _column(_month(first, locale), f"{first.day}–{last.day}", weekdays, line)
    return _column(f"{_month_day(first, locale)} – {_month(last, locale)}", str(last.day), weekdays, line)


def times(one: Occurrence, language: str) -> str:
    """`6:30 PM ET`, `18:30–20:00 MEZ`; empty for an event without hours. No time, no zone."""
    if not isinstance(one.start, datetime):
        return ""
    locale = locale_of(language)
    start = one.start.astimezone(ZoneInfo(one.zone)) if one.zone else one.start
    said = _plain(str(format_time(start, "short", locale=locale)))
    if isinstance(one.end, datetime):
        end = one.end.astimezone(start.tzinfo)
        if timedelta(0) < end - start < _ACROSS_MIDNIGHT:
            said = _hours(start, end, said, locale)
    zone = zone_name(start, locale)
    return f"{said} {zone}".strip()


def zone_name(moment: datetime, locale: Locale) -> str:
    """The short name of a moment's zone as readers know it: `ET`, `MESZ` in summer; `UTC+5:30` where there is none."""
    generic = str(get_timezone_name(moment.tzinfo, width="short", locale=locale))
    winter = str(get_timezone_name(moment.tzinfo, width="short", locale=locale, zone_variant="standard"))
    season: Literal["daylight", "standard"] = "daylight" if moment.dst() else "standard"
    specific = str(get_timezone_name(moment, width="short", locale=locale, zone_variant=season))
    if generic == winter:  # where a language has no name for both seasons, Babel answers with the winter's
        generic = specific
    for name in (generic, specific, moment.tzname() or ""):
        if re.fullmatch(r"[A-Z]{1,5}", name):
            return name
    offset = moment.utcoffset() or timedelta(0)
    minutes = int(abs(offset).total_seconds()) // 60
    sign = "−" if offset < timedelta(0) else "+"
    return f"UTC{sign}{minutes // 60}" + (f":{minutes % 60:02}" if minutes % 60 else "")


def _span(one: Occurrence) -> tuple[date, date]:
    """First and last day; a night out ends on the day it began."""
    overnight = (
        isinstance(one.start, datetime)
        and isinstance(one.end, datetime)
        and one.end - one.start < _ACROSS_MIDNIGHT
        and one.last_date == one.first_date + timedelta(days=1)
    )
    return one.first_date, one.first_date if overnight else one.last_date


def _several(days: Sequence[date], locale: Locale) -> dict[str, Any]:
    months: list[tuple[date, list[str]]] = []
    for day in days:
        if not months or (months[-1][0].year, months[-1][0].month) != (day.year, day.month):
            months.append((day, []))
        months[-1][1].append(str(day.day))
    weekdays = list(dict.fromkeys(_short_weekday(day, locale) for day in days))
    if len(weekdays) == 1:
        said = _weekday(days[0], locale) + ("s" if locale.language == "en" else "")
    else:
        said = " & ".join(weekdays) if len(weekdays) <= 3 else ""
    spans = [_days_of(first, numbers, locale) for first, numbers in months]
    if len(months) == 1:
        return _column(_month(days[0], locale), _listed(months[0][1]), said, spans[0])
    joined = ", ".join(spans[:-1]) + (", " if len(months[-1][1]) > 1 else " & ")
    return _column(joined + _month(days[-1], locale), _listed(months[-1][1]), said, joined + spans[-1])


def _days_of(first: date, numbers: Sequence[str], locale: Locale) -> str:
    """`Dec 2 & 9`; where the language puts a point behind the number, behind each: `2. & 9. Dez.`."""
    one = _month_day(first, locale)
    point = "." if re.search(rf"(?<!\d){numbers[0]}\.", one) else ""
    return one.replace(f"{numbers[0]}{point}", _listed([number + point for number in numbers]), 1)


def _listed(parts: Sequence[str]) -> str:
    return " & ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _hours(start: datetime, end: datetime, said: str, locale: Locale) -> str:
    ended = _plain(str(format_time(end, "short", locale=locale)))
    half = said.rsplit(" ", 1)
    if len(half) == 2 and half[1] == ended.rsplit(" ", 1)[-1] and not half[1][0].isdigit():
        said = half[0]  # 6:30–8:00 PM
    return f"{said}–{ended}"


def _column(top: str, day: str, bottom: str, line: str) -> dict[str, Any]:
    return {"top": top, "day": day, "bottom": bottom, "line": line, "weekdays": bottom}


def _month(day: date, locale: Locale) -> str:
    return str(format_date(day, "LLL", locale=locale))


def _month_day(day: date, locale: Locale) -> str:
    return _plain(str(format_skeleton("MMMd", datetime(day.year, day.month, day.day), locale=locale)))  # noqa: DTZ001


def _weekday(day: date, locale: Locale) -> str:
    return str(format_date(day, "cccc", locale=locale))


def _short_weekday(day: date, locale: Locale) -> str:
    return str(format_date(day, "ccc", locale=locale))


def _plain(text: str) -> str:
    """Babel's narrow spaces as plain ones: not every mail font has them."""
    return _SPACES.sub(" ", text).strip()
