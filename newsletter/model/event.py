"""Events of the calendar and their dated occurrences (RFC 5545)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from newsletter.model.source import SourceId

EventId = NewType("EventId", int)


class EventStatus(StrEnum):
    """Proposed events are listed and enter no issue until an editor confirms them."""

    CONFIRMED = "confirmed"
    PROPOSED = "proposed"
    CANCELLED = "cancelled"
    REMOVED = "removed"
    """An editor took it out; kept so that its source does not bring it back."""


@dataclass(frozen=True, kw_only=True)
class EventData:
    """What a pasted line or a VEVENT says, before it is stored.

    All-day: `start` and `end` are dates and `end` is the last day. Timed: both are aware datetimes in `zone`;
    `end` is none where no end is told.
    """

    uid: str
    sequence: int = 0
    title: str
    description: str = ""
    """Clean HTML."""
    start: date | datetime
    end: date | datetime | None = None
    dates: tuple[date, ...] = ()
    """Further days of an event with several separate dates, `start`'s own included; empty otherwise."""
    zone: str | None = None
    """An IANA zone, or none for an all-day event."""
    rule: str | None = None
    """An RRULE value with ordinal BYDAY, without the `RRULE:`."""
    rule_text: str | None = None
    excepted: tuple[date, ...] = ()
    """Days that the rule makes and that are left out, in order."""
    place: str | None = None
    online: bool = False
    url: str | None = None
    contact: str | None = None
    open: bool = False
    """Whether the contact and a link to join may stand on public pages."""
    wording: str | None = None
    """The line as it was pasted."""
    as_worded: bool = False
    """Whether issues show it in these words instead of what was read from them."""
    warnings: tuple[str, ...] = ()
    status: EventStatus = EventStatus.CONFIRMED
    ics: str | None = None
    """The VCALENDAR it came from (this UID only), from which recurrences and exceptions are expanded."""

    @property
    def all_day(self) -> bool:
        """Whether it has days and no hours."""
        return not isinstance(self.start, datetime)


@dataclass(frozen=True, kw_only=True)
class Event:
    """A stored event."""

    id: EventId
    data: EventData
    source: SourceId | None = None
    changes: int = 0
    """How often it changed here; not each calendar counts its own changes in SEQUENCE."""
    changed_at: datetime | None = None
    """UTC."""


@dataclass(frozen=True)
class Said:
    """What the editors of one issue said about an occurrence."""

    occurrence: str
    pinned: bool = False
    hidden: bool = False
    rank: int | None = None
    """Its place by hand among those shown, from 1; none where its date decides."""

    def __bool__(self) -> bool:
        return self.pinned or self.hidden or self.rank is not None


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """One dated happening of an event. `id` is stable: the event and the local start it was planned for."""

    id: str
    event: EventId
    title: str
    description: str
    start: date | datetime
    end: date | datetime | None
    all_day: bool
    first_date: date
    last_date: date
    """The last day on which it still goes on, in its own zone."""
    dates: tuple[date, ...]
    """All its days where it has several separate ones, in order; else empty."""
    zone: str | None
    rule: str | None = None
    rule_text: str | None = None
    excepted: tuple[date, ...] = ()
    place: str | None = None
    online: bool = False
    url: str | None = None
    contact: str | None = None
    open: bool = False
    wording: str | None = None
    as_worded: bool = False
    worded: str = ""
    """Clean HTML of the wording, where an issue shows it as it is."""
    warnings: tuple[str, ...] = ()
    status: EventStatus = EventStatus.CONFIRMED
    source: SourceId | None = None
    pinned: bool = False
    hidden: bool = False

    def with_rule_text(self, words: str | None) -> Occurrence:
        """The same, with its rule in other words."""
        return replace(self, rule_text=words)

    def as_shown(self, *, pinned: bool, hidden: bool) -> Occurrence:
        """The same, with what the editor of one issue said about it."""
        return replace(self, pinned=pinned, hidden=hidden)
