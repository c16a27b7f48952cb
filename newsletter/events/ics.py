"""Calendars in: an `.ics` file becomes events; what cannot be read is told, and the rest is kept (RFC 5545)."""

from __future__ import annotations

import re
import warnings as python_warnings
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from newsletter.clock import Clock
from newsletter.events import expand, rrules, rules
from newsletter.events.component import described, excepted_days, separate_days, told_end
from newsletter.events.content_lines import RawCalendar, RawEvent, take_apart
from newsletter.events.hours import clock_change
from newsletter.events.mojibake import mended
from newsletter.events.rule_words import in_words
from newsletter.model.event import EventData, EventStatus
from newsletter.text.characters import tidy

MOST_BYTES = 10_000_000
MOST_EVENTS = 1_000
MOST_INSTANCES = 500
"""Moved or changed instances, and dates beside a rule, of one event."""
_FOLD = re.compile(rb"\r?\n[ \t]")
LONGEST_TRIAL = 2.0
"""Seconds of work that one event's rule may take when it is tried out."""
MENDED = "Some characters were damaged on their way and have been mended; check them."
LOOK_AHEAD = timedelta(days=62)
"""How far a rule is followed when it is tried out."""
LOOK_AHEAD_OF_SERIES = timedelta(days=21)
"""The same for one with exceptions: each of its days costs a hundred times as much."""
LONGEST_READING = 4.0
"""Seconds of work for a calendar; what is left then is refused."""


@dataclass(frozen=True)
class ReadCalendar:
    """What became of a calendar: its events, and (what, why) for each that was refused."""

    events: tuple[EventData, ...]
    refused: tuple[tuple[str, str], ...]


def read_ics(data: bytes, *, zone: str, now: datetime, name: str) -> ReadCalendar:
    """Read a calendar of at most 10 MB and 1,000 events. Never raises, never hangs.

    `zone`: the publication's, for floating times, and for single events told in UTC. `name` stands for the file in what
    is refused. `rule` is the RRULE of a recurring event; one with exceptions, extra dates or moved instances carries a
    VCALENDAR of its own UID in `ics`.
    """
    if len(data) > MOST_BYTES:
        return _refused(name, f"The calendar is larger than {MOST_BYTES // 1_000_000} MB; split it into smaller files.")
    text = decoded(data)
    whole = mended(text)
    raw = take_apart(tidy(whole), most=MOST_EVENTS)
    if raw is None:
        return _refused(name, "It is no iCalendar file: there is no BEGIN:VCALENDAR in it.")
    import icalendar  # noqa: F401
    import recurring_ical_events  # noqa: F401  # not to be counted as the calendar's own time

    reader = _Reader(raw, zone, now, name, (MENDED,) if whole != text else ())
    for uid, group in _by_uid(raw, name).items():
        reader.read(uid, group)
    if raw.left_out:
        total = len(raw.events) + raw.left_out
        reader.refused.append((name, f"The calendar has {total:,} events; the first {MOST_EVENTS:,} were read."))
    return ReadCalendar(tuple(reader.events), tuple(reader.refused))


def _refused(what: str, why: str) -> ReadCalendar:
    return ReadCalendar((), ((what, why),))


