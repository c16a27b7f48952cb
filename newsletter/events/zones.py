"""Words for time zones, and the IANA zone each of them means on a date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from newsletter.events.cities import CITIES
from newsletter.events.patterns import lazily

GENERAL: dict[str, str] = {
    "ET": "America/New_York",
    "Eastern": "America/New_York",
    "CT": "America/Chicago",
    "Central": "America/Chicago",
    "MT": "America/Denver",
    "Mountain": "America/Denver",
    "PT": "America/Los_Angeles",
    "Pacific": "America/Los_Angeles",
    "UK": "Europe/London",
}
"""Words that follow the clocks of a place, summer and winter."""

LITERAL: dict[str, tuple[float, str]] = {
    "EST": (-5, "America/New_York"),
    "EDT": (-4, "America/New_York"),
    "CST": (-6, "America/Chicago"),
    "CDT": (-5, "America/Chicago"),
    "MST": (-7, "America/Denver"),
    "MDT": (-6, "America/Denver"),
    "PST": (-8, "America/Los_Angeles"),
    "PDT": (-7, "America/Los_Angeles"),
    "AST": (-4, "America/Halifax"),
    "ADT": (-3, "America/Halifax"),
    "AKST": (-9, "America/Anchorage"),
    "AKDT": (-8, "America/Anchorage"),
    "HST": (-10, "Pacific/Honolulu"),
    "GMT": (0, "Europe/London"),
    "BST": (1, "Europe/London"),
    "UTC": (0, "UTC"),
    "WET": (0, "Europe/Lisbon"),
    "WEST": (1, "Europe/Lisbon"),
    "CET": (1, "Europe/Berlin"),
    "CEST": (2, "Europe/Berlin"),
    "MEZ": (1, "Europe/Berlin"),
    "MESZ": (2, "Europe/Berlin"),
    "EET": (2, "Europe/Athens"),
    "EEST": (3, "Europe/Athens"),
    "MSK": (3, "Europe/Moscow"),
    "SAST": (2, "Africa/Johannesburg"),
    "WAT": (1, "Africa/Lagos"),
    "EAT": (3, "Africa/Nairobi"),
    "IST": (5.5, "Asia/Kolkata"),
    "PKT": (5, "Asia/Karachi"),
    "GST": (4, "Asia/Dubai"),
    "ICT": (7, "Asia/Bangkok"),
    "SGT": (8, "Asia/Singapore"),
    "HKT": (8, "Asia/Hong_Kong"),
    "JST": (9, "Asia/Tokyo"),
    "KST": (9, "Asia/Seoul"),
    "AWST": (8, "Australia/Perth"),
    "AEST": (10, "Australia/Sydney"),
    "AEDT": (11, "Australia/Sydney"),
    "NZST": (12, "Pacific/Auckland"),
    "NZDT": (13, "Pacific/Auckland"),
    "BRT": (-3, "America/Sao_Paulo"),
    "ART": (-3, "America/Argentina/Buenos_Aires"),
}
"""Words that name an offset in hours, and the place whose clocks show it in its season."""

AMBIGUOUS: dict[str, dict[str, tuple[float, str]]] = {
    "CST": {
        "CN": (8, "Asia/Shanghai"),
        "TW": (8, "Asia/Taipei"),
        "CU": (-5, "America/Havana"),
        "MX": (-6, "America/Mexico_City"),
    },
    "IST": {"IL": (2, "Asia/Jerusalem"), "IE": (1, "Europe/Dublin"), "GB": (1, "Europe/Dublin")},
    "BST": {"BD": (6, "Asia/Dhaka")},
    "PST": {"PH": (8, "Asia/Manila")},
    "EST": {"AU": (10, "Australia/Sydney")},
    "EDT": {"AU": (11, "Australia/Sydney")},
    "AST": {
        "SA": (3, "Asia/Riyadh"),
        "KW": (3, "Asia/Kuwait"),
        "IQ": (3, "Asia/Baghdad"),
        "PR": (-4, "America/Puerto_Rico"),
    },
    "MST": {"MY": (8, "Asia/Kuala_Lumpur"), "MM": (6.5, "Asia/Yangon")},
    "ECT": {"EC": (-5, "America/Guayaquil")},
}
"""What an abbreviation means in the publication's country, where that is not what it means elsewhere."""

