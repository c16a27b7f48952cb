"""The grammar of dates: `July 6-7`, `5, 12 and 19 March`, `Dec 29 – Jan 2`, `12.12.2026`, `tomorrow`."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from newsletter.events import languages
from newsletter.events.patterns import lazily
from newsletter.events.words import (
    AND_WORD,
    ARTICLE,
    DASH,
    MONTH,
    MONTH_NAMES,
    ORDINAL,
    TO,
    TO_WORD,
    WEEKDAY,
    WEEKDAY_NAMES,
    WEEKDAY_STEM,
    WEEKDAYS,
    any_of,
    end_of,
    month_of,
    ordinal_of,
    weekday_of,
    weekdays_in,
)
from newsletter.events.zones import zone_word

OLD_AFTER = timedelta(days=60)
"""A date without a year that lies longer ago than this belongs to next year."""


MOST_DOUBTED = 3
"""Nights between two numbers that are read as days where they might be hours."""


class UnreadableLine(Exception):
    """A line that cannot be read as an event; `reason` is a sentence for the person who typed it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Day:
    """A day as it was written: perhaps without its year, perhaps with a weekday that must agree."""

    month: int
    day: int
    year: int | None = None
    weekday: int | None = None

    @property
    def place_in_year(self) -> tuple[int, int]:
        """What decides whether a range crosses New Year."""
        return self.month, self.day


@dataclass(frozen=True)
class Days:
    """A day, a range (two days) or several separate days, as they were written."""

    kind: Literal["one", "range", "list"]
    days: tuple[Day, ...]
    warnings: tuple[str, ...] = ()


