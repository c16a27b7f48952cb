"""Whether an issue whose time has come may go out by itself. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.model.finding import Finding, Level
from newsletter.model.schedule import Due


def why_held(one: Due, now: datetime, findings: Sequence[Finding], *, has_server: bool) -> str | None:
    """Why it waits for a person, in words; none where it goes out.

    Late by exactly `late_within` is still in time.
    """
    late = now - one.at
    if late > one.late_within:
        due = one.at.astimezone(ZoneInfo(one.zone))
        return (
            f"It was due on {due:%A} {due.day} {due:%B} at {due:%H:%M} ({one.zone}), and it was {in_words(late)} later "
            f"when the desk could start; more than {in_words(one.late_within)} late it waits for you."
        )
    if one.rendition is None:
        return "It has no approved content; open it again and approve it."
    if not has_server:
        return "No SMTP server is set; name one in newsletter.toml, then schedule it again."
    if errors := [finding.message for finding in findings if finding.level is Level.ERROR]:
        more = f" And {len(errors) - 1} more." if len(errors) > 1 else ""
        return f"The checks found an error when its time came: {errors[0]}{more}"
    return None


def in_words(duration: timedelta) -> str:
    """A duration in its two largest units: `3 h 20 min`, `2 days 4 h`."""
    seconds = int(duration.total_seconds())
    days, hours, minutes = seconds // 86400, seconds % 86400 // 3600, seconds % 3600 // 60
    parts = [
        f"{days} {'day' if days == 1 else 'days'}" if days else "",
        f"{hours} h" if hours else "",
        f"{minutes} min" if minutes else "",
    ]
    return " ".join([part for part in parts if part][:2]) or f"{seconds} s"
