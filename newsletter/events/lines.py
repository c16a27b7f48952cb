"""Pasted lines: each becomes one event, or is given back with the reason why it could not be read."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from newsletter.clock import Clock
from newsletter.events import days, hours, mojibake, rules
from newsletter.events.country import country_of, month_first
from newsletter.events.days import Days, UnreadableLine
from newsletter.events.exceptions import Exceptions, exceptions_at, find_exceptions
from newsletter.events.hours import Hours
from newsletter.events.links import Linked, linked
from newsletter.events.parts import parts_of
from newsletter.events.patterns import lazily
from newsletter.events.rule_words import in_words
from newsletter.events.settling import When, settled
from newsletter.events.words import CLOCK_WORDS, MONTH, TO, UNTIL_WORD, WEEKDAY, any_of, end_of
from newsletter.model.event import EventData
from newsletter.text.characters import tidy
from newsletter.text.html import clean

__all__ = ["ReadLines", "UnreadableLine", "read_line", "read_lines", "worded"]

LONGEST_LINE = 2_000
"""Characters. A longer line is not one event."""

LONGEST_READING = 10.0
"""Seconds for all lines of a pasted text."""

_BULLET = lazily(r"\s*(?:(?:[-*•·‣▪◦●–—]|>|&bull;)\s+)+|\s*[•·‣▪◦●]\s*")
_SYMBOLS = lazily(r"(?:[\u2190-\u2bff\u3030\ufe0f\u200d\U0001f000-\U0001faff]+\s*)+")
_QUOTED = lazily(r"[\"“„«](?P<text>[^\"“”„«»]{3,})[\"”“»]")
_EMPHASIS = lazily(r"([*_])(?=\S)(?P<text>[^*_]+)(?<=\S)\1(?=[\s:,–-])")
_NUMBERED = lazily(
    rf"\(?\d{{1,2}}[.)]\s+(?={MONTH}\s+\d{{1,2}}(?!\d){days.TIME_FOLLOWS}|{WEEKDAY}|every\b|\d{{4}}-)", re.I
)  # not “1. Dec 2026”
_PREAMBLE = lazily(r"(?:save the date|reminder)\s*[:!–—-]\s*", re.I)
_SPACE = lazily(r"\s*")
_COLON = lazily(r"\s*[:–—-]+\s*")
_SEPARATOR = lazily(r"(?:\s*[,;|]|\s+(?:and|@)(?=\s+\d))?\s*")
_ALL_DAY = lazily(r"\(?(?:all[ -]day|todo el día|toute la journée|ganztägig|dia inteiro)\b\)?", re.I)
_UNTIL = lazily(rf"\s*[,;]?\s*\(?{UNTIL_WORD}\s+(?:and including\s+)?(?=\S)", re.I)
_TO = lazily(TO, re.I)
_TITLE_ENDS = lazily(r"(?:\s*(?:,|:|\s[-–—]|\()|\s+(?:on|from|is on|every|el|le|am|vom|du|del|no|em))?\s*$", re.I)
_UNIT = r"(?:\s*[ap]\.?\s?m\b|[:.h]\d\d(?!\d)|\s?(?:uhr|heures?|horas?)\b)"
_TIME_INSIDE = lazily(
    r"(?:,\s*|\(\s*)?(?:\b(?:at|from|a\s+las?|à|às|um|de|das|von|ab)\s+)?(?<![\w$€£.:/#-])"
    rf"(?=\d{{1,2}}{_UNIT}|\d{{1,2}}\s*(?:-|–|—|to|à|a|bis)\s*\d{{1,2}}(?:[:.]\d\d)?{_UNIT}|{any_of(CLOCK_WORDS)}\b)"
    r"|\b(?:à|às)\s+(?=\d{1,2}\s?h\b)|\ba\s+las?\s+(?=\d{1,2}\b)",
    re.I,
)


@dataclass(frozen=True)
class ReadLines:
    """What became of a pasted text: the events, and (wording, reason) for each line that could not be read."""

    events: tuple[EventData, ...]
    refused: tuple[tuple[str, str], ...]
    lines: tuple[EventData | tuple[str, str], ...] = ()
    """Both, in the order of the lines."""


def read_lines(text: str, *, today: date, zone: str, language: str = "en") -> ReadLines:
    """Read a pasted text, one event on each line; empty lines are passed over. Never raises."""
    lines: list[EventData | tuple[str, str]] = []
    until = Clock.monotonic() + LONGEST_READING
    for line in text.splitlines():
        if not line.strip():
            continue
        if Clock.monotonic() > until:
            lines.append((line.strip(), "The lines before it took too long to read; paste it by itself."))
            continue
        try:
            lines.append(read_line(line, today=today, zone=zone, language=language))
        except UnreadableLine as unreadable:
            lines.append((line.strip(), unreadable.reason))
    events = tuple(one for one in lines if isinstance(one, EventData))
    return ReadLines(events, tuple(one for one in lines if not isinstance(one, EventData)), tuple(lines))


def worded(wording: str) -> str:
    """A pasted line as it was written, without its bullet, its links kept: clean HTML."""
    text = tidy(mojibake.mended(wording)).strip()
    return clean(linked(text[_bullet(text) :]).html())


def read_line(line: str, *, today: date, zone: str, language: str = "en") -> EventData:
    """The event that a line tells of.

    `today` is the day in the publication's `zone`, from which years and words like “tomorrow” are understood. All
    languages are read; `language` (a BCP 47 tag) settles with the zone's country what is ambiguous. What is doubtful is
    in `warnings`, and the line itself in `wording`. Raises UnreadableLine.
    """
    wording = tidy(line).strip()
    if len(wording) > LONGEST_LINE:
        raise UnreadableLine(f"The line has more than {LONGEST_LINE:,} characters; paste one event on each line.")
    mended = tidy(mojibake.mended(line)).strip()
    whole = linked(_bare_line(mended))
    if preamble := _PREAMBLE.match(whole.text):
        whole = whole.part(preamble.end())
    reader = _Reader(whole, today, month_first(zone, language))
    when, rest, title = reader.read()
    parts = parts_of(rest, whole=whole, title=title)
    if not re.search(r"\w", parts.title):
        raise UnreadableLine("There is a date and no title; write after the date what happens.")
    if mended != wording:
        when.warnings.append("Some characters of the line were damaged on their way and have been mended; check them.")
    if "\ufffd" in wording:
        when.warnings.append("Some characters of the line were damaged on their way; mend the wording.")
    found = settled(when, today, zone, country_of(zone, language))
    return EventData(
        uid=f"{uuid4()}@newsletter",
        title=parts.title,
        description=parts.description,
        start=found.start,
        end=found.end,
        dates=found.dates,
        zone=found.zone,
        rule=found.rule,
        rule_text=in_words(found.rule, found.zone, excepted=found.excepted),
        excepted=found.excepted,
        place=parts.place,
        online=parts.online,
        url=parts.url,
        contact=parts.contact,
        wording=wording,
        warnings=tuple(dict.fromkeys(when.warnings)),
    )


def _bare_line(text: str) -> str:
    """The line without what stands around it: bullets, symbols, quotes; cells of a table are parted by ` | `."""
    text = re.sub(r"\s*\t\s*", " | ", unicodedata.normalize("NFC", text))
    text = re.sub(r"\s+", " ", text)
    text = text[_bullet(text) :]
    if quoted := _QUOTED.fullmatch(text):
        text = quoted["text"]
    return _EMPHASIS.sub(r"\g<text>", text, count=1) if text[:1] in "*_" else text


def _bullet(text: str) -> int:
    """Where the text begins behind bullets and symbols."""
    at = 0
    while bullet := _BULLET.match(text, at) or _SYMBOLS.match(text, at) or _NUMBERED.match(text, at):
        at = bullet.end()
    return at


@dataclass
class _Reader:
    """Finds the date part of a line: at its beginning, else behind a title."""

    whole: Linked
    today: date
    month_first: bool

    def read(self) -> tuple[When, Linked, str | None]:
        """The date part, what stands after it, and the title where it stood before."""
        text = self.whole.text
        when, end = self._head(0)
        if when:
            rest = self.whole.part(end)
            if not re.match(r"\s*[:–—-]", text[end:]) or not rest.text.strip(" :–—-"):
                return *self._tail(when, rest), None
            start = end_of(_COLON, text, end)
            again, further = self._more(when, start)
            return *self._tail(again, self.whole.part(further)), None
        return self._behind_title()

    def _head(self, at: int) -> tuple[When, int]:
        when = When()
        return self._more(when, end_of(_SPACE, self.whole.text, at))

    def _more(self, when: When, at: int) -> tuple[When, int]:
        """Take in one piece of the date part after another, until there is none."""
        text = self.whole.text
        end = at
        while True:
            at = end_of(_SEPARATOR, text, end)
            step = self._step(when, at) or (self._step(when, end) if at != end else None)
            if step is None:
                return when, end
            end = step

    def _step(self, when: When, at: int) -> int | None:
        text, today, month_first = self.whole.text, self.today, self.month_first
        if when.until is None and (until := _UNTIL.match(text, at)):
            last = days.days_at(text, until.end(), today=today, month_first=month_first)
            if last and last[0].kind == "one":
                when.until = last[0]
                return last[1]
        if when.has_several and (out := exceptions_at(text, at, today=today, month_first=month_first)):
            when.out += out[0]
            return out[1]
        if when and (all_day := _ALL_DAY.match(text, at)):
            return all_day.end()
        if when.rule is None and (rule := rules.rule_at(text, at)):
            when.rule, end = rule
            if month := rules.month_after(text, end, today):
                when.start, when.last, end = month
            return end
        if when.days is None and (found := days.days_at(text, at, today=today, month_first=month_first)):
            when.days = found[0]
            return found[1]
        bare = (when.days is not None or when.rule is not None) and when.hours is None
        if when.hours is None and (hour := hours.hours_at(text, at, bare=bare)):
            when.hours = hour[0]
            if when.hours.end is None and when.days and when.days.kind == "one":
                return self._end_on_another_day(when, hour[1]) or hour[1]
            return hour[1]
        return None

    def _end_on_another_day(self, when: When, at: int) -> int | None:
        """`Dec 5 6pm – Dec 7 2pm`: a date behind the dash after a time."""
        to = _TO.match(self.whole.text, at)
        last = days.days_at(self.whole.text, to.end(), today=self.today, month_first=self.month_first) if to else None
        if to is None or last is None or last[0].kind != "one":
            return None
        assert when.days is not None and when.hours is not None
        when.days = Days("range", (*when.days.days, *last[0].days), when.days.warnings + last[0].warnings)
        start = end_of(_SEPARATOR, self.whole.text, last[1])
        if (hour := hours.hours_at(self.whole.text, start)) is None:
            return last[1]
        when.hours = Hours(when.hours.start, hour[0].start, zone=when.hours.zone or hour[0].zone)
        return hour[1]

    def _tail(self, when: When, rest: Linked) -> tuple[When, Linked]:
        """A rule, a time and a last day may also stand behind the title, before any date that begins a sentence."""
        own, about = self._own_part(rest)
        when, own = self._late(when, own)
        return when, own.followed_by(about) if about.text else own

    def _own_part(self, rest: Linked) -> tuple[Linked, Linked]:
        """What is said of the whole event, and what is said of single days (`July 14: speakers …`), a line for each."""
        starts: list[int] = []
        for match in re.finditer(r"[.;]\s+(?=\w)", rest.text):
            try:
                found = days.days_at(rest.text, match.end(), today=self.today, month_first=self.month_first)
            except UnreadableLine:
                continue
            if found and re.match(r"\s*:", rest.text[found[1] :]):
                starts.append(match.start())
        if not starts:
            return rest, Linked("")
        about = rest.part(starts[0] + 1)
        for start in starts[1:]:
            at = start - len(rest.text) + len(about.text)
            about = Linked(about.text[: at + 1].rstrip(";").ljust(at + 1) + "\n" + about.text[at + 2 :], about.links)
        return rest.part(0, starts[0]), about

    def _late(self, when: When, rest: Linked) -> tuple[When, Linked]:
        if when.rule is None and (found := rules.find_rule(rest.text)):
            rule, start, end = found
            day = when.days
            if day is None or day.kind == "one":
                when.rule = rule
                rest = rest.without(start, end)
        if when.has_several and (out := self._left_out(rest)):
            when.out += out[0]
            rest = rest.without(out[1], out[2])
        if when.hours is None and (at := self._find(rest)):
            when.hours = at[0]
            rest = rest.without(at[1], at[2])
        if when.until is None and (when.rule or (when.days and when.days.kind == "one")):
            rest = self._late_until(when, rest)
        return when, rest

    def _left_out(self, rest: Linked) -> tuple[Exceptions, int, int] | None:
        out = find_exceptions(rest.text, today=self.today, month_first=self.month_first)
        if out is None:
            return None
        # What names no date stays with the words of the event.
        return (out[0], 0, 0) if out[0].unread else out

    def _find(self, rest: Linked) -> tuple[Hours, int, int] | None:
        """A time inside the text that cannot be anything else, and where it stands."""
        for match in _TIME_INSIDE.finditer(rest.text):
            if any(link.start <= match.start() < link.end for link in rest.links):
                continue
            try:
                found = hours.hours_at(rest.text, match.start())
            except UnreadableLine:
                continue  # a number that is no time may stand in any title
            if found:
                return found[0], match.start(), found[1]
        return None

    def _late_until(self, when: When, rest: Linked) -> Linked:
        for match in re.finditer(rf"[,;(]?\s*\b{UNTIL_WORD}\s", rest.text, re.I):
            until = _UNTIL.match(rest.text, match.start())
            try:
                last = (
                    days.days_at(rest.text, until.end(), today=self.today, month_first=self.month_first)
                    if until
                    else None
                )
            except UnreadableLine:
                continue
            if last and last[0].kind == "one":
                when.until = last[0]
                return rest.without(match.start(), last[1])
        return rest

    def _behind_title(self) -> tuple[When, Linked, str]:
        text = self.whole.text
        for word in re.finditer(r"(?<![\w/.:@-])\w", text):
            if word.start() == 0 or any(link.start <= word.start() < link.end for link in self.whole.links):
                continue
            try:
                when, end = self._head(word.start())
            except UnreadableLine:
                if re.match(r"[^\W\d]", text[word.start() :]):
                    raise
                continue
            if not when:
                continue
            title = _TITLE_ENDS.sub("", text[: word.start()], count=1)
            if re.search(r"\w", title):
                return *self._tail(when, self.whole.part(end)), title.strip(" ,:;–—-(")
        raise UnreadableLine(
            "No date was found; write one first, as in “July 6: …”, “6-7 July …” or “every Tuesday 18:00 …”."
        )