_OR_WORD = r"(?:or|oder|ou|o)"
_JOIN_WORD = rf"(?:{AND_WORD}|{_OR_WORD})"
_JOIN = rf"(?:\s*(?:&|\+|,\s*{_JOIN_WORD}\b|,\s*&|\b{_JOIN_WORD}\b)\s*)"
_EITHER = lazily(rf"(?:\d\S{{0,3}}|{MONTH}\.?),?\s+{_OR_WORD}\s", re.I)
_UNIT = r"(?:[ap]\.?\s?m\b|uhr\b|h\d?\d?\b|heures?\b|horas?\b|hrs?\b)"
TIME_FOLLOWS = (
    r"(?!\s*(?:" + DASH + r"|to|a|à|bis|às)\s*\d{1,2}(?:[:.]\d\d)?\s*" + _UNIT + r")"
    r"(?!\s*(?:" + _UNIT + r"|o['’]clock|:\d\d|\.\d\d(?!\.)))"
)
DAY_NUMBER = rf"\d{{1,2}}(?:st|nd|rd|th|er|\.?º|°|\.(?=\s*(?:{DASH}|[,&/]|{_JOIN_WORD}\s|bis\s)))?"
DAY_NUMBER += rf"(?!\d|/(?!\d{{1,2}}(?:\.|\b(?!/)))){TIME_FOLLOWS}"
_NAMED_D = rf"(?:{WEEKDAY},?\s+)?{ARTICLE}?{DAY_NUMBER}"
_SPAN_TO = r"(?:to|through|thru|al?|au|à|bis(?:\s+zum)?)"
_SPAN = rf"{_NAMED_D}(?:(?:\s*{DASH}\s*|/(?=\d{{1,2}}(?:\.|\b(?!/)))|\s+{_SPAN_TO}\s+){_NAMED_D})?"
_YEAR = r"(?:,?\s*(?:del?\s+)?(?P<year>(?:19|20)\d\d)\b(?![:.]\d))?"
_COMMA_LIST = rf"(?:\s*,\s*{_SPAN})"
_MORE_AFTER = rf"(?:{_COMMA_LIST}{{1,30}}(?=\s*:))?"  # “12 & 13, 19, 20: …”
_LIST = (
    rf"{_SPAN}(?:{_COMMA_LIST}{{0,30}}{_JOIN}{_SPAN}{_MORE_AFTER}"
    rf"|{_COMMA_LIST}{{1,30}}(?!{DASH}\d)(?=\s*(?:[:;]|{DASH}|,?\s*(?:19|20)\d\d\b|,\s*\d)))?"
)
_MONTH_FIRST = lazily(rf"(?P<month>{MONTH})\s*(?P<items>{_LIST}){_YEAR}", re.I)
_DAY_FIRST = lazily(
    rf"{ARTICLE}?(?P<items>{_SPAN}(?:{_COMMA_LIST}{{0,30}}{_JOIN}{_SPAN}|{_COMMA_LIST}{{1,30}})?)\.?\s*(?:(?:of|de)\s+)?(?P<month>{MONTH})"
    rf"{_YEAR}",
    re.I,
)
_ISO = lazily(r"(?P<year>\d{4})(?P<sep>[-/])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?!\d)")
_DOTTED = lazily(
    rf"(?:(?P<first>\d{{1,2}})\.\s?(?:{DASH}|bis(?:\s+zum)?)\s?)?(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})"
    r"\.(?:\s?(?P<year>(?:19|20)\d\d)\b|(?P<short>\d\d)\b(?!:))?"
)
_SLASHED = lazily(r"(?P<a>\d{1,2})/(?P<b>\d{1,2})(?:/(?P<year>\d{4}|\d{2}))?(?![\d/])")
_ORDINAL_DAY = lazily(
    rf"{ARTICLE}?(?P<ordinal>{ORDINAL})\s+(?P<weekday>{WEEKDAY})\s+(?:of|in|de|en|im|em|d['’])\s*(?P<month>{MONTH}){_YEAR}",
    re.I,
)
_PART_OF_DAY = rf"(?:\s+{any_of(languages.PARTS_OF_DAY)}\b)?"
_NEAR_DAY = (
    rf"(?P<after_next>{any_of(languages.AFTER_TOMORROW)})\b{_PART_OF_DAY}|(?P<today>{any_of(languages.TODAY)})\b"
    rf"{_PART_OF_DAY}|(?P<tomorrow>{any_of(languages.TOMORROW)})\b{_PART_OF_DAY}"
)
_RELATIVE = lazily(
    rf"{_NEAR_DAY}|(?:(?:el|le|am|la|na|no)\s+)?(?P<which>{any_of(languages.NEXT)})\s+(?P<weekday>{WEEKDAY_STEM})\b\.?"
    rf"|(?:(?:el|le|este)\s+)?(?P<before>{WEEKDAY_STEM})\s+(?P<after>prochain|que\s+viene|que\s+vem|próxim[oa])\b",
    re.I,
)
_BARE_WEEKDAY = lazily(
    rf"(?P<weekday>{WEEKDAY})(?=\s*:|,?\s+(?:(?:at|um|à|às|a\s+las)\s+)?\d{{1,2}}(?:[:.h]\d\d(?!\.)|\s*[ap]\.?m|\s?h\b|\s?uhr))",
    re.I,
)
_WEEKDAYS_BEFORE = lazily(
    rf"(?:on\s+)?(?P<names>{WEEKDAY}(?:(?:\s*[-–/]\s*|{_JOIN}|\s+{TO_WORD}\s+){WEEKDAY})*)\s*,?\s*{ARTICLE}?", re.I
)
_WEEKDAY_AFTER = lazily(rf"\s*\(\s*(?P<name>{any_of(WEEKDAYS)})\b\.?(?:\s*[-–]\s*{any_of(WEEKDAYS)}\.?)?\s*\)", re.I)
_PREFIX = lazily(
    r"(?:(?:on|from|starting|beginning|begins|starts|am|vom|von|ab|du|del|de|en|em|no|na|nos|dès)\s+(?:on\s+)?)?"
    rf"(?:{ARTICLE}(?=\d|{WEEKDAY}))?",
    re.I,
)
_NUMBER = lazily(r"\d+")
_MORE_DAYS = lazily(
    rf"\s*,\s*(?P<first>\d{{1,2}})\s?{DASH}\s?(?P<last>\d{{1,2}})(?!\d){TIME_FOLLOWS}(?!\s*{_UNIT})", re.I
)
_RANGE_INSIDE = lazily(rf"(?P<first>\d+)\D*?(?:{DASH}|/|\b{TO_WORD}\b)\D*?(?P<last>\d+)", re.I)
_TO = lazily(TO, re.I)
_MORE = lazily(rf"{_JOIN}|\s*[,;]\s*|\s+/\s+", re.I)


