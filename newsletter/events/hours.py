"""The grammar of times: `7pm`, `11am-1pm PT`, `19:30–21:00`, `noon to 3 p.m.`, `2:30 PM ET / 20:30 CET`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from newsletter.events.days import UnreadableLine, in_words
from newsletter.events.languages import MIDNIGHT
from newsletter.events.patterns import lazily
from newsletter.events.words import AND_WORD, CLOCK_WORDS, DASH, MONTH, TO_WORD, any_of
from newsletter.events.zones import ZoneWord, city_at, zone_on, zone_word

_MORNING = r"(?:de\s+la\s+mañana|du\s+matin|morgens|vormittags|da\s+manhã)\b"
_EVENING = r"(?:de\s+la\s+(?:tarde|noche)|de\s+l['’]après-midi|du\s+soir|nachmittags|abends|da\s+(?:tarde|noite))\b"
_T = (
    r"(?:(?P<{0}word>" + any_of(CLOCK_WORDS) + r")\b"
    r"|(?P<{0}hour>\d{{1,2}})(?:(?:\s?h\s?|[:.])(?P<{0}minute>\d\d)(?::\d\d)?)?(?!\d)"
    r"(?:\s?(?P<{0}half>[ap])\.?\s?m\b\.?|(?P<{0}mark>\s?(?:uhr|heures?(?!\s+d)|horas?(?!\s+de|\s+pen)|hrs?|h)\b\.?|\s?o['’]clock\b))?"
    r"(?:\s(?:(?P<{0}morning>" + _MORNING + r")|(?P<{0}evening>" + _EVENING + r")))?)"
)
_SURE_AT = r"(?:at|starts? at|starting at|kl\.|@|a\s+las?|à|às|um)"
_WEAK_AT = r"(?:from|starting|de|das|des|von|ab|dès|desde\s+las|a\s+partir\s+d[ae]s?)"
_BETWEEN = r"(?:between|zwischen|entre(?:\s+las)?)"
_MARKED = r"\d{1,2}(?:[:.h]\d\d(?!\d)|\s?[ap]\.?\s?m\b|\s*(?:-|–)\s*\d{1,2}(?:[:.]\d\d|\s?[ap]\.?m\b))"
_BEFORE = (
    rf"(?:T(?=\d)|\s*[,;]?\s*(?:\(\s*)?(?:(?P<between>{_BETWEEN})\s+|(?P<at>{_SURE_AT})\s*|(?P<from>{_WEAK_AT})\s+)?)"
)
_UP_TO = rf"(?:\s*{DASH}\s*|\s+(?:{TO_WORD}|a\s+las?|às|ao|y\s+las?)\s+)"
_NO_DATE = rf"(?!(?:st|nd|rd|th)?\.?\s*(?:(?:of|de)\s+)?{MONTH})"  # “6pm until 30 June” ends on a day
_TIME = lazily(
    _BEFORE + _T.format("a") + rf"(?:(?(between)\s+(?:{AND_WORD})(?:\s+las)?\s+|{_UP_TO}){_T.format('b')}{_NO_DATE})?",
    re.I,
)
_ALSO = lazily(r"\s*[/|]\s*" + _T.format("a") + rf"(?:{_UP_TO}{_T.format('b')})?", re.I)
_IN_PARENTHESES = lazily(r"\s*\(\s*" + _T.format("a") + rf"(?:{_UP_TO}{_T.format('b')})?", re.I)
_AND_ALSO = lazily(r"\s*[,;/|]\s*" + _T.format("a") + rf"(?:{_UP_TO}{_T.format('b')})?", re.I)
_SECOND = lazily(
    rf"\s*(?:&|\+|\b{AND_WORD}\b)\s*(?:at\s+)?(?={_MARKED}){_T.format('a')}(?:{_UP_TO}{_T.format('b')})?", re.I
)
_CURRENCY = lazily(r"[$€£]\s?$")
_CURRENCY_AFTER = lazily(r"\s?(?:[$€£%]|eur\b|euros?\b|usd\b|dollars?\b|km\b|miles?\b|kg\b)", re.I)
_ZONE_LIKE = lazily(
    r"\s*\(?\s*(?P<word>(?!IT\b)[A-Z]{1,4}T)\b(?![-'’&/])(?!\s+[A-Z]{2})"
)  # capitals alone, no loud title
_CLOSE = lazily(r"\s*\)")


LONGEST_NIGHT = timedelta(hours=12)
"""An end before the start that is further off, on the next day, is doubted."""


@dataclass(frozen=True)
class Hours:
    """When in the day it begins and, where told, ends; a time as it is on the clocks of `zone`."""

    start: time
    end: time | None = None
    next_day: bool = False
    """24:00 as an end: midnight after the day."""
    zone: ZoneWord | None = None
    warnings: tuple[str, ...] = ()
    starts_next_day: bool = False
    """24:00 as a start."""


def hours_at(text: str, at: int, *, bare: bool = False) -> tuple[Hours, int] | None:
    """The times written at a position, and where they end; none where there is none.

    `bare` takes `10-13` without minutes too, as it stands directly after a date. Raises UnreadableLine for a time that
    no clock shows.
    """
    match = _TIME.match(text, at)
    if match is None or _CURRENCY.search(text[:at]) or not _is_time(match, bare):
        return None
    if _CURRENCY_AFTER.match(text, match.end()):
        return None
    warnings: list[str] = []
    start, end, next_day = _clock(match, warnings)
    stop = match.end()
    zone = None
    if found := zone_word(text, stop):
        zone, stop = found
    while also := _ALSO.match(text, stop):  # the same moment in other zones
        stop = also.end()
        if found := zone_word(text, stop) or city_at(text, stop):
            stop = found[1]
    stop = _elsewhere(text, stop)
    if second := _SECOND.match(text, stop):
        stop = second.end()
        warnings.append(f"It has two times; only “{match.group().strip(' ,')}” was taken.")
    if "(" in text[at : match.start("aword") if match["aword"] else match.start("ahour")] and (
        close := _CLOSE.match(text, stop)
    ):
        stop = close.end()
    if zone is None and (word := _ZONE_LIKE.match(text, match.end())):
        warnings.append(f"“{word['word']}” was not read as a time zone; name a city, as in “London time”.")
    return Hours(start, end, next_day, zone, tuple(warnings), match["ahour"] == "24"), stop


def _elsewhere(text: str, at: int) -> int:
    """Behind `(3pm PT, 23:00 GMT)`: the same moment in other zones; the position itself where that is not there."""
    stop = at
    while also := (_IN_PARENTHESES if stop == at else _AND_ALSO).match(text, stop):
        found = zone_word(text, also.end()) or city_at(text, also.end())
        if found is None:
            return at
        stop = found[1]
        if close := _CLOSE.match(text, stop):
            return close.end()
    return at


def _is_time(match: re.Match[str], bare: bool) -> bool:
    if match["ahour"] == "24" and not match["aminute"] and not match["bhour"]:
        return False  # “24h swim” is a length
    parts = ("word", "minute", "half", "mark", "morning", "evening")
    if any(match[f"{which}{part}"] for which in "ab" for part in parts):
        return True
    if match["bhour"]:
        told = bare or match["at"] or match["from"] or match["between"]
        first, last = int(match["ahour"]), int(match["bhour"])
        return bool(told) and (first < last <= 24 or _is_working_day(first, last))
    return bool(match["at"])


def _is_working_day(first: int, last: int) -> bool:
    """Whether `9-5` can only mean from nine to seventeen."""
    return 7 <= first <= 11 and 1 <= last <= 6


def _clock(match: re.Match[str], warnings: list[str]) -> tuple[time, time | None, bool]:
    a_half, b_half = _half(match, "a"), _half(match, "b")
    a_hour = int(match["ahour"]) if match["ahour"] else None
    b_hour = int(match["bhour"]) if match["bhour"] else None
    if b_half and not a_half and a_hour is not None and a_hour <= 12 and b_hour is not None:
        later = (a_hour % 12, int(match["aminute"] or 0)) >= (b_hour % 12, int(match["bminute"] or 0))
        a_half = ("p" if b_half.lower() == "a" else "a") if later else b_half  # 11-1pm begins in the morning
    if a_half and b_hour is not None and not b_half and b_hour <= 12 and not match["bmark"]:
        earlier = (b_hour % 12, int(match["bminute"] or 0)) <= ((a_hour or 0) % 12, int(match["aminute"] or 0))
        b_half = {"a": "p", "p": "a"}[a_half.lower()] if earlier else a_half
    marked = match["aminute"] or match["bminute"] or match["amark"] or match["bmark"]
    if a_hour and b_hour and not (a_half or b_half or marked) and _is_working_day(a_hour, b_hour):
        warnings.append(f"“{a_hour}-{b_hour}” was read as {a_hour}:00 to {b_hour + 12}:00.")
        b_half = "p"
    alone = not (match["aminute"] or a_half or match["amark"] or b_hour is not None or match["aword"])
    if alone and a_hour is not None and 1 <= a_hour <= 7:
        warnings.append(f"“at {a_hour}” was read as {a_hour} PM.")
        a_half = "p"
    start, _ = _time(match["aword"], a_hour, match["aminute"], a_half)
    if match["bword"] is None and b_hour is None:
        return start, None, False
    end, next_day = _time(match["bword"], b_hour, match["bminute"], b_half)
    return start, end, next_day


def _half(match: re.Match[str], which: str) -> str | None:
    """`a` or `p`: by am and pm, or by the words for the part of the day."""
    if half := match[f"{which}half"]:
        return str(half)
    if not match[f"{which}hour"] or int(match[f"{which}hour"]) > 12:
        return None
    return "a" if match[f"{which}morning"] else "p" if match[f"{which}evening"] else None


def _time(word: str | None, hour: int | None, minute: str | None, half: str | None) -> tuple[time, bool]:
    if word:
        return time(*CLOCK_WORDS[word.lower()]), word.lower() in MIDNIGHT
    assert hour is not None
    minutes = int(minute or 0)
    shown = f"{hour}:{minutes:02d}"
    if half and not 1 <= hour <= 12:
        if half.lower() == "a" or hour > 23:
            raise UnreadableLine(f"There is no time {shown} {half}m.")
        half = None  # 19:30 pm: said twice
    if half:
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    if (hour, minutes) == (24, 0):
        return time(0, 0), True
    if hour > 23 or minutes > 59:
        raise UnreadableLine(f"There is no time {shown}; write it as 19:30 or 7:30 PM.")
    return time(hour, minutes), False


def placed(
    hours: Hours, first: date, last: date, *, own: str, country: str | None = None
) -> tuple[datetime, datetime | None, str, tuple[str, ...]]:
    """The start and end as aware times, their zone, and warnings.

    `own` is the publication's zone, used where the line names none. An end before the start is on the next day.
    """
    warnings = list(hours.warnings)
    zone: str | None = own
    naive = datetime.combine(first, hours.start)
    if hours.zone is not None:
        zone, warning = zone_on(hours.zone, naive, own, country)
        if zone is None:
            raise UnreadableLine(f"No place has the time zone {hours.zone.wording}; name a city, as in “London time”.")
        if warning:
            warnings.append(warning)
    assert zone is not None
    start = naive.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).astimezone(ZoneInfo(zone))  # out of a clock's gap
    if why := clock_change(naive, zone):
        warnings.append(why)
    end = None
    if hours.end is not None or last > first:
        finish = datetime.combine(last, hours.end if hours.end is not None else time(23, 59))
        if hours.end is not None and (hours.next_day or finish <= naive):
            finish += timedelta(days=1)
            if not hours.next_day and finish - naive > LONGEST_NIGHT:
                warnings.append(f"Its end is before its start; it was read as ending on {in_words(finish.date())}.")
        end = finish.replace(tzinfo=ZoneInfo(zone))
    return start, end, zone, tuple(warnings)


def clock_change(naive: datetime, zone: str) -> str | None:
    """A sentence where the clocks of the zone skip this time, or show it twice."""
    place = ZoneInfo(zone)
    early, late = naive.replace(tzinfo=place), naive.replace(tzinfo=place, fold=1)
    if early.utcoffset() == late.utcoffset():
        return None
    when = f"{naive:%H:%M} on {in_words(naive.date())} in {zone}"
    if (early.utcoffset() or timedelta()) < (late.utcoffset() or timedelta()):
        return f"There is no {when}: the clocks go forward then. Mend the time."
    return f"There are two times {when}: the clocks go back then. The first was taken."
