"""Which RRULEs from outside are taken in, and in what form (RFC 5545 §3.3.10)."""

from __future__ import annotations

import re
from datetime import date

from newsletter.events.words import BYDAY

_ORDER = ("FREQ", "INTERVAL", "BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY", "BYSETPOS", "COUNT", "UNTIL")
_NUMBERS = {"BYMONTH": (1, 12), "BYWEEKNO": (1, 53), "BYYEARDAY": (1, 366), "BYMONTHDAY": (1, 31), "BYSETPOS": (1, 366)}
_DAYS_OF = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_HOURS = {"BYHOUR", "BYMINUTE", "BYSECOND"}


def accepted(rrule: str, start: str = "") -> str:
    """The rule in plain form, with ordinal BYDAY (`BYDAY=2MO` for `BYDAY=MO;BYSETPOS=2`).

    `start` is the DTSTART as it stands in the file. Raises ValueError with a clause for a person where the rule would
    never end or never come, cannot be read, or is below daily.
    """
    parts = _parts(rrule)
    freq = parts.get("FREQ", "")
    if freq in ("SECONDLY", "MINUTELY", "HOURLY"):
        raise ValueError("it repeats more often than daily")
    if freq not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        raise ValueError(f"its rule “{rrule[:80]}” has no frequency that is known")
    if any("," in parts.get(name, "") for name in _HOURS):
        raise ValueError("it repeats more often than daily")
    for name in ("INTERVAL", "COUNT"):
        if name in parts and not 1 <= _number(parts[name], name) <= 100_000:
            raise ValueError(f"its rule has {name}={parts[name][:12]}")
    if "UNTIL" in parts and not re.fullmatch(r"\d{8}(?:T\d{6}Z?)?", parts["UNTIL"]):
        raise ValueError(f"its rule ends at “{parts['UNTIL'][:20]}”, which is no date")
    for name, (least, most) in _NUMBERS.items():
        for value in filter(None, parts.get(name, "").split(",")):
            if not least <= abs(_number(value, name)) <= most:
                raise ValueError(f"its rule has {name}={value}")
    _check_days(parts, freq)
    _check_possible(parts, freq, start)
    one_position = re.fullmatch(r"-?[1-5]", parts.get("BYSETPOS", ""))
    if freq == "MONTHLY" and one_position and parts.get("BYDAY") in BYDAY and "BYMONTHDAY" not in parts:
        parts["BYDAY"] = parts.pop("BYSETPOS") + parts["BYDAY"]
    if parts.get("INTERVAL") == "1":
        del parts["INTERVAL"]
    kept = [f"{name}={parts[name]}" for name in _ORDER if parts.get(name)]
    if (
        "INTERVAL" in parts
        and parts.get("WKST", "MO") in BYDAY
        and freq == "WEEKLY"
        and parts.get("WKST", "MO") != "MO"
    ):
        kept.append(f"WKST={parts['WKST']}")
    return ";".join(kept)


def _parts(rrule: str) -> dict[str, str]:
    return {
        name.strip(): value.strip().replace(" ", "").replace("+", "")
        for name, _, value in (part.partition("=") for part in rrule.upper().split(";"))
        if value
    }


def _number(value: str, name: str) -> int:
    if not re.fullmatch(r"-?\d{1,6}", value):
        raise ValueError(f"its rule has {name}={value[:12]}")
    return int(value)


def _check_days(parts: dict[str, str], freq: str) -> None:
    for day in filter(None, parts.get("BYDAY", "").split(",")):
        match = re.fullmatch(r"(-?\d{1,2})?([A-Z]{2})", day)
        if match is None or match[2] not in BYDAY:
            raise ValueError(f"its rule has BYDAY={day[:12]}")
        most = 0 if freq in ("DAILY", "WEEKLY") else 53 if freq == "YEARLY" and "BYMONTH" not in parts else 5
        if match[1] and not 1 <= abs(int(match[1])) <= most:
            raise ValueError(f"its rule has BYDAY={day}, and there is no such day")


def _check_possible(parts: dict[str, str], freq: str, start: str) -> None:
    """Refuse what never comes: the libraries would look for it until the year 9999, each time."""
    if "BYWEEKNO" in parts and freq != "YEARLY":
        raise ValueError("its rule has BYWEEKNO without FREQ=YEARLY")
    if "BYYEARDAY" in parts and freq != "YEARLY":
        raise ValueError("its rule has BYYEARDAY without FREQ=YEARLY")
    if "BYMONTH" in parts and "BYMONTHDAY" in parts:
        longest = max(_DAYS_OF[int(month) - 1] for month in parts["BYMONTH"].split(",") if month)
        if min(abs(int(day)) for day in parts["BYMONTHDAY"].split(",") if day) > longest:
            raise ValueError("its rule never comes: the months have no such day")
    days = [day for day in parts.get("BYDAY", "").split(",") if day]
    begins = re.match(r"(\d{4})(\d\d)(\d\d)", start)
    if freq == "DAILY" and days and begins and int(parts.get("INTERVAL", "1")) % 7 == 0:
        try:
            weekday = BYDAY[date(*(int(part) for part in begins.groups())).weekday()]
        except ValueError:
            return  # the start is refused for itself
        if weekday not in days:
            raise ValueError("its rule never comes: it keeps to one weekday, and names others")
    most = {"DAILY": 1, "WEEKLY": len(days) or 1, "MONTHLY": 5 * len(days) if days else 31, "YEARLY": 366}[freq]
    positions = [abs(int(value)) for value in parts.get("BYSETPOS", "").split(",") if value]
    if positions and min(positions) > most:
        raise ValueError("its rule never comes: BYSETPOS is beyond its days")
