"""Events that a web page tells machines of: schema.org `Event` in JSON-LD, also inside `@graph`."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urljoin

from newsletter.events.ics import MOST_EVENTS, ReadCalendar
from newsletter.events.links import http_url
from newsletter.events.moments import iso_moment, zone_of
from newsletter.events.occurrences import first_day
from newsletter.events.rule_words import in_words
from newsletter.events.rules import first_start
from newsletter.events.schedule import read_schedules
from newsletter.model.event import EventData, EventStatus
from newsletter.text.characters import one_line, tidy
from newsletter.text.html import clean
from newsletter.text.plain import plain

_SCRIPT = re.compile(r"<script\b[^>]*\btype\s*=\s*[\"']?application/ld\+json[^>]*>(.*?)</script", re.I | re.S)
_COMMENTS = re.compile(r"^\s*(?://)?\s*(?:<!--|<!\[CDATA\[)|(?://)?\s*(?:-->|\]\]>)\s*$")
_MORE_TYPES = frozenset(("Festival", "Hackathon", "CourseInstance"))
_DEEPEST = 30


def has_jsonld(page: str) -> bool:
    """Whether a page holds any JSON-LD."""
    return _SCRIPT.search(page) is not None


def read_jsonld(page: str, *, zone: str, url: str, name: str) -> ReadCalendar:
    """The events of a page, at most 1,000. Never raises.

    `zone`: the publication's, for times without an offset. `url`: where the page stands, for relative addresses (may be
    empty). `name` stands for the page in what is refused.
    """
    reader = _Reader(zone, url, name)
    for number, match in enumerate(_SCRIPT.finditer(page), start=1):
        try:
            found = json.loads(_COMMENTS.sub("", tidy(match[1])), strict=False)
        except (ValueError, RecursionError):
            reader.refused.append((name, f"Its block {number} of JSON-LD is no JSON."))
            continue
        for one in _events(found):
            if len(reader.events) + len(reader.refused) >= MOST_EVENTS:
                reader.refused.append((name, f"It tells of more than {MOST_EVENTS:,} events; the first were read."))
                return reader.done()
            reader.read(one)
    return reader.done()


def _events(found: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(found, dict):
        if any(_is_event(one) for one in _listed(found.get("@type"))) and ("startDate" in found or "name" in found):
            yield found
        for key, value in found.items():
            if key not in ("superEvent", "eventSchedule") and isinstance(value, (dict, list)):
                yield from _events(value, depth + 1)
    elif isinstance(found, list):
        for value in found:
            yield from _events(value, depth + 1)


def _is_event(kind: Any) -> bool:
    last = str(kind).rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    return last.endswith("Event") or last in _MORE_TYPES


@dataclass
class _Reader:
    zone: str
    url: str
    name: str
    events: list[EventData] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    def done(self) -> ReadCalendar:
        return ReadCalendar(tuple({one.uid: one for one in self.events}.values()), tuple(self.refused))

    def read(self, one: dict[str, Any]) -> None:
        title = _text(one.get("name"))[:500]
        start, end = (iso_moment(_text(one.get(key)), self.zone) for key in ("startDate", "endDate"))
        if title and one.get("eventSchedule") and self._by_schedule(one, title, start, end):
            return
        if not title:
            self.refused.append((self.name, "An event without a name was left out."))
        elif start is None:
            said = _text(one.get("startDate"))[:40]
            why = f"its start “{said}” is no date" if said else "it has no start"
            self.refused.append((title, f"The event was left out: {why}."))
        elif end is not None and _comparable(end, start) < start:
            self.refused.append((title, "The event was left out: it ends before it begins."))
        else:
            self.events.append(self._event(one, title, start, end))

    def _by_schedule(
        self, one: dict[str, Any], title: str, start: date | datetime | None, end: date | datetime | None
    ) -> bool:
        """An event for each schedule that repeats it; whether there was any, read or refused."""
        there = False
        try:
            for found in read_schedules(one["eventSchedule"], start=start, end=end, zone=self.zone):
                there = True
                if found.start is None:
                    raise ValueError("its schedule has no start")
                endless = re.sub(r";(?:UNTIL|COUNT)=[^;]*", "", found.rule)
                first = first_start(endless, first_day(found.start))
                if first is None:
                    raise ValueError("its schedule never comes")
                data = self._event(one, title, *_moved(found.start, found.end, first))
                data = replace(
                    data,
                    uid=_uid_of_series(one, self._address(one.get("url")), title, found.rule, data.start),
                    rule=found.rule,
                    excepted=found.excepted,
                    rule_text=in_words(found.rule, data.zone, excepted=found.excepted),
                )
                self.events.append(data)
        except (ValueError, OverflowError) as cause:
            there = True
            why = str(cause) if str(cause).startswith(("it ", "its ")) else "its schedule cannot be read"
            self.refused.append((title, f"The event was left out: {why}."))
        return there

    def _event(self, one: dict[str, Any], title: str, start: date | datetime, end: date | datetime | None) -> EventData:
        address = self._address(one.get("url")) or self._address(one.get("@id"))
        place, online, meeting = self._location(one.get("location"))
        cancelled = _text(one.get("eventStatus")).endswith("EventCancelled")
        mode = _text(one.get("eventAttendanceMode"))
        timed = isinstance(start, datetime)
        if isinstance(start, datetime):
            if end is not None and not isinstance(end, datetime):
                late = datetime(end.year, end.month, end.day, 23, 59, tzinfo=start.tzinfo)
                end = None if end == start.date() else late
        else:
            end = end.date() if isinstance(end, datetime) else end or start
        return EventData(
            uid=_uid(one, address, title, start),
            title=title,
            description=clean(_prose(one.get("description"))),
            start=start,
            end=None if timed and end == start else end,
            zone=zone_of(start),
            place=place,
            online=online or mode.endswith(("OnlineEventAttendanceMode", "MixedEventAttendanceMode")),
            url=address or meeting or http_url(self.url),
            status=EventStatus.CANCELLED if cancelled else EventStatus.CONFIRMED,
        )

    def _location(self, value: Any) -> tuple[str | None, bool, str | None]:
        """The place, whether it is online, and where online."""
        places: list[str] = []
        online, meeting = False, None
        for one in _listed(value):
            if isinstance(one, dict) and any(
                str(kind).endswith("VirtualLocation") for kind in _listed(one.get("@type"))
            ):
                online, meeting = True, meeting or self._address(one.get("url"))
            elif isinstance(one, dict):
                parts = [_text(one.get("name")), _address_line(one.get("address"))]
                places.append(", ".join(part for part in dict.fromkeys(parts) if part))
            elif text := _text(one):
                places.append(text)
        return "; ".join(place for place in places if place)[:500] or None, online, meeting

    def _address(self, value: Any) -> str | None:
        text = _text(value)
        try:
            return http_url(urljoin(self.url, text)) if text else None
        except ValueError:
            return None


def _moved(
    start: date | datetime, end: date | datetime | None, first: date
) -> tuple[date | datetime, date | datetime | None]:
    """The same hours, or as many days, on the first day of a rule."""
    ahead = first - first_day(start)
    return start + ahead, end + ahead if end is not None else None


def _address_line(value: Any) -> str:
    if not isinstance(value, dict):
        return _text(value)
    names = ("streetAddress", "postalCode", "addressLocality")
    return ", ".join(filter(None, (_text(value.get(name)) for name in names)))


def _uid(one: dict[str, Any], address: str | None, title: str, start: date | datetime) -> str:
    own = _text(one.get("@id")) or _text(one.get("identifier")) or address
    # A page may list several dates of one thing under one address.
    seen = f"{own}\n{start.date() if isinstance(start, datetime) else start}" if own else f"{title}\n{start}"
    return f"{sha256(seen.encode('utf-8', 'replace')).hexdigest()[:32]}@newsletter"


def _uid_of_series(one: dict[str, Any], address: str | None, title: str, rule: str, start: date | datetime) -> str:
    """The same at each reading, also where the page moves its start along, or the end of its rule."""
    own = _text(one.get("@id")) or _text(one.get("identifier")) or address or title
    hours = f"{start:%H:%M}" if isinstance(start, datetime) else ""
    seen = f"{own}\n{re.sub(';(?:UNTIL|COUNT)=[^;]*', '', rule)}\n{hours}"
    return f"{sha256(seen.encode('utf-8', 'replace')).hexdigest()[:32]}@newsletter"


def _comparable(end: date | datetime, start: date | datetime) -> Any:
    if isinstance(start, datetime) and not isinstance(end, datetime):
        return datetime(end.year, end.month, end.day, 23, 59, 59, tzinfo=start.tzinfo)
    return end.date() if isinstance(end, datetime) and not isinstance(start, datetime) else end


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Any) -> str:
    value = next(iter(_listed(value)), "")
    if isinstance(value, dict):
        value = value.get("@value") or value.get("@id") or value.get("value") or value.get("name") or ""
    return one_line(plain(html.unescape(str(value)))) if isinstance(value, (str, int, float)) else ""


def _prose(value: Any) -> str:
    value = next(iter(_listed(value)), "")
    if not isinstance(value, str):
        return ""
    value = html.unescape(value) if "&lt;" in value else value
    return value if "<" in value else html.escape(html.unescape(value), quote=False).strip().replace("\n", "<br>")
