"""What a line takes out of its rule: `except 24 December`, `sauf du 24 décembre au 2 janvier`, `außer im August`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from newsletter.events import days, languages, rules
from newsletter.events.days import Days, UnreadableLine
from newsletter.events.patterns import lazily
from newsletter.events.words import AND, MONTH, any_of, month_of

FURTHEST = timedelta(days=3660)
"""How far behind its first day a rule is followed for the days that are left out."""

_SURE = any_of(languages.EXCEPT).replace(r"\ ", r"\s+")
_NOT = (  # these leave something out only where a date follows
    r"(?:but\s+not|not|nicht|nur\s+nicht|pero\s+no|mas\s+não|mais\s+pas|pas)"
)
_NONE = r"(?:no|kein|keine|ohne|pas\s+de|pas\s+d['’]|no\s+hay|sin|não\s+há|sem)\s+(?:[^\W\d]{3,}\s+){0,2}?"
_PREPOSITION = r"(?:for|on|the\s+ones?\s+on|during|am|an|vom|von|zum|el|los|le|les|del?|do|da|no|nos|na|em|en)\s+"
_LEAD = lazily(
    rf"(?P<open>\()?\s*(?:(?P<sure>\b{_SURE})|(?P<not>\b(?:{_NOT}|{_NONE}(?={_PREPOSITION}|{MONTH}|\d))))\b\s*"
    rf"(?:{_PREPOSITION})?",
    re.I,
)
_BETWEEN = lazily(r"(?:between|zwischen(?:\s+dem)?|entre)\s+", re.I)
_MONTHS = lazily(
    rf"(?:(?:in|im|em|en|during|pendant|den|le\s+mois\s+d[e’']|au\s+mois\s+d[e’'])\s*)?(?P<months>{MONTH}"
    rf"(?:(?:\s*,\s*|{AND}){MONTH})*)(?!\.?\s*{days.DAY_NUMBER})(?!\s+(?:de\s+)?20\d\d)",
    re.I,
)
_MORE = lazily(rf"\s*(?:,|;|&|\+)\s*(?:{AND})?|\s+(?:and|or|nor|und|oder|noch|y|o|ni|et|ou|e|nem)\s+(?:on\s+)?", re.I)
_REST = lazily(r"(?P<words>[^:(),;.]{2,60}?)\s*(?=[:),;.]|$)")
_CLOSE = lazily(r"\s*\)")


@dataclass(frozen=True)
class Exceptions:
    """What is left out, as it was written."""

    days: tuple[Days, ...] = ()
    months: tuple[int, ...] = ()
    """Every year."""
    unread: tuple[str, ...] = ()
    """Wordings that name no date, such as `except bank holidays`."""

    def __bool__(self) -> bool:
        return bool(self.days or self.months or self.unread)

    def __add__(self, other: Exceptions) -> Exceptions:
        return Exceptions(self.days + other.days, self.months + other.months, self.unread + other.unread)


def exceptions_at(text: str, at: int, *, today: date, month_first: bool) -> tuple[Exceptions, int] | None:
    """What is left out by the words at a position, and where they end; none where nothing is.

    Raises UnreadableLine for a day that no month has.
    """
    if (lead := _LEAD.match(text, at)) is None:
        return None
    found, end = Exceptions(), lead.end()
    between = _BETWEEN.match(text, end)
    start = between.end() if between else end
    if months := _MONTHS.match(text, end):
        numbers = re.findall(MONTH, months["months"], re.I)
        found, end = Exceptions(months=tuple(month_of(one) for one in numbers)), months.end()
    while found.months == () and (one := days.days_at(text, start, today=today, month_first=month_first)):
        written, end = one
        if between and written.kind == "list" and len(written.days) == 2:
            written = replace(written, kind="range")
        found, between = found + Exceptions(days=(written,)), None
        if (more := _MORE.match(text, end)) is None:
            break
        start = more.end()
    if not found:
        if not lead["sure"] or (rest := _REST.match(text, lead.end("sure"))) is None:
            return None
        found, end = Exceptions(unread=(text[lead.start("sure") : rest.end("words")].strip(),)), rest.end("words")
    if lead["open"] and (close := _CLOSE.match(text, end)):
        end = close.end()
    return found, end


def find_exceptions(text: str, *, today: date, month_first: bool) -> tuple[Exceptions, int, int] | None:
    """The first words inside a text that leave dates out: what, where they begin and where they end."""
    for lead in _LEAD.finditer(text):
        found = exceptions_at(text, lead.start(), today=today, month_first=month_first)
        if found:
            return found[0], lead.start(), found[1]
    return None


def without_months(rrule: str, months: Sequence[int]) -> str:
    """The rule in all other months. Raises UnreadableLine where none is left."""
    rest = [str(number) for number in range(1, 13) if number not in months]
    if not rest:
        raise UnreadableLine("No month is left in which it takes place.")
    if not months:
        return rrule
    parts = rrule.split(";")
    at = 2 if parts[1:2] and parts[1].startswith("INTERVAL=") else 1
    return ";".join([*parts[:at], f"BYMONTH={','.join(rest)}", *parts[at:]])


def left_out(exceptions: Exceptions, rrule: str, first: date) -> tuple[tuple[date, ...], tuple[str, ...]]:
    """The days of a rule (from `first` on) that are left out, in order, and warnings for what leaves nothing out."""
    warnings: list[str] = []
    found: set[date] = set()
    spans: list[tuple[date, date]] = []
    for written in exceptions.days:
        named, more = _dated(written, first)
        warnings.extend(more)
        spans += [(named[0], named[-1])] if written.kind == "range" else [(day, day) for day in named]
    latest = min(max((last for _, last in spans), default=first), first + FURTHEST)
    made: list[date] = []
    for start in rules.starts(rrule, first):
        if start > latest:
            break
        made.append(start)
    for begins, ends in spans:
        days_out = [day for day in made if begins <= day <= ends]
        if not days_out:
            span = days.in_words(begins) if begins == ends else f"{days.in_words(begins)} to {days.in_words(ends)}"
            warnings.append(f"There is nothing to leave out: the rule has no day on {span}.")
        found.update(days_out)
    return tuple(sorted(found)), tuple(warnings)


def without_days(found: Sequence[date], exceptions: Exceptions) -> tuple[tuple[date, ...], tuple[str, ...]]:
    """The days of a list without those that are left out, and warnings. Raises UnreadableLine where none is left."""
    warnings: list[str] = []
    out: set[date] = set()
    for written in exceptions.days:
        named, more = _dated(written, found[0])
        warnings.extend(more)
        out.update(day for day in found if (named[0] <= day <= named[-1] if written.kind == "range" else day in named))
    rest = tuple(day for day in found if day not in out)
    if not rest:
        raise UnreadableLine("No day is left on which it takes place.")
    if not out and exceptions.days:
        warnings.append("There is nothing to leave out: none of the days is one of its own.")
    return rest, tuple(warnings)


def unread(exceptions: Exceptions) -> tuple[str, ...]:
    """A warning for each wording that names no date."""
    return tuple(f"“{words}” is not in the rule; take those dates out by hand." for words in exceptions.unread)


def _dated(written: Days, first: date) -> tuple[tuple[date, ...], tuple[str, ...]]:
    """The days with their years: without a year, the first ones that do not lie before the series."""
    found, warnings = days.resolve(written, today=first)
    if found[-1] < first and all(day.year is None for day in written.days):
        later = tuple(replace(day, year=one.year + 1) for day, one in zip(written.days, found, strict=True))
        found, warnings = days.resolve(replace(written, days=later), today=first)
    return found, warnings