def days_at(text: str, at: int, *, today: date, month_first: bool) -> tuple[Days, int] | None:
    """The dates written at a position, and where they end; none where there is none.

    `today` is what `tomorrow` and `next Friday` count from; `month_first` says how `4/5` is read. Of `Dec 5 or 6` both
    days are kept, with a warning: which one is meant only a person can say.
    """
    at = end_of(_PREFIX, text, at)
    found = _joined(text, at, today, month_first)
    if found is not None and found[0].kind == "list" and _EITHER.search(text, at, found[1]):
        both = f"“{text[at : found[1]].strip()}” was kept as all of these days; take out what is not meant."
        return replace(found[0], warnings=(*found[0].warnings, both)), found[1]
    return found


def _joined(text: str, at: int, today: date, month_first: bool) -> tuple[Days, int] | None:
    found = _one_group(text, at, today, month_first)
    if found is None:
        return None
    days, end = found
    if days.kind == "one" and (to := _TO.match(text, end)):
        last = _one_group(text, to.end(), today, month_first)
        if last and last[0].kind == "one":
            return Days("range", (*days.days, *last[0].days), days.warnings + last[0].warnings), last[1]
    listed = _spread(days)
    while more := _MORE.match(text, end):
        another = _one_group(text, more.end(), today, month_first, strict=True)
        if another is None:
            break
        listed += _spread(another[0])
        days = Days("list", listed, days.warnings + another[0].warnings)
        end = another[1]
    return days, end


def _one_group(text: str, at: int, today: date, month_first: bool, *, strict: bool = False) -> tuple[Days, int] | None:
    if not strict and (loose := _relative(text, at, today)):
        return loose
    weekdays: list[int] = []
    if named := _WEEKDAYS_BEFORE.match(text, at):
        weekdays = weekdays_in(named["names"])
    for start in dict.fromkeys((named.end() if named else at, at)):
        if (found := _numbers(text, start, today, month_first)) is not None:
            days, end = found
            if after := _WEEKDAY_AFTER.match(text, end):
                weekdays, end = [weekday_of(after["name"])], after.end()
            return _with_weekdays(days, weekdays), end
    return None


def _numbers(text: str, at: int, today: date, month_first: bool) -> tuple[Days, int] | None:
    if match := _ISO.match(text, at):
        day = Day(int(match["month"]), int(match["day"]), int(match["year"]))
        return Days("one", (_checked(day),)), match.end()
    if match := _DOTTED.match(text, at):
        year = int(match["year"] or 0) or (2000 + int(match["short"]) if match["short"] else None)
        last = _checked(Day(int(match["month"]), int(match["day"]), year))
        if match["first"]:
            return Days("range", (_checked(replace(last, day=int(match["first"]))), last)), match.end()
        return Days("one", (last,)), match.end()
    if match := _SLASHED.match(text, at):
        return _slashed(match, month_first), match.end()
    if match := _ORDINAL_DAY.match(text, at):
        return _ordinal_day(match, today), match.end()
    if (match := _MONTH_FIRST.match(text, at)) is not None:
        return _with_more_days(_named_month(match), text, match)
    if match := _DAY_FIRST.match(text, at):
        return _named_month(match), match.end()
    return None


