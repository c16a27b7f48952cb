"""The audit log: who did what, when and from where, for administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from newsletter.model.deed import Deed
from newsletter.model.user import Role
from newsletter.store import audit
from newsletter.web.deeds import deed_in_words, subject_in_words, who_in_words
from newsletter.web.page import page
from newsletter.web.place import place_of
from newsletter.web.roles import needs

router = APIRouter()

SHOWN = 100


@dataclass(frozen=True)
class Line:
    """A deed as it is read."""

    of: Deed
    who: str
    deed: str
    subject: str


@router.get("/audit", dependencies=[needs(Role.ADMIN)])
def log(request: Request, who: str = "", q: str = "", since: str = "", until: str = "", before: str = "") -> Response:
    """A page of the log, the latest first; filters that cannot be read are left out."""
    place = place_of(request)
    zone = ZoneInfo(place.publication().zone)
    after, end = _day(since, zone), _day(until, zone)
    with place.store.reading() as tx:
        found = audit.listing(
            tx,
            who=who[:200] or None,
            words=q.strip()[:200] or None,
            since=after,
            until=end + timedelta(days=1) if end else None,
            before=int(before) if before.isascii() and before.isdecimal() and len(before) < 10 else None,
            limit=SHOWN + 1,
        )
        names = audit.people(tx)
    more = found[SHOWN - 1].id if len(found) > SHOWN else None
    asked = {"who": who, "q": q, "since": since, "until": until}
    lines = [
        Line(one, who=who_in_words(one), deed=deed_in_words(one), subject=subject_in_words(one))
        for one in found[:SHOWN]
    ]
    return page(request, "audit", found=lines, names=names, asked=asked, more=more)


def _day(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.strptime(text[:10], "%Y-%m-%d").replace(tzinfo=zone) if text else None
    except ValueError:
        return None
