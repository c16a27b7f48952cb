"""iCalendar text taken apart before any library sees it: content lines, components, zones (RFC 5545 §3.1).

One VEVENT that cannot be read must not take the others with it, and a zone must not need its VTIMEZONE, whose rules may
be hostile. So each VEVENT is cut out, its zones are translated to IANA names, and only what we use is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from newsletter.events.own_zones import in_utc, is_constant
from newsletter.events.zones import is_zone, zone_with

TIMES = frozenset(("DTSTART", "DTEND", "RDATE", "EXDATE", "RECURRENCE-ID"))
KEPT = TIMES | {
    "UID",
    "SEQUENCE",
    "SUMMARY",
    "DESCRIPTION",
    "LOCATION",
    "URL",
    "CONTACT",
    "STATUS",
    "DURATION",
    "RRULE",
}
_TEXTS = KEPT - TIMES - {"DURATION", "RRULE"}
MOST_TEXT = 20_000
"""Characters of one description."""

_LINE = re.compile(r'(?P<name>[A-Za-z0-9-]+)(?P<params>(?:;[^";:]*(?:"[^"]*"[^";:]*)*)*):(?P<value>.*)', re.S)
_PARAM = re.compile(r';(?P<name>[A-Za-z0-9-]+)=(?P<value>"[^"]*"|[^;]*)')
_OFFSETS = {
    (-10.0, -10.0): "Pacific/Honolulu",
    (-9.0, -8.0): "America/Anchorage",
    (-8.0, -7.0): "America/Los_Angeles",
    (-7.0, -6.0): "America/Denver",
    (-7.0, -7.0): "America/Phoenix",
    (-6.0, -5.0): "America/Chicago",
    (-5.0, -4.0): "America/New_York",
    (-4.0, -3.0): "America/Halifax",
    (-3.0, -3.0): "America/Sao_Paulo",
    (0.0, 0.0): "UTC",
    (0.0, 1.0): "Europe/London",
    (1.0, 2.0): "Europe/Berlin",
    (2.0, 3.0): "Europe/Athens",
    (2.0, 2.0): "Africa/Johannesburg",
    (3.0, 3.0): "Europe/Moscow",
    (5.5, 5.5): "Asia/Kolkata",
    (8.0, 8.0): "Asia/Shanghai",
    (9.0, 9.0): "Asia/Tokyo",
    (10.0, 11.0): "Australia/Sydney",
    (12.0, 13.0): "Pacific/Auckland",
}
"""Winter and summer offset of a VTIMEZONE under a name nobody knows, and a zone that has them."""


@dataclass
class RawEvent:
    """One VEVENT: (name, parameters, value) of the properties we keep."""

    properties: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    complete: bool = False

    def value(self, name: str) -> str | None:
        """The first value of a property, as it stands in the file."""
        return next((value for prop, _, value in self.properties if prop == name), None)

    def unknown_zones(self, zones: dict[str, str]) -> list[str]:
        """The zone names that nobody knows."""
        named = (params.get("TZID") for prop, params, _ in self.properties if prop in TIMES)
        return sorted({name for name in named if name and zone_name(name, zones) is None})

    def text(self, zones: dict[str, str], own: str) -> str:
        """The VEVENT in plain form: zones as IANA names, floating times in the zone `own`."""
        lines = [_written(prop, params, value, zones, own) for prop, params, value in self.properties]
        return "\r\n".join(("BEGIN:VEVENT", *lines, "END:VEVENT", ""))


@dataclass
class RawCalendar:
    """The parts of a VCALENDAR."""

    events: list[RawEvent] = field(default_factory=list)
    left_out: int = 0
    """VEVENTs beyond the cap."""
    zones: dict[str, str] = field(default_factory=dict)
    """TZIDs of the file that are no IANA names, and the IANA zone each means."""
    shown: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The lines inside each VTIMEZONE, by its TZID."""
    method: str = ""
    zone: str | None = None
    """X-WR-TIMEZONE, where it is a zone."""


def take_apart(text: str, *, most: int) -> RawCalendar | None:
    """The calendar in a text, at most so many events; none where the text is no calendar."""
    unfolded = re.sub(r"\r?\n[ \t]|\r[ \t]", "", text)
    calendar: RawCalendar | None = None
    stack: list[str] = []
    event: RawEvent | None = None
    zone: dict[str, list[str]] = {}
    shown: list[str] = []
    for line in re.split(r"\r\n|\n|\r", unfolded):
        match = _LINE.match(line)
        if match is None:
            continue
        name, value = match["name"].upper(), match["value"]
        if name == "BEGIN":
            stack.append(value.strip().upper())
            if stack[-1] == "VCALENDAR" and calendar is None:
                calendar = RawCalendar()
            elif stack[-1] == "VEVENT" and calendar is not None:
                event = RawEvent()
                if len(calendar.events) < most:
                    calendar.events.append(event)
                else:
                    calendar.left_out += 1
            elif stack[-1] == "VTIMEZONE":
                zone, shown = {}, []
            elif "VTIMEZONE" in stack:
                shown.append(line)
        elif name == "END":
            ended = value.strip().upper()
            if ended == "VEVENT" and event is not None:
                event.complete, event = True, None
            elif ended == "VTIMEZONE" and calendar is not None:
                _learn(calendar, zone)
                calendar.shown[next(iter(zone.get("TZID", [])), "")] = tuple(shown)
            elif "VTIMEZONE" in stack:
                shown.append(line)
            if ended in stack:
                del stack[len(stack) - 1 - stack[::-1].index(ended) :]
        elif stack[-1:] == ["VEVENT"] and event is not None:
            if name in KEPT and (value.strip() or name in _TEXTS):  # `DTEND:` says nothing, and spoils nothing
                event.properties.append((name, _params(match["params"]), value[:MOST_TEXT]))
        elif "VTIMEZONE" in stack:
            key = f"{stack[-1]} {name}" if name in ("TZOFFSETTO", "RRULE", "DTSTART") else name
            zone.setdefault(key, []).append(value.strip())
            shown.append(line)
        elif stack == ["VCALENDAR"] and calendar is not None:
            if name == "METHOD":
                calendar.method = value.strip().upper()
            elif name == "X-WR-TIMEZONE" and is_zone(value.strip()):
                calendar.zone = value.strip()
    if calendar is not None:
        for single in calendar.events:
            _tell_moments(single, calendar)
    return calendar


