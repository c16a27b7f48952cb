"""From events to their dated occurrences: all of a window, or the ones an issue shows. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from newsletter.events import expand, rules
from newsletter.events.rule_words import in_words
from newsletter.model.event import Event, EventData, EventStatus, Occurrence

MOST_OCCURRENCES = 500
"""Of one event in one window."""


def occurrences(events: Sequence[Event], *, first: date, last: date, zone: str) -> list[Occurrence]:
    """Every occurrence that goes on between two days (both included, in `zone`), by date.

    What began before `first` and has not ended is in it. A recurring event has a row for each of its dates, as has one
    with several separate dates.
    """
    window = _Window(first, last, ZoneInfo(zone))
    found: list[Occurrence] = []
    for event in events:
        found += islice((one for one in _dated(event, first, last) if window.holds(one)), MOST_OCCURRENCES)
    return sorted(found, key=window.rank)


def for_issue(events: Sequence[Event], *, on: date, days: int, zone: str) -> list[Occurrence]:
    """What the calendar of an issue of the day `on` shows: one row for each event, by date.

    A recurring event comes with its next date, one with several dates with those that remain. Proposed and cancelled
    events are left out, and so is what has passed.
    """
    window = _Window(on, on + timedelta(days=days), ZoneInfo(zone))
    found: list[Occurrence] = []
    for event in events:
        if event.data.status is not EventStatus.CONFIRMED:
            continue
        following = next((one for one in _dated(event, on, window.last) if window.holds(one)), None)
        if following is None:
            continue
        if event.data.dates and not event.data.rule and event.data.ics is None:
            remaining = tuple(day for day in event.data.dates if day >= following.first_date)
            following = replace(following, dates=remaining, last_date=max(following.last_date, remaining[-1]))
        found.append(following)
    return sorted(found, key=window.rank)


def rows_of(event: Event, *, today: date) -> list[Occurrence]:
    """One row for each date of an event, passed ones too; a recurring one by its next date, else its last."""
    data = event.data
    if not recurs(data):
        return list(_dated(event, date.min, date.max))
    for days in (62, 400, 3660):  # most are soon
        ahead = (one for one in _dated(event, today, today + timedelta(days=days)) if one.last_date >= today)
        if coming := next(ahead, None):
            return [coming]
    return [_at(event, data, data.start, data.end, data.start)]


def rule_in(one: Occurrence, language: str, *, on: date) -> str | None:
    """Its rule in the words of a language, with the days that are still to be left out; as it is where it has none."""
    ahead = tuple(day for day in one.excepted if day >= on)
    return in_words(one.rule, one.zone, language, excepted=ahead) or one.rule_text


def recurs(data: EventData) -> bool:
    """Whether it happens by a rule."""
    return data.rule is not None or data.ics is not None


class _Window:
    """Days of the publication's zone. A timed event counts for the day it has there."""

    def __init__(self, first: date, last: date, zone: ZoneInfo) -> None:
        self.first, self.last, self.zone = first, last, zone

    def days(self, one: Occurrence) -> tuple[date, date]:
        if not isinstance(one.start, datetime) or one.zone == self.zone.key:
            return one.first_date, one.last_date
        begins = one.start.astimezone(self.zone).date()
        return begins, max(begins, last_day(one.end or one.start, one.start, self.zone))

    def holds(self, one: Occurrence) -> bool:
        begins, ends = self.days(one)
        return begins <= self.last and ends >= self.first

    def rank(self, one: Occurrence) -> tuple[date, float, str, str]:
        moment = one.start if isinstance(one.start, datetime) else datetime.combine(one.start, time(), self.zone)
        return self.days(one)[0], moment.timestamp(), one.title.casefold(), one.id


def last_day(end: date | datetime, start: date | datetime, zone: ZoneInfo | None = None) -> date:
    """The last day on which it still goes on: what ends at midnight has ended the day before."""
    if not isinstance(end, datetime):
        return end
    local = end.astimezone(zone) if zone else end
    begin = start.astimezone(local.tzinfo) if isinstance(start, datetime) else None
    if local.time() == time() and (begin is None or local > begin):
        return local.date() - timedelta(days=1)
    return local.date()


def _dated(event: Event, first: date, last: date) -> Iterator[Occurrence]:
    """The occurrences around a window in their order (a day more on each side, for zones); without a rule, all."""
    data = event.data
    if data.ics is not None:
        yield from (_at(event, *happening) for happening in expand.happenings(data, first, last))
        return
    if data.rule is not None:
        yield from _by_rule(event, data.rule, first, last)
        return
    for day in data.dates or (None,):
        start, end = (data.start, data.end) if day is None else _moved(data, day)
        yield _at(event, data, start, end, start)


def _moved(data: EventData, day: date) -> tuple[date | datetime, date | datetime | None]:
    """The same hours on another of its dates, on the clocks of its zone."""
    if not isinstance(data.start, datetime):
        return day, day
    start = datetime.combine(day, data.start.timetz().replace(tzinfo=None), data.start.tzinfo)
    end = data.end
    if isinstance(end, datetime):
        local = end.astimezone(data.start.tzinfo)
        further = local.date() - data.start.date()
        end = datetime.combine(day + further, local.time(), data.start.tzinfo)
    return start, end


def _by_rule(event: Event, rule: str, first: date, last: date) -> Iterator[Occurrence]:
    data = event.data
    lasts = (last_day(data.end, data.start) if data.end else first_day(data.start)) - first_day(data.start)
    begins = rules.starts(rule, data.start, since=_shifted(first, -1 - lasts.days))
    left_out = frozenset(data.excepted)
    for start in takewhile(lambda start: first_day(start) <= _shifted(last, 1), begins):
        if first_day(start) in left_out:
            continue
        whole = not isinstance(start, datetime)  # as many days as the first one had
        end = start + lasts if whole else _moved(data, first_day(start))[1] if data.end else None
        yield _at(event, data, start, end, start)


def first_day(start: date | datetime) -> date:
    """The day on which it begins, in its own zone."""
    return start.date() if isinstance(start, datetime) else start


def _shifted(day: date, days: int) -> date:
    return date.fromordinal(min(max(day.toordinal() + days, date.min.toordinal()), date.max.toordinal()))


def _at(
    event: Event, data: EventData, start: date | datetime, end: date | datetime | None, planned: date | datetime
) -> Occurrence:
    stamp = f"{planned.year:04}{planned.month:02}{planned.day:02}"  # strftime takes a third of all the time
    if isinstance(planned, datetime):
        stamp += f"T{planned.hour:02}{planned.minute:02}"
    final = end if end is not None else (start if not isinstance(start, datetime) else None)
    return Occurrence(
        id=f"{event.id}-{stamp}",
        event=event.id,
        title=data.title,
        description=data.description,
        start=start,
        end=final,
        all_day=not isinstance(start, datetime),
        first_date=first_day(start),
        last_date=max(first_day(start), last_day(final if final is not None else start, start)),
        dates=event.data.dates,
        zone=data.zone if isinstance(start, datetime) else None,
        rule=event.data.rule,
        rule_text=event.data.rule_text,
        excepted=event.data.excepted,
        place=data.place,
        online=data.online,
        url=data.url,
        contact=data.contact,
        open=data.open,
        wording=data.wording,
        as_worded=data.as_worded,
        warnings=data.warnings,
        status=data.status,
        source=event.source,
    )
