"""When it comes out, and its digest, for those who set the rules: the command line and the API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import islice
from secrets import token_hex
from zoneinfo import ZoneInfo

from newsletter.errors import NewsletterError, NotFound
from newsletter.model.digest import Digest, DigestRun
from newsletter.model.issue import Planned
from newsletter.schedule.cadence import Cadence, read_cadence
from newsletter.schedule.timetable import of_digest, of_publication
from newsletter.store import cadences, digests
from newsletter.workflows.answers.newsletters import (
    CadenceJson,
    DigestJson,
    DigestRunJson,
    DigestTrialJson,
    HolidayJson,
)
from newsletter.workflows.digest import Filled, run_digest
from newsletter.workflows.digest_rules import change
from newsletter.workflows.pairs import Pair
from newsletter.workflows.publications import duration_text
from newsletter.workflows.publish import Desk

SHOWN = 5
"""Times ahead that are shown."""
RUNS = 10
"""Digests of the past that are shown."""


def cadence_of(desk: Desk) -> Cadence | None:
    """The cadence of the newsletter."""
    with desk.store.reading() as tx:
        return of_publication(tx, desk.publication)


def set_cadence(desk: Desk, rule: str) -> None:
    """Remember a rule: days and a time, a cron line with names of days, or an RRULE. Raises NewsletterError."""
    cadence = read_cadence(rule, desk.publication.zone)
    with desk.store.writing() as tx:
        cadences.put(tx, desk.publication.id, cadence.text, zone=cadence.zone, now=desk.clock.now())


def clear_cadence(desk: Desk) -> None:
    """Forget the rule; what is scheduled stays scheduled."""
    with desk.store.writing() as tx:
        cadences.clear(tx, desk.publication.id)


def cadence_json(desk: Desk) -> CadenceJson:
    """The rule and the next times."""
    cadence = cadence_of(desk)
    return {"cadence": None, "next": []} if cadence is None else {"cadence": cadence.text, "next": _next(desk, cadence)}


def _next(desk: Desk, cadence: Cadence) -> list[str]:
    following = islice(cadence.after(desk.clock.now()), SHOWN)
    return [one.at.astimezone(ZoneInfo(cadence.zone)).isoformat() for one in following]


def next_free(desk: Desk) -> Planned:
    """The next time of the cadence for which nothing is scheduled. Raises NewsletterError where there is none."""
    cadence = cadence_of(desk)
    if cadence is None:
        raise NewsletterError(
            "Say when: --at 2026-12-04T09:00, or set a cadence first: newsletter cadence set RULE", where="--at"
        )
    with desk.store.reading() as tx:
        taken = cadences.planned(tx, desk.publication.id)
    for one in cadence.after(desk.clock.now()):
        if one.at not in taken:
            return Planned(at=one.at, zone=cadence.zone)
    raise NewsletterError("The cadence has no further time; say one with --at.", where="--at")


def add_holidays(desk: Desk, days: Sequence[date], *, name: str = "", moves: bool = False) -> None:
    """Leave these days out of the cadence; `moves`: come out the day before."""
    found = [cadences.Holiday(one, " ".join(name.split()), moves) for one in days]
    with desk.store.writing() as tx:
        cadences.put_holidays(tx, desk.publication.id, found)


def drop_holidays(desk: Desk, days: Sequence[date] | None) -> None:
    """Come out on these days again; none: on all of them."""
    with desk.store.writing() as tx:
        cadences.drop_holidays(tx, desk.publication.id, days)


def holidays_json(desk: Desk) -> list[HolidayJson]:
    """The days on which nothing comes out by the cadence, by date."""
    with desk.store.reading() as tx:
        known = cadences.named_holidays(tx, desk.publication.id)
    return [{"day": one.day.isoformat(), "name": one.name, "moves": one.moves} for one in known]


# ---------------------------------------------------------------- the digest


def set_digest(desk: Desk, pairs: Sequence[Pair]) -> bool:
    """Set `KEY=VALUE` pairs of the digest; whether it has a time, its own or the newsletter's."""
    with desk.store.reading() as tx:
        has_cadence = cadences.get(tx, desk.publication.id) is not None
    digest = change(desk, pairs, check_cadence=lambda rule: read_cadence(rule, desk.publication.zone))
    return digest.rule is not None or has_cadence


def clear_digest(desk: Desk) -> None:
    """Make no more digests; what was made stays."""
    with desk.store.writing() as tx:
        digests.clear(tx, desk.publication.id)


def digest_of(desk: Desk) -> Digest:
    """The digest of the newsletter. Raises NotFound where it has none."""
    with desk.store.reading() as tx:
        digest = digests.get(tx, desk.publication.id)
    if digest is None:
        raise NotFound("There is no digest yet; see: newsletter digest set --help", code="no-digest")
    return digest


def run_by_hand(desk: Desk, digest: Digest) -> DigestRun:
    """Make the digest now: collect, fill, and hand it to the schedule or leave it to be approved."""
    now = desk.clock.now()
    # a rehearsal's clock begins anew each time
    return run_digest(desk, digest, f"by hand {now.isoformat(timespec='seconds')} {token_hex(3)}", now)


def digest_json(desk: Desk) -> DigestJson:
    """The rule, the next times, and what became of the last ones."""
    with desk.store.reading() as tx:
        digest = digests.get(tx, desk.publication.id)
        runs = [digest_run_json(one) for one in digests.runs(tx, desk.publication.id, limit=RUNS)]
        if digest is None:
            return {"digest": None, "runs": runs}
        cadence = of_digest(tx, desk.publication, digest)
    return {
        "digest": {
            "cadence": digest.rule or "",
            "sources": [int(one) for one in digest.sources],
            "sections": list(digest.sections),
            "most": digest.most,
            "least": digest.least,
            "choose": digest.choose,
            "max_age": duration_text(digest.max_age) if digest.max_age else None,
            "title": digest.title,
            "subject": digest.subject,
            "theme": digest.theme,
            "then": digest.then,
        },
        "waits": digest.waits_why,
        "next": [] if cadence is None else _next(desk, cadence),
        "runs": runs,
    }


def digest_run_json(one: DigestRun) -> DigestRunJson:
    """What became of one occurrence."""
    return {
        "local": one.local,
        "at": one.began_at.isoformat(),
        "outcome": one.outcome,
        "items": one.items,
        "issue": one.number,
        "why": one.why,
    }


def digest_trial_json(filled: Filled) -> DigestTrialJson:
    """What a digest would take."""
    return {
        "items": [
            {
                "id": one.id,
                "title": one.latest.title,
                "outlet": one.latest.outlet,
                "section": one.section,
                "url": one.latest.url,
            }
            for one in filled.items
        ],
        "skipped": filled.thin,
    }
