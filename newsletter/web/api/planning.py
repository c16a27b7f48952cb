"""When it comes out: the cadence, its holidays, and the digest that fills itself."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from newsletter.errors import NewsletterError
from newsletter.model.user import Role
from newsletter.schedule import planning
from newsletter.web.api.caller import By
from newsletter.web.api.once import Route
from newsletter.web.api.paging import part
from newsletter.web.api.words import Body, Cursor, Limit, Line, Number, pairs_of
from newsletter.web.roles import needs
from newsletter.workflows.answers.newsletters import (
    CadenceJson,
    DigestJson,
    DigestRunJson,
    DigestTrialJson,
    HolidayJson,
)
from newsletter.workflows.digest import look_at
from newsletter.workflows.holidays import import_holidays

router = APIRouter(route_class=Route, tags=["planning"])
PUBLISH = [needs(Role.PUBLISHER)]
Moves = Annotated[bool, Field(description="Come out the day before; else it is left out.")]


@router.get("/cadence")
def show_cadence(by: By) -> CadenceJson:
    """The rule by which it comes out, and the next times: `cadence show`."""
    return planning.cadence_json(by.desk)


class Rule(Body):
    """“Fri 09:00 America/New_York”, a cron line with names of days, or an RRULE."""

    cadence: Line


@router.put("/cadence", dependencies=PUBLISH)
def set_cadence(by: By, body: Rule) -> CadenceJson:
    """Set the rule: `cadence set`."""
    planning.set_cadence(by.desk, body.cadence)
    return planning.cadence_json(by.desk)


@router.delete("/cadence", dependencies=PUBLISH)
def clear_cadence(by: By) -> CadenceJson:
    """Forget the rule; what is scheduled stays scheduled: `cadence clear`."""
    planning.clear_cadence(by.desk)
    return planning.cadence_json(by.desk)


@router.get("/cadence/holidays")
def list_holidays(
    by: By, request: Request, response: Response, limit: Limit = 500, cursor: Cursor = None
) -> list[HolidayJson]:
    """The days on which nothing comes out by the cadence, by date: `cadence holidays list`."""
    return list(part(request, response, planning.holidays_json(by.desk), limit, cursor))


class Days(Body):
    """Some days, and what they are."""

    days: Annotated[list[date], Field(min_length=1, max_length=366)]
    name: Line = ""
    day_before: Moves = False


@router.post("/cadence/holidays", dependencies=PUBLISH)
def add_holidays(by: By, body: Days) -> list[HolidayJson]:
    """Leave these days out, or come the day before: `cadence holidays add DATE…`. All holidays that there are."""
    planning.add_holidays(by.desk, body.days, name=body.name, moves=body.day_before)
    return planning.holidays_json(by.desk)


class HolidayCalendar(Body):
    """Where a calendar of holidays is."""

    url: Line
    day_before: Moves = False


@router.post("/cadence/holidays/import", dependencies=PUBLISH)
def take_holidays(by: By, body: HolidayCalendar) -> list[HolidayJson]:
    """Take the all-day events of a calendar as holidays, for five years: `cadence holidays import URL`."""
    if not body.url.lower().startswith(("http://", "https://")):
        raise NewsletterError("Write the address with https://.", where="url")
    import_holidays(by.store, by.settings, by.clock, by.publication, body.url, moves=body.day_before)
    return planning.holidays_json(by.desk)


@router.delete("/cadence/holidays/{day}", dependencies=PUBLISH)
def remove_holiday(by: By, day: Annotated[date, Path()]) -> list[HolidayJson]:
    """Come out on a day again: `cadence holidays remove DATE`. The holidays that are left."""
    planning.drop_holidays(by.desk, [day])
    return planning.holidays_json(by.desk)


@router.delete("/cadence/holidays", dependencies=PUBLISH)
def remove_holidays(
    by: By, everything: Annotated[bool, Query(alias="all", description="Must be true: all of them.")] = False
) -> list[HolidayJson]:
    """Come out on all days again: `cadence holidays remove --all`."""
    if not everything:
        raise NewsletterError("Say all=true, or name the day in the address.", where="all")
    planning.drop_holidays(by.desk, None)
    return []


@router.get("/digest")
def show_digest(by: By) -> DigestJson:
    """The rule of the digest, the next times, and what became of the last ones: `digest show`."""
    return planning.digest_json(by.desk)


class DigestEdit(Body):
    """What to change; what is left out stays, null takes the usual."""

    cadence: Annotated[Line | None, Field(description="Its own; empty: the newsletter's.")] = None
    sources: Annotated[list[Line | Number] | Line | None, Field(description="Names or ids; empty: all.")] = None
    sections: Annotated[list[Line] | Line | None, Field(description="Only what goes to these.")] = None
    most: int | Line | None = None
    least: Annotated[int | Line | None, Field(description="With fewer items it is skipped.")] = None
    choose: Annotated[Line | None, Field(description="newest, or outlet for the newest of each.")] = None
    max_age: Annotated[Line | None, Field(description="As 2d.")] = None
    title: Line | None = None
    subject: Line | None = None
    theme: Line | None = None
    then: Annotated[Line | None, Field(description="send, or wait for approval.")] = None


@router.patch("/digest", dependencies=PUBLISH)
def set_digest(by: By, body: DigestEdit) -> DigestJson:
    """Set the digest, all of it or nothing; it runs by itself from now on: `digest set KEY=VALUE`."""
    planning.set_digest(by.desk, pairs_of(body))
    by.place.wake()
    return planning.digest_json(by.desk)


@router.delete("/digest", dependencies=PUBLISH)
def clear_digest(by: By) -> DigestJson:
    """Make no more digests; what was made stays: `digest clear`."""
    planning.clear_digest(by.desk)
    return planning.digest_json(by.desk)


@router.get("/digest/trial")
def try_digest(by: By) -> DigestTrialJson:
    """What a digest would take now; nothing changes: `digest run --dry-run`."""
    return planning.digest_trial_json(look_at(by.desk, planning.digest_of(by.desk)))


@router.post("/digest/run", dependencies=PUBLISH)
def run_digest(by: By) -> DigestRunJson:
    """Make it now: collect, fill, and hand it to the schedule or leave it to be approved: `digest run`."""
    made = planning.run_by_hand(by.desk, planning.digest_of(by.desk))
    by.place.wake()
    return planning.digest_run_json(made)