WORDS_TOO = frozenset(("ART", "EAT", "WEST"))
"""Zones in capitals only: “7pm Art walk” is none."""

_FIXED_WITH_MINUTES = {
    3.5: "Asia/Tehran",
    4.5: "Asia/Kabul",
    5.5: "Asia/Kolkata",
    5.75: "Asia/Kathmandu",
    6.5: "Asia/Yangon",
    8.75: "Australia/Eucla",
    9.5: "Australia/Darwin",
}

_CITY = r"[A-ZÀ-Þ][A-Za-zÀ-ÿ]+(?:[ .](?:de |do )?[A-ZÀ-Þ][A-Za-zÀ-ÿ]+){0,2}"
_SHORT = "|".join(sorted(LITERAL, key=len, reverse=True))
_PATTERNS = tuple(
    lazily(rf"\s*(?P<open>\(?)\s*{pattern}\s*(?P<close>\)?)")
    for pattern in (
        r"(?:UTC|GMT)\s?(?P<sign>[+\-−–])\s?(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?\b",
        r"(?P<iana>[A-Z][A-Za-z_]+/[A-Za-z_]+(?:/[A-Za-z_]+)?)\b",
        rf"(?P<place>{_CITY})\s+[Tt]ime\b",
        rf"(?:[Hh]ora\s+(?:de\s+|del?\s+)?|[Hh]eure\s+(?:de\s+|d['’])|[Hh]orário\s+de\s+)(?P<hora>{_CITY}|peninsular)\b",
        r"(?P<zeit>[A-ZÀ-Þ][a-zà-ÿ]+)er\s+Zeit\b",
        rf"(?P<city>{_CITY})(?=\s*(?P<mark>[/|:)]))",
        r"(?P<general>(?:ET|CT|MT|PT)\b(?!-)|(?:Eastern|Central|Mountain|Pacific)(?=\s*(?:[,.:;)]|$)))",
        rf"(?P<literal>(?i:{_SHORT}))\b(?!-)",
    )
)
"""A zone directly after a time: `UTC+2`, `Europe/Berlin`, `London time`, `hora de Madrid`, `Berlin:`, `ET`, `est`;
perhaps in parentheses."""


@dataclass(frozen=True)
class ZoneWord:
    """What was written for a zone."""

    wording: str
    zone: str | None = None
    """An IANA zone that the word names directly."""
    hours: float | None = None
    """An offset in hours east of Greenwich that the word names."""
    home: str | None = None
    """For a named offset: the zone whose clocks show it in one season."""
    warning: str | None = None


def zone_word(text: str, at: int) -> tuple[ZoneWord, int] | None:
    """The zone word at a position, and where it ends; none where there is no zone."""
    for pattern in _PATTERNS:
        match = pattern.match(text, at)
        if match is None or (match["open"] and not match["close"]):
            continue
        if (word := _meaning(match)) is not None:
            end = match.end() if match["open"] else match.start("close")
            return word, len(text[:end].rstrip())
    return None


def city_at(text: str, at: int) -> tuple[ZoneWord, int] | None:
    """A city at a position, whatever stands behind it, and where it ends."""
    match = lazily(rf"\s*(?P<city>{_CITY})").match(text, at)
    words = match["city"].split(" ") if match else []
    for count in range(len(words), 0, -1):
        name = " ".join(words[:count])
        if match and (zone := zone_of_city(name)):
            return ZoneWord(name, zone=zone), match.start("city") + len(name)
    return None


def _meaning(match: re.Match[str]) -> ZoneWord | None:
    part = match.groupdict()
    wording = match.group().strip(" ()")
    if part.get("sign"):
        hours = int(part["hours"]) + int(part["minutes"] or 0) / 60
        return ZoneWord(wording, hours=hours if part["sign"] == "+" else -hours)
    if name := part.get("iana"):
        return ZoneWord(wording, zone=name) if is_zone(name) else None
    if name := part.get("place") or part.get("hora") or part.get("zeit"):
        zone = GENERAL.get(name) or zone_of_city(name)
        return ZoneWord(wording, zone=zone) if zone else None
    if name := part.get("city"):
        if name.rsplit(" ", 1)[-1].upper() in LITERAL or (zone := zone_of_city(name)) is None:
            return None
        doubt = part["mark"] == ":"
        return ZoneWord(wording, zone=zone, warning=f"“{name}” was read as the clocks of {name}." if doubt else None)
    if name := part.get("general"):
        return ZoneWord(wording, zone=GENERAL[name])
    if part["literal"].upper() in WORDS_TOO and not part["literal"].isupper():
        return None
    hours, home = LITERAL[part["literal"].upper()]
    return ZoneWord(wording.upper(), hours=hours, home=home)


