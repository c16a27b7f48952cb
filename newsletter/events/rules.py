"""Recurrence: `every Tuesday` and its kin become an RRULE (RFC 5545 §3.3.10), and an RRULE becomes words."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from newsletter.events.words import (
    AND,
    BYDAY,
    MONTH,
    MONTH_NAMES,
    ORDINAL,
    ORDINAL_NAMES,
    ORDINALS,
    WEEKDAY,
    WEEKDAY_NAMES,
    WEEKDAY_STEM,
    month_of,
    weekday_of,
)

_OF_MONTH = r"(?:\s+(?:of|in)\s+(?:the|each|every|a)\s+month|\s+(?:monthly|each month|every month))"
_WEEKDAY_S = rf"(?:{WEEKDAY}|{WEEKDAY_STEM}s\b)"
_WEEKDAY_LIST = rf"{_WEEKDAY_S}(?:(?:\s*,\s*|{AND}){_WEEKDAY_S})*"
_ORDINAL_LIST = rf"{ORDINAL}(?:(?:\s*,\s*|{AND})(?:the\s+)?{ORDINAL})*"
_START = r"(?:on\s+)?(?:(?:the|every|each)\s+)?"

_MONTHLY = re.compile(rf"{_START}(?P<ordinals>{_ORDINAL_LIST})\s+(?P<days>{_WEEKDAY_LIST}){_OF_MONTH}", re.I)
_EVERY_ORDINAL = re.compile(
    rf"(?:every|each|monthly,?(?:\s+on)?(?:\s+the)?)\s+(?P<ordinals>(?!(?:second|2nd)\s){_ORDINAL_LIST})\s+(?P<days>{_WEEKDAY_LIST})",
    re.I,
)
_SEVERAL_ORDINALS = re.compile(
    rf"{_START}(?P<ordinals>{ORDINAL}(?:(?:\s*,\s*|{AND})(?:the\s+)?{ORDINAL})+)\s+(?P<days>{_WEEKDAY_LIST})", re.I
)
_DAY_OF_MONTH = re.compile(
    r"(?:on\s+)?(?:the\s+)?(?P<number>\d{1,2})(?:st|nd|rd|th)?\s+(?:day\s+)?(?:of|in)\s+(?:the|each|every)\s+month",
    re.I,
)
_EVERY = re.compile(
    rf"(?:on\s+)?(?:every|each)\s+(?:(?P<other>other|second|2nd|alternate)\s+)?(?P<days>{_WEEKDAY_LIST})", re.I
)
_DAILY = re.compile(r"(?:every|each)\s+day\b|daily\b", re.I)
_WORKDAYS = re.compile(r"(?:every|each)\s+(?:week|work)day\b|on\s+weekdays\b", re.I)
_WEEKLY = re.compile(r"(?:weekly,?\s+(?=on\s|every\s))?", re.I)
_IN_MONTH = re.compile(rf"\s+(?:in|during)\s+(?P<month>{MONTH})(?:\s+(?P<year>20\d\d)\b)?", re.I)
_PLURAL = re.compile(
    rf"(?:on\s+)?(?P<days>{WEEKDAY_STEM}s\b(?:(?:\s*,\s*|{AND}){WEEKDAY_STEM}s\b)*)(?=\s*[:,]|\s+(?:at\s+|from\s+)?\d|\s+until\b|\s+in\s+{MONTH})",
    re.I,
)


@dataclass(frozen=True)
class Rule:
    """A recurrence as it was written."""

    rrule: str
    """Without `RRULE:` and without its end."""
    warnings: tuple[str, ...] = ()


def rule_at(text: str, at: int, *, strong: bool = False) -> tuple[Rule, int] | None:
    """The rule written at a position, and where it ends; none where there is none.

    `strong` leaves out wordings that may as well belong to a title (`Tuesdays`, `daily`).
    """
    at = _WEEKLY.match(text, at).end()  # type: ignore[union-attr]  # matches the empty text too
    for pattern in (_MONTHLY, _EVERY_ORDINAL, _SEVERAL_ORDINALS):
        if match := pattern.match(text, at):
            return _monthly(match["ordinals"], match["days"]), match.end()
    if (match := _DAY_OF_MONTH.match(text, at)) and 1 <= int(match["number"]) <= 31:
        number = int(match["number"])
        short = (f"Months without a day {number} are left out.",) if number > 28 else ()
        return Rule(f"FREQ=MONTHLY;BYMONTHDAY={number}", short), match.end()
    if match := _WORKDAYS.match(text, at):
        return Rule("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"), match.end()
    if match := _EVERY.match(text, at):
        return _weekly(match), match.end()
    if not strong:
        if match := _DAILY.match(text, at):
            return Rule("FREQ=DAILY"), match.end()
        if match := _PLURAL.match(text, at):
            return Rule(f"FREQ=WEEKLY;BYDAY={','.join(_days(match['days']))}"), match.end()
    return None


def month_after(text: str, at: int, today: date) -> tuple[date, date, int] | None:
    """`in December` behind a rule: the month's first and last day, and where it ends."""
    if (match := _IN_MONTH.match(text, at)) is None:
        return None
    month = month_of(match["month"])
    year = int(match["year"]) if match["year"] else today.year + (month < today.month)
    return date(year, month, 1), date(year, month, monthrange(year, month)[1]), match.end()


