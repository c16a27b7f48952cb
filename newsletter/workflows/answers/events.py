"""The calendar."""

from __future__ import annotations

from typing_extensions import TypedDict

from newsletter.model.event import EventStatus
from newsletter.workflows.answers.kinds import Day, described


@described
class EventJson(TypedDict):
    """One date of an event: `events list`."""

    id: str
    """Of this date."""
    event: int
    """Of the event, for what changes it."""
    title: str
    description: str
    """Markdown."""
    start: str
    """A date, or a time with its offset."""
    end: str | None
    """Of an all-day event the last day."""
    all_day: bool
    first_date: Day
    last_date: Day
    dates: list[Day]
    """The days of an event with several separate ones."""
    zone: str | None
    rule: str | None
    """An RRULE (RFC 5545), as `FREQ=MONTHLY;BYDAY=2MO`."""
    rule_text: str | None
    """The same in words."""
    excepted: list[Day]
    place: str | None
    online: bool
    url: str | None
    contact: str | None
    open: bool
    """Whether contact and join link may stand on public pages."""
    wording: str | None
    """The line it was read from."""
    as_worded: bool
    warnings: list[str]
    source: int | None
    status: EventStatus


@described
class UnreadLineJson(TypedDict):
    """A line, or an event of a file, that could not be read; the rest was kept."""

    wording: str
    error: str
