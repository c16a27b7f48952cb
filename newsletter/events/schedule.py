"""schema.org `Schedule`: a rule in the words of JSON-LD, out and in. Weekdays with ordinals are iCalendar's text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from newsletter.events import rrules
from newsletter.events.moments import zone_of
from newsletter.events.patterns import lazily
from newsletter.events.words import BYDAY, WEEKDAY_NAMES
from newsletter.events.zones import is_zone
from newsletter.model.event import Occurrence

_EVERY = {"DAILY": "P{}D", "WEEKLY": "P{}W", "MONTHLY": "P{}M", "YEARLY": "P{}Y"}
_WORDS = {"daily": "P1D", "weekly": "P1W", "biweekly": "P2W", "fortnightly": "P2W", "monthly": "P1M", "yearly": "P1Y"}
_UNITS = {"D": "DAILY", "W": "WEEKLY", "M": "MONTHLY", "Y": "YEARLY"}
_SPAN = lazily(r"P(\d{1,4})([DWMY])", re.I)
_CLOCK = lazily(r"(?:\d{4}-\d\d-\d\dT)?(\d\d):(\d\d)(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?")
_DAY = lazily(r"(\d{4}-\d\d-\d\d)(?:T.*)?")
_LENGTH = lazily(r"P(?:(\d{1,3})D)?(?:T(?:(\d{1,3})H)?(?:(\d{1,4})M)?)?", re.I)
MOST = 500
"""Days left out that are taken in."""


def schedule_of(one: Occurrence, *, since: date) -> dict[str, Any] | None:
    """The rule of a recurring event as a `Schedule`; none where it has none, or one that schema.org cannot say.

    `since`: the first day of the series.
    """
    if one.rule is None:
        return None
    parts = dict(part.split("=", 1) for part in one.rule.split(";"))
    if parts.keys() - {"FREQ", "INTERVAL", "BYDAY", "BYMONTH", "BYMONTHDAY", "UNTIL", "COUNT", "WKST"}:
        return None
    days = [day for day in parts.get("BYDAY", "").split(",") if day]
    if all(day in BYDAY for day in days):
        days = [f"https://schema.org/{WEEKDAY_NAMES[BYDAY.index(day)]}" for day in days]
    fields: dict[str, Any] = {
        "@type": "Schedule",
        "repeatFrequency": _EVERY[parts["FREQ"]].format(parts.get("INTERVAL", "1")),
        "byDay": days,
        "byMonth": _numbers(parts.get("BYMONTH")),
        "byMonthDay": _numbers(parts.get("BYMONTHDAY")),
        "repeatCount": int(parts["COUNT"]) if "COUNT" in parts else None,
        "startDate": since.isoformat(),
        "endDate": _until(parts.get("UNTIL"), one.zone),
        "exceptDate": [day.isoformat() for day in one.excepted],
    }
    if isinstance(one.start, datetime):
        fields |= {"startTime": f"{one.start:%H:%M:%S}", "scheduleTimezone": one.zone}
        if isinstance(one.end, datetime):
            fields["endTime"] = f"{one.end.astimezone(one.start.tzinfo):%H:%M:%S}"
    return {key: value for key, value in fields.items() if value not in (None, [])}


@dataclass(frozen=True, kw_only=True)
class Scheduled:
    """A `Schedule` as we understand it: an RRULE, and what it says of the first date."""

    rule: str
    start: date | datetime | None
    end: date | datetime | None
    excepted: tuple[date, ...]


def read_schedules(
    value: Any, *, start: date | datetime | None, end: date | datetime | None, zone: str
) -> Iterator[Scheduled]:
    """The schedules of an event, one after another. `start` and `end`: what the event itself says.

    `zone`: the publication's, for hours whose schedule names none. Raises ValueError with a clause for a person where
    one cannot be read, or repeats more often than daily.
    """
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict) and "repeatFrequency" in one:
            yield _read(one, start, end, zone)


def _read(one: dict[str, Any], start: date | datetime | None, end: date | datetime | None, zone: str) -> Scheduled:
    said = _word(one["repeatFrequency"])
    span = _SPAN.fullmatch(_WORDS.get(said.rsplit("/", 1)[-1].casefold(), said))
    if span is None:
        raise ValueError(
            "it repeats more often than daily" if said.upper().startswith("PT") else f"it repeats “{said[:40]}”"
        )
    named = _word(one.get("scheduleTimezone"))
    zone = named if is_zone(named) else (zone_of(start) if start is not None else None) or zone
    first = _day(one.get("startDate")) or (start.date() if isinstance(start, datetime) else start)
    begins, finish = _clock(one.get("startTime")), _clock(one.get("endTime"))
    if first is not None and begins is not None:
        start = datetime(first.year, first.month, first.day, *begins, tzinfo=ZoneInfo(zone))
        end = _end(start, finish, _word(one.get("duration")))
    elif first is not None and not isinstance(start, datetime):
        start, end = first, end if start == first else first
    parts = [f"FREQ={_UNITS[span[2].upper()]}", f"INTERVAL={int(span[1])}"]
    for name, key in (("BYMONTH", "byMonth"), ("BYMONTHDAY", "byMonthDay"), ("BYDAY", "byDay")):
        if values := [_by_day(part) if name == "BYDAY" else _word(part) for part in _each(one.get(key))]:
            parts.append(f"{name}={','.join(values)}")
    week = _word(one.get("byMonthWeek"))
    if week and span[2].upper() == "M" and parts[-1].startswith("BYDAY="):
        parts[-1] = "BYDAY=" + ",".join(f"{week}{day}" for day in parts[-1][6:].split(","))
    if count := _word(one.get("repeatCount")):
        parts.append(f"COUNT={count}")
    elif (last := _day(one.get("endDate"))) and last != first:
        if first is not None and last < first:
            raise ValueError("it ends before it begins")
        parts.append(f"UNTIL={_last(last, start)}")
    rule = rrules.accepted(";".join(parts), f"{first:%Y%m%d}" if first else "")
    out = {day for day in map(_day, _each(one.get("exceptDate"))[:MOST]) if day is not None}
    return Scheduled(rule=rule, start=start, end=end, excepted=tuple(sorted(out)))


def _end(start: datetime, finish: tuple[int, int] | None, length: str) -> datetime | None:
    if finish is not None:
        end = start.replace(hour=finish[0], minute=finish[1])
        return end if end > start else end + timedelta(days=1) if end < start else None
    if (match := _LENGTH.fullmatch(length)) and any(match.groups()):
        days, hours, minutes = (int(part or 0) for part in match.groups())
        return start + timedelta(days=days, hours=hours, minutes=minutes)
    return None


def _last(day: date, start: date | datetime | None) -> str:
    if not isinstance(start, datetime):
        return f"{day:%Y%m%d}"
    end = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=start.tzinfo)
    return f"{end.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _by_day(value: Any) -> str:
    """`TU` of `https://schema.org/Tuesday`, of `Tuesday`, of `TU`; `2MO` as it is."""
    word = _word(value).rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    found = next((number for number, name in enumerate(WEEKDAY_NAMES) if name.casefold() == word.casefold()), None)
    return word.upper() if found is None else BYDAY[found]


def _each(value: Any) -> list[Any]:
    found = value if isinstance(value, list) else [] if value is None else [value]
    return [part for one in found for part in (re.split(r"[,\s]+", one) if isinstance(one, str) else [one]) if part]


def _word(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("@id") or value.get("@value") or value.get("name") or ""
    if isinstance(value, list):
        value = value[0] if value else ""
    return str(value).strip() if isinstance(value, (str, int)) else ""


def _day(value: Any) -> date | None:
    match = _DAY.fullmatch(_word(value))
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None


def _clock(value: Any) -> tuple[int, int] | None:
    match = _CLOCK.fullmatch(_word(value))
    return (int(match[1]), int(match[2])) if match and int(match[1]) < 24 and int(match[2]) < 60 else None


def _numbers(value: str | None) -> list[int]:
    return [int(number) for number in value.split(",")] if value else []


def _until(value: str | None, zone: str | None) -> str | None:
    if value is None:
        return None
    day = datetime.strptime(value[:8], "%Y%m%d").replace(tzinfo=UTC)
    if zone and value.endswith("Z"):
        day = datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    return day.date().isoformat()
