"""Recurrence: `every Tuesday` and its kin become an RRULE (RFC 5545 §3.3.10), and its starts."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from newsletter.events.patterns import lazily
from newsletter.events.words import (
    AND,
    ARTICLE,
    BYDAY,
    DASH,
    MONTH,
    ORDINAL,
    PLURAL_WEEKDAY,
    UNTIL_WORD,
    WEEKDAY,
    WEEKDAYS,
    any_of,
    end_of,
    month_of,
    ordinal_of,
    weekday_of,
    weekdays_in,
)

_OF_MONTH = (
    r"(?:\s+(?:of|in)\s+(?:the|each|every|a)\s+month|\s+(?:monthly|each month|every month)"
    r"|\s+(?:del|de\s+cada|de\s+todos\s+los)\s+mes(?:es)?\b|\s+(?:du|de\s+chaque)\s+mois"
    r"|\s+(?:im|des|jeden|eines(?:\s+jeden)?)\s+monats?\b|\s+(?:do|de\s+cada)\s+m[êe]s\b)"
)
_EACH = r"(?:every|each|cada|todos\s+(?:los|os)|todas\s+(?:las|as)|toda|todo|tous\s+les|toutes\s+les|chaque|jeden|jede)"
_OTHER = r"(?:other|second|2nd|alternate|dos|deux|zweiten|duas|dois)"
_WEEKDAY_S = rf"(?:{PLURAL_WEEKDAY}|{WEEKDAY})"
_WEEKDAY_LIST = rf"{_WEEKDAY_S}(?:(?:\s*,\s*|{AND}){_WEEKDAY_S})*"
_ORDINAL_LIST = rf"{ORDINAL}(?:(?:\s*,\s*|{AND})(?:{ARTICLE})?{ORDINAL})*"
_START = rf"(?:(?:on|am|an|na|no)\s+)?(?:(?:{ARTICLE}|{_EACH}\s+))?"

_MONTHLY = lazily(rf"{_START}(?P<ordinals>{_ORDINAL_LIST})\s+(?P<days>{_WEEKDAY_LIST}){_OF_MONTH}", re.I)
_EVERY_ORDINAL = lazily(
    rf"(?:{_EACH}|monthly,?(?:\s+on)?(?:\s+the)?)\s+(?P<ordinals>(?!{_OTHER}\s|segundas?[\s-]){_ORDINAL_LIST})"
    rf"\s+(?P<days>{_WEEKDAY_LIST})",
    re.I,
)
_SEVERAL_ORDINALS = lazily(
    rf"{_START}(?P<ordinals>{ORDINAL}(?:(?:\s*,\s*|{AND})(?:{ARTICLE})?{ORDINAL})+)\s+(?P<days>{_WEEKDAY_LIST})", re.I
)
_DAY_OF_MONTH = lazily(
    rf"(?:(?:on|am)\s+)?(?:{_EACH}\s+|{ARTICLE})?(?:d[ií]a\s+)?(?P<number>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+"
    r"(?:(?:day\s+)?(?:of|in)\s+(?:the|each|every)\s+month|de\s+(?:cada\s+m[eê]s|chaque\s+mois)|(?:jed(?:es|en)|des)\s+monats"
    r"|del\s+mes|du\s+mois|do\s+m[eê]s)\b",
    re.I,
)
_MONTHLY_ON = lazily(r"(?:monthly|every\s+month),?\s+on\s+the\s+(?P<number>\d{1,2})(?:st|nd|rd|th)\b", re.I)
_EVERY = lazily(rf"(?:on\s+|a\s+)?{_EACH}\s+(?:(?P<other>{_OTHER})\s+)?(?P<days>{_WEEKDAY_LIST})", re.I)
_DAILY = lazily(
    r"(?:(?:every|each)\s+day|daily|todos\s+los\s+d[ií]as|tous\s+les\s+jours|chaque\s+jour|jeden\s+tag|täglich"
    r"|todos\s+os\s+dias)\b",
    re.I,
)
_WORKDAYS = lazily(
    r"(?:(?:every|each)\s+(?:week|work)day|on\s+weekdays|werktags|(?:de\s+)?lunes\s+a\s+viernes"
    r"|(?:du\s+)?lundi\s+au\s+vendredi|montags\s+bis\s+freitags|de\s+segunda\s+a\s+sexta(?:-feira)?)\b",
    re.I,
)
_WEEKEND = lazily(
    r"(?:(?:every|each)\s+weekend|cada\s+fin\s+de\s+semana|(?:chaque|tous\s+les)\s+week-?ends?|jedes\s+wochenende"
    r"|(?:todo|cada)\s+fim\s+de\s+semana)\b",
    re.I,
)
_TIME_BEHIND = (
    rf"(?=\s*[:,]?\s+(?:(?:at|from|von|ab|de|das|à|às|a\s+las)\s+)?(?!\d{{1,2}}\.?\s*(?:{DASH}|to|bis|al?|au)\s*\d{{1,2}}"
    rf"\.?\s+(?:de\s+)?{MONTH})\d{{1,2}}(?:[:.h]\d\d|\s?[ap]\.?m|\s?h\b|\s?uhr|\s*{DASH}\s*\d))"
)
_WEEKDAY_RANGE = lazily(
    rf"(?:from\s+|von\s+|du\s+|de\s+)?(?P<first>{any_of(WEEKDAYS)})\b\.?(?:\s*{DASH}\s*|\s+(?:to|through|bis|a|au|à)\s+)"
    rf"(?P<last>{any_of(WEEKDAYS)})\b\.?{_TIME_BEHIND}",
    re.I,
)
_COUNTED = {
    "two": 2,
    "dos": 2,
    "deux": 2,
    "zwei": 2,
    "duas": 2,
    "three": 3,
    "tres": 3,
    "trois": 3,
    "drei": 3,
    "três": 3,
}
_EVERY_WEEKS = lazily(
    rf"(?:(?:every|alle|cada|toutes\s+les|a\s+cada)\s+(?P<count>[2-9]|{any_of(_COUNTED)})\s+(?:weeks|wochen|semanas|semaines)"
    rf"|(?P<twice>biweekly|fortnightly|every\s+fortnight|14-?tägig))\s*,?\s+(?:(?:on|am|el|los|le|na|no|às)\s+)?"
    rf"(?P<days>{_WEEKDAY_LIST})",
    re.I,
)
_YEARLY = lazily(
    r"(?:(?:every|each)\s+year|yearly|annually|cada\s+año|todos\s+los\s+años|chaque\s+année|tous\s+les\s+ans"
    r"|jedes\s+jahr|jährlich|todos\s+os\s+anos|cada\s+ano)\b(?=\s*,?\s+(?:on\s+|am\s+|el\s+|le\s+|em\s+)?(?:\d|[^\W\d]+\.?\s+\d))",
    re.I,
)
_LAST_DAY = lazily(
    r"(?:on\s+|am\s+)?(?:(?:the|el|le|o)\s+)?(?:last\s+day\s+(?:of|in)\s+(?:the|each|every)\s+month"
    r"|último\s+día\s+(?:del|de\s+cada)\s+mes|dernier\s+jour\s+(?:du|de\s+chaque)\s+mois"
    r"|letzte[rn]?\s+tag\s+(?:im|des|jeden)\s+monats?|último\s+dia\s+(?:do|de\s+cada)\s+m[êe]s)\b",
    re.I,
)
_WEEKLY = lazily(r"(?:weekly,?\s+(?=on\s|every\s))?", re.I)
_IN_MONTH = lazily(rf"\s+(?:in|during|en|im|em)\s+(?P<month>{MONTH})(?:\s+(?:de\s+)?(?P<year>20\d\d)\b)?", re.I)
_PLURAL = lazily(
    rf"(?:(?:on|les|los|aos|às)\s+)?(?P<days>{PLURAL_WEEKDAY}(?:(?:\s*,\s*|{AND}){PLURAL_WEEKDAY})*)"
    rf"(?=\s*[:,]|\s+(?:(?:at|from|a\s+las|à|às|um|von|ab|de|das)\s+)?\d|\s+{UNTIL_WORD}\s|\s+(?:in|en|im|em)\s+{MONTH})",
    re.I,
)


_PLAIN = frozenset(("FREQ", "INTERVAL", "BYMONTH", "BYDAY", "BYMONTHDAY", "UNTIL"))
"""With these alone a rule goes on in the same way from any of its periods."""


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
    at = end_of(_WEEKLY, text, at)
    for pattern in (_MONTHLY, _EVERY_ORDINAL, _SEVERAL_ORDINALS):
        if match := pattern.match(text, at):
            return _monthly(match["ordinals"], match["days"]), match.end()
    if (match := _DAY_OF_MONTH.match(text, at)) and 1 <= int(match["number"]) <= 31:
        return _on_day(int(match["number"])), match.end()
    if (match := _MONTHLY_ON.match(text, at)) and 1 <= int(match["number"]) <= 31:
        return _on_day(int(match["number"])), match.end()
    if match := _LAST_DAY.match(text, at):
        return Rule("FREQ=MONTHLY;BYMONTHDAY=-1"), match.end()
    if match := _WEEKEND.match(text, at):
        return Rule("FREQ=WEEKLY;BYDAY=SA,SU"), match.end()
    if match := _EVERY_WEEKS.match(text, at):
        return _every_weeks(match), match.end()
    if match := _YEARLY.match(text, at):
        return Rule("FREQ=YEARLY"), match.end()
    if match := _WORKDAYS.match(text, at):
        return Rule("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"), match.end()
    if match := _EVERY.match(text, at):
        return _weekly(match), match.end()
    if not strong:
        if match := _WEEKDAY_RANGE.match(text, at):
            return _range(weekday_of(match["first"]), weekday_of(match["last"])), match.end()
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


def _on_day(number: int) -> Rule:
    short = (f"Months without a day {number} are left out.",) if number > 28 else ()
    return Rule(f"FREQ=MONTHLY;BYMONTHDAY={number}", short)


def _range(first: int, last: int) -> Rule:
    days = sorted((first + ahead) % 7 for ahead in range((last - first) % 7 + 1))
    return Rule(f"FREQ=WEEKLY;BYDAY={','.join(BYDAY[day] for day in days)}")


def _every_weeks(match: re.Match[str]) -> Rule:
    count = match["count"] or "2"
    every = _COUNTED.get(count.lower()) or int(count)
    return Rule(f"FREQ=WEEKLY;INTERVAL={every};BYDAY={','.join(_days(match['days']))}")


def _days(words: str) -> list[str]:
    return [BYDAY[number] for number in sorted(set(weekdays_in(words)))]


def _monthly(ordinals: str, days: str) -> Rule:
    numbers = sorted({ordinal_of(word) for word in re.findall(ORDINAL, ordinals, re.I)}, key=lambda n: n % 7)
    fifth = ("Months without a fifth are left out.",) if 5 in numbers else ()
    return Rule(f"FREQ=MONTHLY;BYDAY={','.join(f'{n}{day}' for n in numbers for day in _days(days))}", fifth)


def _weekly(match: re.Match[str]) -> Rule:
    days = ",".join(_days(match["days"]))
    if not match["other"]:
        return Rule(f"FREQ=WEEKLY;BYDAY={days}")
    unsure = match["other"].lower() in ("second", "2nd", "zweiten")
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
    for moment in rrulestr(rrule, dtstart=_near(rrule, naive, since)):
        if moment <= naive or moment.date() < since:
            continue
        if isinstance(start, datetime):
            yield moment.replace(tzinfo=start.tzinfo).astimezone(UTC).astimezone(start.tzinfo)
        else:
            yield moment.date()


def _near(rrule: str, begins: datetime, since: date) -> datetime:
    """A start from which the rule makes the same days from `since` on: a series of years is not run through each time.

    Its own start where the rule counts, or takes its days from it.
    """
    ahead = (since - begins.date()).days - 1
    parts = dict(part.split("=", 1) for part in rrule.split(";"))
    every = int(parts.get("INTERVAL", "1"))
    if ahead <= 0 or parts.keys() - _PLAIN:
        return begins
    if parts["FREQ"] in ("DAILY", "WEEKLY"):
        days = every * (7 if parts["FREQ"] == "WEEKLY" else 1)
        return begins + timedelta(days=ahead // days * days)
    if parts["FREQ"] == "MONTHLY" and ("BYDAY" in parts or "BYMONTHDAY" in parts):
        months = ((since.year - begins.year) * 12 + since.month - begins.month - 1) // every * every
        if months > 0:
            year, month = divmod(begins.year * 12 + begins.month - 1 + months, 12)
            return begins.replace(year=year, month=month + 1, day=1)
    return begins


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
