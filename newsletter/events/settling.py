"""What the date part of a line said, brought together: a start, an end, separate dates, a rule, a zone. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from newsletter.events import days, exceptions, hours, rules
from newsletter.events.days import Days, UnreadableLine
from newsletter.events.exceptions import Exceptions
from newsletter.events.hours import Hours
from newsletter.events.rule_words import in_words

LONGEST_LISTED = 60
"""Days of a range that become separate dates where one of them is left out."""


@dataclass
class When:
    """What the date part of a line said so far."""

    days: Days | None = None
    hours: Hours | None = None
    rule: rules.Rule | None = None
    until: Days | None = None
    start: date | None = None
    """The first day of the month in which a rule goes on, …"""
    last: date | None = None
    """… and its last."""
    out: Exceptions = field(default_factory=Exceptions)
    warnings: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.days or self.rule or self.until)

    @property
    def has_several(self) -> bool:
        """Whether it takes place more than once, so that something can be left out."""
        return self.rule is not None or (self.days is not None and self.days.kind != "one")


@dataclass(frozen=True, kw_only=True)
class Settled:
    """When it takes place, as fields of `EventData`."""

    start: date | datetime
    end: date | datetime | None
    dates: tuple[date, ...] = ()
    rule: str | None = None
    zone: str | None = None
    excepted: tuple[date, ...] = ()


def settled(when: When, today: date, own: str, country: str | None) -> Settled:
    """The start, the end and all else, with warnings noted in `when`. Raises UnreadableLine."""
    found, warnings = days.resolve(when.days, today=today) if when.days else ((), ())
    when.warnings.extend(warnings)
    when.warnings.extend(exceptions.unread(when.out))
    rrule = exceptions.without_months(when.rule.rrule, when.out.months) if when.rule else None
    last = when.last
    if when.until is not None:
        (last,), warnings = days.resolve(when.until, today=max(found[0], today) if found else today)
        when.warnings.extend(warnings)
    if rrule is not None and when.days is not None and when.days.kind == "range":  # from the first to the last of it
        when.start, last, found = found[0], last or found[-1], ()
    first = _first(when, found, rrule, today)
    out: tuple[date, ...] = ()
    if rrule is not None and when.out.days:
        first, out = _without(when, rrule, first, told=bool(found))
    if last is not None and last < first:
        raise UnreadableLine(f"It would end on {days.in_words(last)}, before it begins on {days.in_words(first)}.")
    several = found if when.days is not None and when.days.kind == "list" and rrule is None else ()
    final = found[-1] if found and when.days is not None and when.days.kind == "range" else first
    if when.out.days and rrule is None and found:
        several, warnings = exceptions.without_days(several or _each(found), when.out)
        when.warnings.extend(warnings)
        first = final = several[0]
    if last is not None and rrule is None:
        final = last
    start: date | datetime = first
    end: date | datetime | None = final
    zone: str | None = None
    if when.hours is not None:
        if when.hours.starts_next_day and (rrule is not None or several):
            when.warnings.append("“24:00” was read as 0:00 of the day itself; write 0:00 with the day after.")
        elif when.hours.starts_next_day:
            first += timedelta(days=1)
            final = max(first, final)
        start, end, zone, warnings = hours.placed(when.hours, first, final, own=own, country=country)
        when.warnings.extend(warnings)
    if rrule is not None and when.rule is not None:
        when.warnings.extend(when.rule.warnings)
        if last is not None:
            rrule = rules.with_until(rrule, last, zone)
    ends = max(several[-1] if several else final, last or final)
    if ends < today:
        when.warnings.append(f"{days.in_words(ends)} has passed; the event is in no coming issue.")
    return Settled(start=start, end=end, dates=several, rule=rrule, zone=zone, excepted=out)


def _first(when: When, found: tuple[date, ...], rrule: str | None, today: date) -> date:
    if rrule is None:
        return found[0] if found else today
    if found:
        if not rules.agrees(rrule, found[0]):
            nearest = rules.first_start(rrule, found[0])
            hint = f"; the rule's next day is {days.in_words(nearest)}" if nearest else ""
            words = in_words(rrule)
            said = f"is not the {words}" if rrule.startswith("FREQ=MONTHLY;BYDAY") else f"does not fit “{words}”"
            when.warnings.append(f"{days.in_words(found[0])} {said}{hint}. The date was kept.")
        return found[0]
    if rrule == "FREQ=YEARLY":
        raise UnreadableLine("It comes every year, and no day is told; write one, as in “every year on July 4”.")
    begins = when.start or today
    start = rules.first_start(rrule, begins if when.days else max(today, begins))  # a season may have begun
    if start is None:
        raise UnreadableLine("The rule has no day in the coming ten years.")
    return start


def _without(when: When, rrule: str, first: date, *, told: bool) -> tuple[date, tuple[date, ...]]:
    """The first day and those that are left out. A first day that nobody named moves behind what is left out."""
    out, warnings = exceptions.left_out(when.out, rrule, first)
    when.warnings.extend(warnings)
    if first in out and not told:
        first = next(day for day in rules.starts(rrule, first) if day not in out)
        out = tuple(day for day in out if day > first)
    return first, out


def _each(span: tuple[date, ...]) -> tuple[date, ...]:
    count = (span[-1] - span[0]).days + 1
    if count > LONGEST_LISTED:
        raise UnreadableLine(f"Dates can be left out of at most {LONGEST_LISTED} days; write them as separate lines.")
    return tuple(span[0] + timedelta(days=number) for number in range(count))
