"""The sample content of the demo: feeds, dropped files, event lines and texts about the town of Alderwick.

Everything is fictional, and links lead to hosts under `.example` only (RFC 2606). Dates are written as placeholders
around today, so that the demo never looks old: `@@-2 08:15 rss@@` is two days ago as RSS writes it, `@@SAT+7 day@@`
the Saturday after next as a person writes it, `@@2MO+0 ics 14:30@@` the next second Monday of a month.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = "America/New_York"
"""Where Alderwick is; the demo's publication lives there too."""

_PLACEHOLDER = re.compile(
    r"@@(?P<base>SUN|MON|TUE|WED|THU|FRI|SAT|2MO)?(?P<days>[+-]\d+)? (?P<time>\d\d:\d\d )?(?P<form>\w+)@@"
)
_WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


def feeds(now: datetime) -> dict[str, bytes]:
    """The sample feeds by file name: RSS with whole texts, Atom, JSON Feed, and RSS with relative links."""
    return _folder("feeds", now)


def dropped(now: datetime) -> dict[str, bytes]:
    """The sample files for a watched folder, by name: Markdown with front matter, text, HTML, and a calendar."""
    return _folder("drop", now)


def event_lines(now: datetime) -> str:
    """Seven events as an editor pastes them, one on each line."""
    return _text("events.txt", now)


def words_of_the_editors(now: datetime) -> str:
    """The words above the first item; Markdown."""
    return _text("editors.md", now)


def appeal(now: datetime) -> str:
    """An appeal to the readers; Markdown."""
    return _text("appeal.md", now)


def call_for_submissions(now: datetime) -> str:
    """A standing call for submissions; Markdown."""
    return _text("call.md", now)


def write_sample(folder: Path, now: datetime) -> None:
    """Write all of it into a folder: `feeds/`, `drop/` and the texts."""
    for name in ("feeds", "drop"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for file, content in _folder(name, now).items():
            (folder / name / file).write_bytes(content)
    for name in ("events.txt", "editors.md", "appeal.md", "call.md"):
        (folder / name).write_text(_text(name, now) + "\n", encoding="utf-8")


def _folder(name: str, now: datetime) -> dict[str, bytes]:
    found = sorted((files(__name__) / name).iterdir(), key=lambda file: file.name)
    return {file.name: dated(file.read_text(encoding="utf-8"), now).encode() for file in found}


def _text(name: str, now: datetime) -> str:
    return dated((files(__name__) / name).read_text(encoding="utf-8"), now).strip()


def dated(text: str, now: datetime) -> str:
    """The text with its placeholders filled in, as seen from Alderwick at `now` (aware)."""
    today = now.astimezone(ZoneInfo(ZONE)).date()
    return _PLACEHOLDER.sub(lambda found: _filled(found, today), text)


def _filled(found: re.Match[str], today: date) -> str:
    day = _base(found["base"], today) + timedelta(days=int(found["days"] or 0))
    at = time.fromisoformat((found["time"] or "12:00").strip())
    local = datetime.combine(day, at, ZoneInfo(ZONE))
    match found["form"]:
        case "rss":
            return format_datetime(local)
        case "iso":
            return local.isoformat()
        case "utc":
            return local.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case "date":
            return day.isoformat()
        case "ics":
            return f"{day:%Y%m%d}T{at:%H%M%S}" if found["time"] else f"{day:%Y%m%d}"
        case "day":
            return f"{day:%b} {day.day}"
    raise ValueError(f"{found[0]} has no form that is known")


def _base(name: str | None, today: date) -> date:
    """Today; the next such weekday, tomorrow at the earliest; or the next second Monday of a month."""
    if name is None:
        return today
    if name != "2MO":
        return today + timedelta(days=(_WEEKDAYS.index(name) - today.weekday() - 1) % 7 + 1)
    second = _second_monday(today.replace(day=1))
    return second if second > today else _second_monday(today.replace(day=1) + timedelta(days=32))


def _second_monday(in_month: date) -> date:
    first = in_month.replace(day=1)
    return first + timedelta(days=-first.weekday() % 7 + 7)