def zone_on(word: ZoneWord, local: datetime, own: str, country: str | None = None) -> tuple[str | None, str | None]:
    """The IANA zone a word means for a naive local time, and a warning or none.

    A word such as CST or IST is read as the publication's `own` zone uses it, else as its `country` does. A literal
    word out of its season (EST in July) keeps its offset, by an `Etc/GMT` zone, with a warning. The zone is none where
    no zone has such an offset.
    """
    if word.zone is not None:
        return word.zone, word.warning
    hours = float(word.hours or 0)
    if word.home is not None:
        home = word.home
        if there_it_is := AMBIGUOUS.get(word.wording, {}).get(country or ""):
            hours, home = there_it_is
        mine = {ZoneInfo(own).tzname(local.replace(month=month, day=1)): month for month in (1, 7)}
        home = own if word.wording in mine else home
        there = ZoneInfo(home)
        offset = there.utcoffset(local)
        if (
            home == own and word.wording in mine and word.home != own
        ):  # the publication's own CST or IST has another offset than ours
            hours = _hours(there.utcoffset(local.replace(month=mine[word.wording], day=1)))
        if _hours(offset) == hours:
            return home, None
        place = home.rsplit("/", 1)[-1].replace("_", " ")
        return fixed_zone(hours), (
            f"{place} is on {there.tzname(local)} then, not {word.wording}; "
            f"the time was kept as {word.wording} (UTC{_signed(hours)})."
        )
    return fixed_zone(hours), None


def _hours(offset: timedelta | None) -> float:
    return (offset or timedelta()).total_seconds() / 3600


def _signed(hours: float) -> str:
    whole, minutes = divmod(round(abs(hours) * 60), 60)
    return f"{'-' if hours < 0 else '+'}{whole}" + (f":{minutes:02d}" if minutes else "")


def fixed_zone(hours: float) -> str | None:
    """A zone that is always so many hours east of Greenwich; none where there is none."""
    if hours == 0:
        return "UTC"
    if hours == int(hours) and -12 <= hours <= 14:
        return f"Etc/GMT{-int(hours):+d}"  # POSIX signs: west is positive
    return _FIXED_WITH_MINUTES.get(hours)


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(available_timezones())  # walks a folder: once is enough


def zone_of_city(name: str) -> str | None:
    """The IANA zone of a city, by its name in any of our languages; none where it is not in the tables."""
    return CITIES.get(name.casefold()) or _cities().get(name.casefold())


@lru_cache(maxsize=1)
def _cities() -> dict[str, str]:
    towns = sorted(name for name in _names() if "/" in name and not name.startswith("Etc/"))
    return {name.rsplit("/", 1)[-1].replace("_", " ").casefold(): name for name in towns}


def zone_with(winter: float, summer: float, *, southern: bool = False) -> str | None:
    """A zone whose clocks are so many hours east of Greenwich in each season; none where no place has these.

    `southern`: its summer is in January.
    """
    if winter == summer and (fixed := fixed_zone(winter)):
        return fixed
    return _seasons().get((summer, winter) if southern else (winter, summer))


@lru_cache(maxsize=1)
def _seasons() -> dict[tuple[float, float], str]:
    """By the offsets of January and July, the first zone that has them."""
    found: dict[tuple[float, float], str] = {}
    for name in sorted(name for name in _names() if "/" in name and not name.rsplit("/", 1)[-1].isupper()):
        if name.startswith(("Etc/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/")):
            continue  # older names of other places
        january, july = (_hours(ZoneInfo(name).utcoffset(datetime(2026, month, 1))) for month in (1, 7))  # noqa: DTZ001
        found.setdefault((january, july), name)
    return found


def is_zone(name: str) -> bool:
    """Whether there is an IANA zone of this name."""
    return name in _names()
