"""Dates that cannot be right: an event that is over, or a weekday that its date does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from babel.dates import get_day_names, get_month_names

from newsletter.model.event import EventStatus
from newsletter.model.finding import Finding
from newsletter.model.issue import BlockId, BlockKind
from newsletter.render.checks.checked import Checked, warning
from newsletter.render.dates import full_date, locale_of
from newsletter.text.plain import plain

_LONG_AGO = timedelta(days=60)


def check(seen: Checked) -> Iterator[Finding]:
    """Events lie ahead, and agree with their weekdays; so do the dates in texts."""
    calendar = next((one.id for one in seen.issue.outline.blocks() if one.kind is BlockKind.CALENDAR), None)
    yield from _events(seen, calendar)
    if seen.on is not None:
        for block in seen.issue.outline.blocks():
            yield from _texts(seen, block.id, seen.on)


def _events(seen: Checked, calendar: BlockId | None) -> Iterator[Finding]:
    for one in seen.occurrences:
        if one.hidden or one.status is not EventStatus.CONFIRMED:
            continue
        edit = f"newsletter events edit {one.event}"
        if seen.on is not None and one.last_date < seen.on:
            yield warning(
                "past-event",
                f"“{one.title}” was over on {one.last_date.isoformat()}, before this issue: {edit}, or hide it.",
                calendar,
            )
        for text in one.warnings:
            code = "weekday-contradicts" if ", not a " in text else "event-warning"
            yield warning(code, f"“{one.title}”: {text.rstrip('.')} ({edit}).", calendar)


def _texts(seen: Checked, block: BlockId, on: date) -> Iterator[Finding]:
    for wording, day, weekday in contradictions(plain(seen.words_of(block)), seen.publication.language, on):
        yield warning(
            "weekday-contradicts",
            f"“{wording}” cannot be: {full_date(day, seen.publication.language)} is meant, or a {weekday} "
            f"({seen.mend(block, '--blurb TEXT')}).",
            block,
        )


def contradictions(text: str, language: str, on: date) -> Iterator[tuple[str, date, str]]:
    """Dates with a weekday that is not theirs: the wording, the date, the weekday that was written.

    A date without a year is the next one; one of the last 60 days is of this year.
    """
    pattern, weekdays, months = _dates(language)
    for found in pattern.finditer(text):
        try:
            meant = _date(months[(found["m1"] or found["m2"]).casefold()], int(found["d1"] or found["d2"]), found, on)
        except ValueError:
            continue
        if meant.weekday() != weekdays[found["weekday"].casefold()]:
            yield found[0], meant, found["weekday"]


@cache
def _dates(language: str) -> tuple[re.Pattern[str], dict[str, int], dict[str, int]]:
    """Finds dates with a weekday, and the numbers of the names of weekdays and months."""
    locale = locale_of(language)
    weekdays = {name.casefold(): number for number, name in get_day_names("wide", locale=locale).items()}
    months = {name.casefold(): number for number, name in get_month_names("wide", locale=locale).items()}
    day, month = "|".join(map(re.escape, weekdays)), "|".join(map(re.escape, months))
    pattern = re.compile(
        rf"\b(?P<weekday>{day})\b,? (?:(?:the|den|le|el) )?"
        rf"(?:(?P<m1>{month}) (?P<d1>\d{{1,2}})\b(?:st|nd|rd|th)?"
        rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th|\.|º)? (?:of |de |)(?P<m2>{month})\b)(?:,? (?:de )?(?P<year>\d{{4}})\b)?",
        re.IGNORECASE,
    )
    return pattern, weekdays, months


def _date(month: int, day: int, found: re.Match[str], on: date) -> date:
    if found["year"]:
        return date(int(found["year"]), month, day)
    meant = date(on.year, month, day)
    return meant if meant >= on - _LONG_AGO else date(on.year + 1, month, day)