def find_rule(text: str) -> tuple[Rule, int, int] | None:
    """The first unmistakable rule inside a text: the rule, where it begins and where it ends."""
    for word in re.finditer(r"\b\w", text):
        if found := rule_at(text, word.start(), strong=True):
            return found[0], word.start(), found[1]
    return None


def _days(words: str) -> list[str]:
    found = {weekday_of(re.sub(r"(?<=day)s$", "", word, flags=re.I)) for word in re.findall(_WEEKDAY_S, words, re.I)}
    return [BYDAY[number] for number in sorted(found)]


def _monthly(ordinals: str, days: str) -> Rule:
    numbers = sorted({ORDINALS[word.lower()] for word in re.findall(ORDINAL, ordinals, re.I)}, key=lambda n: n % 7)
    fifth = ("Months without a fifth are left out.",) if 5 in numbers else ()
    return Rule(f"FREQ=MONTHLY;BYDAY={','.join(f'{n}{day}' for n in numbers for day in _days(days))}", fifth)


def _weekly(match: re.Match[str]) -> Rule:
    days = ",".join(_days(match["days"]))
    if not match["other"]:
        return Rule(f"FREQ=WEEKLY;BYDAY={days}")
    unsure = match["other"].lower() in ("second", "2nd")
    warning = (f"“{match.group()}” was read as every other week; for a monthly event add “of the month”.",)
    return Rule(f"FREQ=WEEKLY;INTERVAL=2;BYDAY={days}", warning if unsure else ())


def with_until(rrule: str, last: date, zone: str | None) -> str:
    """The rule with its last day, both included: a date for an all-day event, else the end of that day in UTC."""
    if zone is None:
        return f"{rrule};UNTIL={last:%Y%m%d}"
    end = datetime.combine(last, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)
    return f"{rrule};UNTIL={end:%Y%m%dT%H%M%SZ}"


def starts(rrule: str, start: date | datetime, *, since: date = date.min) -> Iterator[date | datetime]:
    """The starts that a rule makes, in order, on the clocks of the zone of `start`; those on days before `since` not.

    The start itself is always the first (RFC 5545 §3.8.5.3). A local time that the clocks skip moves on with them.
    """
    from dateutil.rrule import rrulestr

    timed = isinstance(start, datetime)
    naive = start.replace(tzinfo=None) if isinstance(start, datetime) else datetime.combine(start, time())
    if timed:
        rrule = re.sub(r"UNTIL=(\d{8})(?!T)", r"UNTIL=\1T235959", rrule)  # a day, though it should be a time: included
        rrule = re.sub(r"UNTIL=(\d{8}T\d{6})Z", lambda until: f"UNTIL={_local(until[1], start)}", rrule)
    if naive.date() >= since:
        yield start
    for moment in rrulestr(rrule, dtstart=naive):
        if moment == naive or moment.date() < since:
            continue
        if isinstance(start, datetime):
            yield moment.replace(tzinfo=start.tzinfo).astimezone(UTC).astimezone(start.tzinfo)
        else:
            yield moment.date()