def _with_more_days(days: Days, text: str, match: re.Match[str]) -> tuple[Days, int]:
    """Behind a range also `, 9-10` names days, where they are later ones, and few: `10-16` are hours."""
    end = match.end()
    if not _RANGE_INSIDE.search(match["items"]) or match["year"]:
        return days, end
    while (more := _MORE_DAYS.match(text, end)) and zone_word(text, more.end()) is None:
        first, last = int(more["first"]), int(more["last"])
        if not days.days[-1].day < first < last or (last <= 24 and last - first > MOST_DOUBTED):
            break
        span = tuple(_checked(replace(days.days[-1], day=number)) for number in (first, last))
        why = f"“{first}-{last}” was read as days; write hours as {first}:00-{last}:00."
        days = Days("list", _spread(days) + _between(span), (*days.warnings, why))
        end = more.end()
    return days, end


def _named_month(match: re.Match[str]) -> Days:
    month = month_of(match["month"])
    year = int(match["year"]) if match["year"] else None
    parts = [part for part in re.split(rf",|&|\+|\b{_JOIN_WORD}\b", match["items"], flags=re.I) if _NUMBER.search(part)]
    spans: list[tuple[Day, ...]] = []
    for part in parts:
        if inside := _RANGE_INSIDE.search(part):
            spans.append(tuple(_checked(Day(month, int(inside[name]), year)) for name in ("first", "last")))
        else:
            spans.append((_checked(Day(month, int(_NUMBER.findall(part)[0]), year)),))
    if len(spans) == 1:
        return Days("range" if len(spans[0]) == 2 else "one", spans[0])
    return Days("list", tuple(day for span in spans for day in _between(span)))


def _spread(days: Days) -> tuple[Day, ...]:
    return _between(days.days) if days.kind == "range" else days.days


def _between(span: tuple[Day, ...]) -> tuple[Day, ...]:
    if len(span) == 1 or span[0].month != span[1].month:
        return span
    return tuple(replace(span[0], day=number) for number in range(span[0].day, span[1].day + 1))


def _slashed(match: re.Match[str], month_first: bool) -> Days:
    a, b = int(match["a"]), int(match["b"])
    year = int(match["year"]) if match["year"] else None
    if year is not None and year < 100:
        year += 2000
    if a > 12 or b > 12:
        month_first = b > 12
    day = _checked(Day(a, b, year) if month_first else Day(b, a, year))
    if a == b or max(a, b) > 12:
        return Days("one", (day,))
    how, other = ("month", Day(b, a)) if month_first else ("day", Day(a, b))
    return Days(
        "one",
        (day,),
        (f"“{match.group()}” was read {how} first; for the other write “{other.day} {MONTH_NAMES[other.month - 1]}”.",),
    )


def _ordinal_day(match: re.Match[str], today: date) -> Days:
    month, weekday = month_of(match["month"]), weekday_of(match["weekday"])
    ordinal = ordinal_of(match["ordinal"])
    year = int(match["year"]) if match["year"] else today.year
    found = nth_weekday(year, month, weekday, ordinal)
    if not match["year"] and found is not None and found < today - OLD_AFTER:
        year += 1
        found = nth_weekday(year, month, weekday, ordinal)
    if found is None:
        raise UnreadableLine(f"{MONTH_NAMES[month - 1]} {year} has no {match['ordinal']} {WEEKDAY_NAMES[weekday]}.")
    return Days("one", (Day(found.month, found.day, found.year),))


def nth_weekday(year: int, month: int, weekday: int, ordinal: int) -> date | None:
    """The first (1) to fifth (5) or last (-1) such weekday of a month; none where it has none."""
    days = [
        date(year, month, number)
        for number in range(1, calendar.monthrange(year, month)[1] + 1)
        if date(year, month, number).weekday() == weekday
    ]
    position = ordinal - 1 if ordinal > 0 else ordinal
    return days[position] if -len(days) <= position < len(days) else None


def _relative(text: str, at: int, today: date) -> tuple[Days, int] | None:
    bare = not (match := _RELATIVE.match(text, at))
    if match:
        if match["today"] or match["tomorrow"] or match["after_next"]:
            found = today + timedelta(days=2 if match["after_next"] else bool(match["tomorrow"]))
            return Days("one", (Day(found.month, found.day, found.year),)), match.end()
    else:
        match = _BARE_WEEKDAY.match(text, at)
    if match is None:
        return None
    weekday = weekday_of(match["weekday"] or match["before"])
    ahead = (weekday - today.weekday()) % 7
    if ahead == 0 and not bare and (match["which"] or "").lower() not in ("this", "coming"):
        ahead = 7
    found = today + timedelta(days=ahead)
    wording = match.group().rstrip(".")
    return (
        Days("one", (Day(found.month, found.day, found.year),), (f"“{wording}” was read as {in_words(found)}.",)),
        match.end(),
    )