def _tell_moments(event: RawEvent, calendar: RawCalendar) -> None:
    """Put the times of a single event in UTC where only the file knows their zone; of a series in `_tell_series`."""
    if any(prop in ("RRULE", "RDATE", "RECURRENCE-ID") for prop, _, _ in event.properties):
        _tell_series(event, calendar)
        return
    for place, (prop, params, value) in enumerate(event.properties):
        tzid = params.get("TZID", "")
        lines = calendar.shown.get(tzid)
        if prop not in TIMES or lines is None or zone_name(tzid, calendar.zones) is not None:
            continue
        if moment := in_utc(lines, value.strip()):
            event.properties[place] = (prop, {}, moment)


def _tell_series(event: RawEvent, calendar: RawCalendar) -> None:
    """The same for a series, if its clocks never change and its days are the same in UTC: then its rule holds there."""
    told: dict[int, str] = {}
    for place, (prop, params, value) in enumerate(event.properties):
        tzid = params.get("TZID", "")
        lines = calendar.shown.get(tzid)
        if prop not in TIMES or lines is None or zone_name(tzid, calendar.zones) is not None:
            continue
        moments = [in_utc(lines, one.strip()) if is_constant(lines) else None for one in value.split(",")]
        if any(
            one is None or one[:8] != local.strip()[:8] for one, local in zip(moments, value.split(","), strict=True)
        ):
            return
        told[place] = ",".join(one for one in moments if one)
    for place, value in told.items():
        prop, params, _ = event.properties[place]
        event.properties[place] = (prop, {name: kept for name, kept in params.items() if name != "TZID"}, value)


def zone_name(tzid: str, zones: dict[str, str]) -> str | None:
    """The IANA zone of a TZID: its own, Windows', the end of a longer name, or what the file's VTIMEZONE shows."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    name = tzid.strip().strip("/")
    if is_zone(name):
        return name
    if name in WINDOWS_TO_OLSON:
        return WINDOWS_TO_OLSON[name]
    parts = name.split("/")
    for start in range(1, len(parts) - 1):
        if is_zone(tail := "/".join(parts[start:])):
            return tail
    return zones.get(tzid)


def _learn(calendar: RawCalendar, zone: dict[str, list[str]]) -> None:
    tzid = next(iter(zone.get("TZID", [])), "")
    place = next(iter(zone.get("X-LIC-LOCATION", [])), "")
    if is_zone(place):
        calendar.zones[tzid] = place
        return
    winter = _offset(zone.get("STANDARD TZOFFSETTO", []))
    summer = _offset(zone.get("DAYLIGHT TZOFFSETTO", []))
    if winter is None:
        return
    seasons = (winter, winter if summer is None else summer)
    southern = seasons[0] != seasons[1] and 7 <= _month_of_summer(zone) <= 12
    usual = _OFFSETS.get(seasons) if southern in (False, seasons[0] >= 10) else None
    if found := usual or zone_with(*seasons, southern=southern):
        calendar.zones[tzid] = found


def _month_of_summer(zone: dict[str, list[str]]) -> int:
    """The month in which the clocks go forward; 0 where none is told."""
    rule = re.search(r"BYMONTH=(\d{1,2})\b", (zone.get("DAYLIGHT RRULE") or [""])[-1].upper())
    begins = re.match(r"\d{4}(\d\d)", (zone.get("DAYLIGHT DTSTART") or [""])[-1])
    return int((rule or begins or [0, 0])[1])


def _offset(values: list[str]) -> float | None:
    match = re.fullmatch(r"([+-])(\d{2})(\d{2})(?:\d{2})?", values[-1]) if values else None
    if match is None:
        return None
    hours = int(match[2]) + int(match[3]) / 60
    return -hours if match[1] == "-" else hours


def _params(text: str) -> dict[str, str]:
    return {match["name"].upper(): match["value"].strip('"') for match in _PARAM.finditer(text)}


def _written(prop: str, params: dict[str, str], value: str, zones: dict[str, str], own: str) -> str:
    if prop not in TIMES:
        return f"{prop}:{value}"
    value = value.strip()
    kept = f";RANGE={params['RANGE']}" if prop == "RECURRENCE-ID" and "RANGE" in params else ""
    if params.get("VALUE", "").upper() == "DATE" or re.fullmatch(r"\d{8}(?:,\d{8})*", value):
        return f"{prop};VALUE=DATE{kept}:{value}"
    if params.get("VALUE", "").upper() == "PERIOD":
        kept += ";VALUE=PERIOD"
    if value.upper().endswith("Z"):
        return f"{prop}{kept}:{value.upper()}"
    zone = zone_name(params["TZID"], zones) if params.get("TZID") else None
    return f"{prop};TZID={zone or own}{kept}:{value}"