def decoded(data: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 where it says so, else Windows-1252."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    for octets in (data, _FOLD.sub(b"", data)):  # lines may be folded within a character (RFC 5545 §3.1)
        with suppress(UnicodeDecodeError):
            return octets.decode("utf-8-sig")
    return data.decode("cp1252", errors="replace")


def _by_uid(raw: RawCalendar, name: str) -> dict[str, list[RawEvent]]:
    groups: dict[str, list[RawEvent]] = {}
    for event in raw.events:
        uid = (event.value("UID") or "").strip()
        if not uid:  # RFC 5545 asks for one; ours must be the same at the next reading
            seen = f"{name}\n{event.value('SUMMARY')}\n{event.value('DTSTART')}"
            uid = f"{sha256(seen.encode('utf-8', 'replace')).hexdigest()[:32]}@newsletter"
        groups.setdefault(uid[:500], []).append(event)
    return groups


class _Reader:
    """Reads one UID after another, and notes what was refused."""

    def __init__(self, raw: RawCalendar, zone: str, now: datetime, name: str, warnings: tuple[str, ...] = ()) -> None:
        self.raw, self.zone, self.name = raw, raw.zone or zone, name
        self.own = zone
        self.warnings = warnings
        self.today = now.astimezone(ZoneInfo(zone)).date()
        self.spent = 0.0
        self.events: list[EventData] = []
        self.refused: list[tuple[str, str]] = []

    def read(self, uid: str, group: list[RawEvent]) -> None:
        masters = [event for event in group if event.value("RECURRENCE-ID") is None]
        moved = [event for event in group if event.value("RECURRENCE-ID") is not None]
        if masters:
            master = max(masters, key=_sequence)  # an older copy of the same event says nothing new
            self._try(uid, master, moved)
            return
        for event in moved:  # its series is not in this file
            self._try(f"{uid}/{event.value('RECURRENCE-ID')}", event, [])

    def _try(self, uid: str, master: RawEvent, moved: list[RawEvent]) -> None:
        what = (master.value("SUMMARY") or "").replace("\\,", ",").replace("\\;", ";").strip()[:120]
        began = Clock.cpu()
        try:
            if self.spent > LONGEST_READING:
                raise ValueError("its calendar takes too long to read")
            self.events.append(self._event(uid, master, moved))
        except (ValueError, ArithmeticError, LookupError, AttributeError, TypeError, RecursionError) as cause:
            # The libraries raise all of these for one bad property: BYDAY=9MO is a bare IndexError.
            why = str(cause) if type(cause) is ValueError and str(cause)[:3] in ("it ", "its") else "it cannot be read"
            self.refused.append((what or f"{self.name}: {uid[:80]}", f"The event was left out: {why}."))
        finally:
            self.spent += Clock.cpu() - began

    def _event(self, uid: str, master: RawEvent, moved: list[RawEvent]) -> EventData:
        if not master.complete:
            raise ValueError("it is cut off")
        warnings = [
            f"The time zone “{name}” is not known; the times were read as {self.zone}."
            for name in master.unknown_zones(self.raw.zones)
        ]
        _plain_rule(master)
        component = self._parsed(master)
        start = _start(component)
        zone = _zone_of(start, self.zone)
        recurs = any(master.value(prop) for prop in ("RRULE", "RDATE")) or bool(moved)
        if zone == "UTC" and not recurs and self.own != "UTC":
            zone = self.zone  # many programs write single events in UTC, wherever they are
        if not str(master.value("SUMMARY")).isascii():
            warnings = [*self.warnings, *warnings]
        warnings += _doubts(master, start, zone or self.zone)
        if isinstance(start, datetime):
            start = start.astimezone(UTC).astimezone(ZoneInfo(zone or self.zone))
        told = described(component)
        if not told["title"]:
            raise ValueError("it has no title (SUMMARY)")
        rule = master.value("RRULE")
        data = EventData(
            uid=uid,
            sequence=max([_sequence(event) for event in (master, *moved)]),
            start=start,
            end=told_end(component, start),
            zone=zone,
            rule=rule,
            rule_text=in_words(rule, zone),
            status=self._status(component),
            warnings=tuple(warnings),
            **told,
        )
        if rule and not moved and not master.value("RDATE") and (out := excepted_days(component, data)) is not None:
            data = replace(data, excepted=out, rule_text=in_words(rule, zone, excepted=out))
        elif not rule and not moved and master.value("RDATE") and (days := separate_days(component, data)) is not None:
            data = replace(data, dates=days)
        elif moved or any(master.value(prop) for prop in ("RDATE", "EXDATE")):
            data = self._series(data, master, moved)
        if recurs:
            self._try_out(data)
        return data

    def _series(self, data: EventData, master: RawEvent, moved: list[RawEvent]) -> EventData:
        """The event with a VCALENDAR of its own, for its exceptions."""
        if sum(value.count(",") + 1 for prop, _, value in master.properties if prop in ("RDATE", "EXDATE")) > 10_000:
            raise ValueError("it has too many dates beside its rule")
        whole = [master]
        for event in moved[:MOST_INSTANCES]:
            try:
                if not event.complete or not isinstance(_start(self._parsed(event)), date):
                    raise ValueError
                whole.append(event)
            except (ValueError, ArithmeticError, LookupError, AttributeError, TypeError):
                self.refused.append(
                    (data.title, f"Its changed instance of {event.value('RECURRENCE-ID')} cannot be read.")
                )
        return self._with_ics(data, whole)

    def _try_out(self, data: EventData) -> None:
        """Follow the rule a little, once: what raises or takes long here would do so each time it is shown."""
        began = Clock.cpu()
        first = _day(data.start)
        for day in {first, max(first, self.today)}:
            if data.ics is not None:
                list(expand.happenings(data, day, day + LOOK_AHEAD_OF_SERIES))
            elif data.rule is not None:
                following = rules.starts(data.rule, data.start, since=day)
                next((start for start in following if _day(start) > day + LOOK_AHEAD), None)
        if Clock.cpu() - began > LONGEST_TRIAL:
            raise ValueError("its rule takes too long to follow")

    def _with_ics(self, data: EventData, whole: list[RawEvent]) -> EventData:
        text = "".join(_with_uid(event, data.uid).text(self.raw.zones, self.zone) for event in whole)
        return replace(
            data, ics=f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//newsletter//EN\r\n{text}END:VCALENDAR\r\n"
        )

    def _parsed(self, event: RawEvent) -> Any:
        from icalendar import Event

        with python_warnings.catch_warnings():
            python_warnings.simplefilter("ignore")
            return Event.from_ical(event.text(self.raw.zones, self.zone))

    def _status(self, component: Any) -> EventStatus:
        said = str(component.get("STATUS", "")).strip().upper()
        return EventStatus.CANCELLED if "CANCELLED" in (said, f"{self.raw.method}LED") else EventStatus.CONFIRMED


def _doubts(master: RawEvent, start: date | datetime, zone: str) -> list[str]:
    """A sentence for what is read in one of several ways: no zone, hours that the clocks skip, days of few months."""
    told: list[str] = []
    if isinstance(start, datetime):
        written, params = next((value, params) for prop, params, value in master.properties if prop == "DTSTART")
        if not params.get("TZID") and not written.strip().upper().endswith("Z"):
            told.append(f"Its times name no zone; they were read as {zone}.")
        if (why := clock_change(start.replace(tzinfo=None, fold=0), zone)) and written.strip()[-1:].upper() != "Z":
            told.append(why)
    rule = master.value("RRULE") or ""
    parts = dict(part.split("=", 1) for part in rule.split(";") if "=" in part)
    if parts.get("FREQ") == "MONTHLY" and not parts.keys() & {"BYDAY", "BYSETPOS"}:
        number = parts.get("BYMONTHDAY", str(start.day))
        if number.isdigit() and int(number) > 28:
            told.append(f"Months without a day {number} are left out.")
    if parts.get("FREQ") == "YEARLY" and (start.month, start.day) == (2, 29) and parts.keys() <= {"FREQ", "INTERVAL"}:
        told.append("Years without a 29 February are left out.")
    return told


def _day(start: date | datetime) -> date:
    return start.date() if isinstance(start, datetime) else start


def _plain_rule(event: RawEvent) -> None:
    """Put the rule in plain form, or raise ValueError where it is not taken."""
    if len([True for prop, _, _ in event.properties if prop == "RRULE"]) > 1:
        raise ValueError("it has more than one rule")
    start = (event.value("DTSTART") or "").strip()
    event.properties = [
        (prop, params, rrules.accepted(value, start)) if prop == "RRULE" else (prop, params, value)
        for prop, params, value in event.properties
    ]


def _with_uid(event: RawEvent, uid: str) -> RawEvent:
    rest = [entry for entry in event.properties if entry[0] != "UID"]
    return RawEvent([("UID", {}, uid), *rest], event.complete)


def _sequence(event: RawEvent) -> int:
    value = (event.value("SEQUENCE") or "0").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def _start(component: Any) -> date | datetime:
    if "DTSTART" not in component:
        raise ValueError("it has no start (DTSTART) that can be read")
    found = component["DTSTART"]
    start = getattr(found, "dt", None)
    if not isinstance(start, date):
        raise ValueError("it has no start (DTSTART) that can be read")
    if not 1900 <= start.year <= 2200:
        raise ValueError(f"it starts in the year {start.year}")
    return start


def _zone_of(start: date | datetime, own: str) -> str | None:
    if not isinstance(start, datetime):
        return None
    return start.tzinfo.key if isinstance(start.tzinfo, ZoneInfo) else "UTC" if start.tzinfo is not None else own
