"""When a newsletter comes out: `Fri 09:00 America/New_York`, a cron line with names of days, or an RRULE. Pure.

A rule says local times. Each of them is one occurrence, whatever the clocks do: a repeated hour counts once, at its
first time, and a missing one comes as much later as the clocks go forward.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from newsletter.errors import NewsletterError
from newsletter.schedule.holidays import around

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_HORIZON = timedelta(days=366 * 9)
"""A rule without a date for so long has none: 29 February may wait for eight years."""
_ANCHOR = datetime(2024, 1, 1)  # noqa: DTZ001 - a local time, a Monday

_Locals = Callable[[datetime], Iterator[datetime]]
"""The local times of a rule from this one on, in order, without a zone."""


@dataclass(frozen=True)
class Occurrence:
    """One time at which an issue is due."""

    local: str
    """As the rule says it, without an offset: the name of the occurrence, of which there is one."""
    at: datetime
    """UTC."""


@dataclass(frozen=True)
class Cadence:
    """A rule that was read."""

    text: str
    zone: str
    _locals: _Locals
    _except: frozenset[date]
    holidays: Mapping[date, bool] = field(default_factory=dict)
    """Days on which nothing comes out: it is left out, or (true) comes on the last day before that is none."""

    def after(self, moment: datetime) -> Iterator[Occurrence]:
        """The occurrences later than this moment, without end or until the rule has no more."""
        zone = ZoneInfo(self.zone)
        start = moment.astimezone(zone).replace(tzinfo=None) - timedelta(days=1)
        wanted = (local for local in self._locals(start) if local.date() not in self._except)
        for local in around(wanted, self.holidays) if self.holidays else wanted:
            at = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
            if at > moment:
                yield Occurrence(local.isoformat(timespec="minutes"), at)


def read_cadence(text: str, zone: str) -> Cadence:
    """Read a rule; where it names no zone, it is in `zone`. Dates after `except` are left out.

    Raises NewsletterError with what is wrong, also for a rule that never comes.
    """
    words, left_out = _split_except(text.strip())
    words, zone = _split_zone(words, zone)
    said = " ".join(words)
    if "FREQ=" in said.upper():
        words, zone, days = _plain_lines(words, zone, text)
        left_out |= days
    if "FREQ=" in said.upper():
        locals_ = _rrule(words, text)
    elif len(words) == 5 and not any(":" in word for word in words):
        locals_ = _cron(words, text)
    else:
        locals_ = _weekly(words, text)
    cadence = Cadence(text.strip(), zone, locals_, left_out)
    try:
        first = next(cadence.after(datetime(2026, 1, 1, tzinfo=UTC)), None)
    except (IndexError, ValueError, OverflowError) as cause:  # BYDAY=9MO is a bare IndexError of dateutil
        raise _wrong(text, "its days cannot be") from cause
    if first is None:
        raise _wrong(text, "it never comes")
    return cadence


def _wrong(text: str, why: str) -> NewsletterError:
    return NewsletterError(
        f"“{text}” is not a cadence: {why}. Write “Fri 09:00 America/New_York”, “Mon,Thu 07:30”, “daily 07:00”, a cron "
        "line with names of days as “0 9 * * fri”, or an RRULE as “FREQ=MONTHLY;BYDAY=1FR;BYHOUR=9;BYMINUTE=0”; dates "
        "to leave out follow the word except.",
        code="cadence",
        where="RULE",
    )


def _split_except(text: str) -> tuple[list[str], frozenset[date]]:
    rule, _, dates = text.partition(" except ")
    try:
        return rule.split(), frozenset(date.fromisoformat(one) for one in re.split(r"[,\s]+", dates.strip()) if one)
    except ValueError as cause:
        raise _wrong(text, f"a date after “except” is not one: {cause}") from cause


def _split_zone(words: list[str], zone: str) -> tuple[list[str], str]:
    if not words or not (("/" in words[-1] and words[-1][0].isalpha()) or words[-1] == "UTC"):
        return words, zone
    try:
        ZoneInfo(words[-1])
    except (ZoneInfoNotFoundError, ValueError, OSError) as cause:
        raise NewsletterError(f"There is no time zone “{words[-1]}”.", where="RULE") from cause
    return words[:-1], words[-1]


def _every_day(matches: Callable[[date], bool], times: list[time]) -> _Locals:
    def locals_(start: datetime) -> Iterator[datetime]:
        day, last = start.date(), start.date() + _HORIZON
        while day <= last:
            if matches(day):
                last = day + _HORIZON
                for at in times:
                    if (local := datetime.combine(day, at)) >= start:
                        yield local
            day += timedelta(days=1)

    return locals_


def _weekly(words: list[str], text: str) -> _Locals:
    days: set[int] = set()
    times: list[time] = []
    for word in re.split(r"[,\s]+", " ".join(words).lower()):
        if word in ("daily", "every", "day", "and", "at", ""):
            days |= set(range(7)) if word in ("daily", "day") else set()
        elif re.fullmatch(r"\d{1,2}:\d{2}", word):
            times.append(_time(word, text))
        elif found := re.fullmatch(r"(\d{1,2})(?::(\d{2}))?(am|pm)", word):
            hour = int(found[1]) % 12 + (12 if found[3] == "pm" else 0) if 1 <= int(found[1]) <= 12 else 99
            times.append(_time(f"{hour}:{found[2] or '00'}", text))
        elif word in ("weekday", "weekdays"):
            days |= set(range(5))
        elif "-" in word and all(part[:3] in DAYS and part in _names_of(part[:3]) for part in word.split("-")):
            first, last = (DAYS.index(part[:3]) for part in (word.split("-")[0], word.split("-")[-1]))
            days |= {day % 7 for day in range(first, last + 1 if last >= first else last + 8)}
        elif word[:3] in DAYS and word.rstrip("s") in _names_of(word[:3]):
            days.add(DAYS.index(word[:3]))
        else:
            raise _wrong(text, f"“{word}” is neither a day nor a time")
    if not days or not times:
        raise _wrong(text, "it needs a day and a time" if words else "it is empty")
    return _every_day(lambda day: day.weekday() in days, sorted(set(times)))


def _names_of(short: str) -> tuple[str, ...]:
    full = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")[DAYS.index(short)]
    return tuple(full[:length] for length in range(3, len(full) + 1))


def _time(word: str, text: str) -> time:
    hour, minute = word.split(":")
    try:
        return time(int(hour), int(minute))
    except ValueError as cause:
        raise _wrong(text, f"there is no {word} o'clock") from cause


def _cron(words: list[str], text: str) -> _Locals:
    """Minute, hour, day of the month, month, day of the week. Where both kinds of day are given, either will do."""
    minutes, hours, days, months = (
        _field(word, low, high, names, text)
        for word, (low, high, names) in zip(
            words, ((0, 59, ()), (0, 23, ()), (1, 31, ()), (1, 12, _MONTHS)), strict=False
        )
    )
    if re.search(r"\d", words[4].partition("/")[0]):
        raise _wrong(text, "cron programs differ in the numbers of days, so write their names, as fri")
    weekdays = _field(words[4], 0, 6, DAYS, text)
    times = sorted(time(hour, minute) for hour in hours for minute in minutes)
    if len(times) > 24:
        raise _wrong(text, "it comes more than 24 times a day")
    either = words[2] != "*" and words[4] != "*"

    def matches(day: date) -> bool:
        of_month, of_week = day.day in days, day.weekday() in weekdays
        return day.month in months and (of_month or of_week if either else of_month and of_week)

    return _every_day(matches, times)


def _field(word: str, low: int, high: int, names: tuple[str, ...], text: str) -> set[int]:
    found: set[int] = set()
    for part in word.lower().split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        try:
            begin = low if span == "*" else _number(first, low, names)
            end = high if span == "*" or (step and not dash) else _number(last, low, names) if dash else begin
            every = int(step) if step else 1
            if not (low <= begin <= high and low <= end <= high and every >= 1 and begin <= end):
                raise ValueError(part)
        except ValueError as cause:
            raise _wrong(text, f"“{part}” is not understood") from cause
        found |= set(range(begin, end + 1, every))
    return found


def _number(word: str, low: int, names: tuple[str, ...]) -> int:
    return names.index(word) + low if word in names else int(word)


def _plain_lines(words: list[str], zone: str, text: str) -> tuple[list[str], str, frozenset[date]]:
    """Lines of RFC 5545 without their zones, the zone that DTSTART names, and the whole days of EXDATE."""
    plain: list[str] = []
    days: set[date] = set()
    for word in words:
        name, _, value = word.partition(":")
        upper = name.upper()
        if "VALUE=DATE" in upper.split(";") and upper.startswith("EXDATE"):
            try:
                days |= {datetime.strptime(one, "%Y%m%d").date() for one in value.split(",")}  # noqa: DTZ007
            except ValueError as cause:
                raise _wrong(text, f"“{word}” is no list of dates") from cause
            continue
        if upper.startswith("DTSTART"):
            if found := re.search(r";TZID=([^;:]+)", name, re.IGNORECASE):
                zone = _split_zone([found[1] if "/" in found[1] else f"{found[1]}/"], zone)[1]
            elif value.upper().endswith("Z"):
                zone = "UTC"
        plain.append(re.sub(r";TZID=[^;:]+", "", word, flags=re.IGNORECASE))
    return plain, zone, frozenset(days)


def _rrule(words: list[str], text: str) -> _Locals:
    from dateutil.rrule import rruleset, rrulestr

    lines = [word.upper() for word in words]
    rule = next((line for line in lines if "FREQ=" in line), "")
    if re.search(r"FREQ=(HOURLY|MINUTELY|SECONDLY)", rule):
        raise _wrong(text, "it comes more often than daily")
    start = next((line for line in lines if line.startswith("DTSTART")), None)
    if start is None and re.search(r"INTERVAL=(?!1\b)|COUNT=", rule):
        raise _wrong(text, "a rule with INTERVAL or COUNT needs the first date before it, as DTSTART:20260102T090000")
    if start is None and "BYHOUR" not in rule:
        raise _wrong(text, "it names no hour; add BYHOUR=9;BYMINUTE=0")
    if start is None and "BYMINUTE" not in rule:
        rule += ";BYMINUTE=0"
    kept = [line if line.startswith("RRULE:") or "FREQ=" not in line else f"RRULE:{line}" for line in lines]
    kept = [line if "FREQ=" not in line else f"RRULE:{rule.removeprefix('RRULE:')}" for line in kept]
    try:
        found = rrulestr("\n".join(kept), dtstart=None if start else _ANCHOR, ignoretz=True, forceset=True)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as cause:
        raise _wrong(text, str(cause) or "it cannot be read") from cause
    assert isinstance(found, rruleset)

    def locals_(moment: datetime) -> Iterator[datetime]:
        for local in found.xafter(moment, inc=True):
            if local - moment > _HORIZON:
                return
            moment = max(moment, local)
            yield local.replace(tzinfo=None, second=0, microsecond=0)

    return locals_