def _with_weekdays(days: Days, weekdays: Sequence[int]) -> Days:
    if not weekdays:
        return days
    named = list(days.days)
    if days.kind == "one" or len(weekdays) == 1:
        named[0] = replace(named[0], weekday=weekdays[0])
    elif days.kind == "range":
        named[0], named[-1] = replace(named[0], weekday=weekdays[0]), replace(named[-1], weekday=weekdays[-1])
    elif len(weekdays) == len(named):
        named = [replace(day, weekday=weekday) for day, weekday in zip(named, weekdays, strict=True)]
    return replace(days, days=tuple(named))


def _checked(day: Day) -> Day:
    if day.year is not None and not 1900 <= day.year <= 2200:
        raise UnreadableLine(f"The year {day.year} is too far away; write the date as 2026-12-05.")
    if not 1 <= day.month <= 12:
        raise UnreadableLine(f"There is no month {day.month}; write the date as 2026-12-05 or “5 December”.")
    name = MONTH_NAMES[day.month - 1]
    longest = calendar.monthrange(day.year or 2024, day.month)[1]
    if not 1 <= day.day <= longest:
        when = f"{name} {day.year}" if day.year and day.month == 2 else name
        raise UnreadableLine(f"{when} has {longest} days; there is no {day.day} {name}.")
    return day


def in_words(day: date) -> str:
    """A date for a sentence, as in “Friday 5 December 2026”."""
    return f"{WEEKDAY_NAMES[day.weekday()]} {day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def resolve(days: Days, *, today: date) -> tuple[tuple[date, ...], tuple[str, ...]]:
    """The dates with their years, in order, and warnings; of a range its first and last day.

    Without a year: this year's, or next year's where the last of them lies more than 60 days ago. Raises
    UnreadableLine where a range ends before it begins, or a year has no 29 February.
    """
    found = _years(days, today)
    if days.kind == "range" and found[1] < found[0]:
        raise UnreadableLine(f"It would end on {in_words(found[1])}, before it begins on {in_words(found[0])}.")
    warnings = list(days.warnings)
    for day, written in zip(found, days.days, strict=True):
        if written.weekday is not None and written.weekday != day.weekday():
            warnings.append(
                f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year} is a {WEEKDAY_NAMES[day.weekday()]}, "
                f"not a {WEEKDAY_NAMES[written.weekday]}. The date was kept."
            )
    if days.kind == "list":
        found = tuple(sorted(set(found)))
    return found, tuple(warnings)


def _years(days: Days, today: date) -> tuple[date, ...]:
    written = days.days
    steps = [0]  # how many New Years lie between the first day and each of the others
    for before, after in pairwise(written):
        crosses = after.place_in_year < before.place_in_year and before.month != after.month
        steps.append(steps[-1] + (1 if crosses else 0))
    given = [day.year - step for day, step in zip(written, steps, strict=True) if day.year is not None]
    if given:
        base = given[-1]
        return tuple(_dated(day, day.year or base + step) for day, step in zip(written, steps, strict=True))
    base = today.year
    if steps[-1] and _dated(written[-1], today.year) >= today:
        base -= 1  # it began last year, and still goes on
    elif not steps[-1] and _dated_or_later(written[-1], today.year) < today - OLD_AFTER:
        base += 1
    return tuple(_dated(day, base + step) for day, step in zip(written, steps, strict=True))


def _dated(day: Day, year: int) -> date:
    checked = _checked(replace(day, year=year))
    return date(year, checked.month, checked.day)


def _dated_or_later(day: Day, year: int) -> date:
    if (day.month, day.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 3, 1)
    return _dated(day, year)