def _local(until: str, start: date | datetime) -> str:
    assert isinstance(start, datetime)
    moment = datetime.strptime(until, "%Y%m%dT%H%M%S").replace(tzinfo=UTC).astimezone(start.tzinfo)
    return f"{moment:%Y%m%dT%H%M%S}"


def first_start(rrule: str, on: date) -> date | None:
    """The first day of a rule on or after a day; none where it has none within ten years."""
    from dateutil.rrule import rrulestr

    rrule = re.sub(r";?INTERVAL=\d+", "", rrule)  # the first day decides which weeks it skips
    moment = next(iter(rrulestr(rrule, dtstart=datetime.combine(on, time()))), None)
    return moment.date() if moment and moment.date() <= on + timedelta(days=3660) else None


def agrees(rrule: str, day: date) -> bool:
    """Whether the day is one that the rule makes, were it the first."""
    return first_start(re.sub(r";?(?:UNTIL|COUNT)=\w+", "", rrule), day) == day


def in_words(rrule: str | None, zone: str | None = None) -> str | None:
    """The rule as a reader says it (“second Monday of the month”); none where it has no short words.

    `zone`: where the last day of a timed event is told.
    """
    if not rrule:
        return None
    parts = dict(part.split("=", 1) for part in rrule.upper().split(";") if "=" in part)
    known = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "UNTIL", "COUNT", "WKST"}
    interval = parts.get("INTERVAL", "1")
    if parts.keys() - known or (words := _said(parts, interval)) is None:
        return None
    if until := parts.get("UNTIL"):
        day = datetime.strptime(until[:8], "%Y%m%d").replace(tzinfo=UTC)
        if zone and until.endswith("Z"):
            day = datetime.strptime(until, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
        words += f", until {day.day} {MONTH_NAMES[day.month - 1]} {day.year}"
    elif count := parts.get("COUNT"):
        words += f", {count} times" if count != "1" else ", once"
    return words


def _said(parts: dict[str, str], interval: str) -> str | None:
    freq, days = parts.get("FREQ"), [day for day in parts.get("BYDAY", "").split(",") if day]
    if "BYMONTH" in parts:
        return None
    if freq == "DAILY" and not days:
        return "every day" if interval == "1" else f"every {interval} days"
    if freq == "WEEKLY" and all(day in BYDAY for day in days):
        if days == list(BYDAY[:5]) and interval == "1":
            return "every weekday"
        names = _joined([WEEKDAY_NAMES[BYDAY.index(day)] for day in days]) or "week"
        if interval == "1":
            return f"every {names}"
        if not days:
            return "every other week" if interval == "2" else f"every {interval} weeks"
        return f"every other {names}" if interval == "2" else f"{names}, every {interval} weeks"
    if freq == "MONTHLY" and interval in ("1", "2"):
        month = "of the month" if interval == "1" else "of every other month"
        if days and "BYMONTHDAY" not in parts and (named := _ordinal_days(days)):
            return f"{named} {month}"
        number = parts.get("BYMONTHDAY", "")
        if not days and number.isdigit():
            return f"on day {number} {month}"
        return "every month" if not days and not number and interval == "1" else None
    if freq == "YEARLY" and not days and "BYMONTHDAY" not in parts:
        return "every year" if interval == "1" else f"every {interval} years"
    return None


def _ordinal_days(days: list[str]) -> str | None:
    pairs = [re.fullmatch(r"([+-]?\d)([A-Z]{2})", day) for day in days]
    if not all(pairs):
        return None
    found = [(int(pair[1]), pair[2]) for pair in pairs if pair]
    names = list(dict.fromkeys(name for _, name in found))
    if any(number not in ORDINAL_NAMES for number, _ in found):
        return None
    if len(names) == 1:
        return f"{_joined([ORDINAL_NAMES[number] for number, _ in found])} {WEEKDAY_NAMES[BYDAY.index(names[0])]}"
    return _joined([f"{ORDINAL_NAMES[number]} {WEEKDAY_NAMES[BYDAY.index(name)]}" for number, name in found])


def _joined(words: list[str]) -> str:
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1] if words else "") if part)
