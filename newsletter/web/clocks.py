"""A moment in words: where the newsletter is, where the person is, and what the clocks do in between. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.web.dates import told
from newsletter.web.languages import gettext as _


def day_and_clock(at: datetime, zone: str) -> str:
    """`Friday 13 March at 09:00`, with the year where it is not this one's business to know."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{told(local)}, {local:%H:%M}"


def where_you_are(at: datetime, zone: str, yours: str | None) -> str:
    """What the clock shows then where the person is; empty where that is the same."""
    if yours is None:
        return ""
    here, there = at.astimezone(ZoneInfo(yours)), at.astimezone(ZoneInfo(zone))
    if here.utcoffset() == there.utcoffset():
        return ""
    city = yours.rsplit("/", 1)[-1].replace("_", " ")
    if here.date() == there.date():
        return _("That is %(time)s where you are (%(city)s).", time=f"{here:%H:%M}", city=city)
    return _(
        "That is %(day)s, %(time)s where you are (%(city)s).",
        day=told(here, "weekday"),
        time=f"{here:%H:%M}",
        city=city,
    )


def clock_change(now: datetime, at: datetime, zone: str) -> str:
    """The sentence about a clock change between now and then, or the one that is repeated then; empty for none."""
    place = ZoneInfo(zone)
    city = zone.rsplit("/", 1)[-1].replace("_", " ")
    local = at.astimezone(place)
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        which = _("first") if local.fold == 0 else _("second")
        return _(
            "%(time)s comes twice that night in %(city)s, as the clocks go back; this is the %(which)s of the two.",
            time=f"{local:%H:%M}",
            city=city,
            which=which,
        )
    before, after = now.astimezone(place).utcoffset(), local.utcoffset()
    if before is None or after is None or before == after:
        return ""
    moment = _turn(now, at, place).astimezone(place)
    day = told(moment, "no-year")
    if after > before:
        return _(
            "%(city)s puts its clocks forward on %(day)s; the time given is that of the clock then.", city=city, day=day
        )
    return _("%(city)s puts its clocks back on %(day)s; the time given is that of the clock then.", city=city, day=day)


def _turn(low: datetime, high: datetime, place: ZoneInfo) -> datetime:
    """The moment between the two at which the last change of the offset happens, to the minute."""
    low, high = low.astimezone(UTC), high.astimezone(UTC)
    wanted = high.astimezone(place).utcoffset()
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) / 2
        if middle.astimezone(place).utcoffset() == wanted:
            high = middle
        else:
            low = middle
    return high
