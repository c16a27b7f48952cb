"""The people of the desk and their log, for administrators."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from newsletter.model.user import Role
from newsletter.store import audit, users
from newsletter.web.api.caller import By, Caller
from newsletter.web.api.once import Route, told_once
from newsletter.web.api.paging import after, cursor_of, page, part
from newsletter.web.api.words import Body, Cursor, Limit, Line
from newsletter.web.numbers import LARGEST
from newsletter.web.roles import needs
from newsletter.workflows.answers.people import DeedJson, InvitationJson, PersonJson, ResetJson
from newsletter.workflows.people import LASTS, LONGEST, People
from newsletter.workflows.shapes import deed_json, user_json

router = APIRouter(route_class=Route, tags=["people"])
Name = Annotated[str, Path(max_length=100, pattern=r"^[^\x00/]+$")]


def _people(by: Caller) -> People:
    return People(by.store, by.settings, by.clock)


@router.get("/people", dependencies=[needs(Role.ADMIN)])
def list_people(
    by: By, request: Request, response: Response, limit: Limit = 500, cursor: Cursor = None
) -> list[PersonJson]:
    """Everybody: `people list`."""
    with by.store.reading() as tx:
        found = users.listing(tx)
    return [user_json(one) for one in part(request, response, found, limit, cursor)]


class Invite(Body):
    """As what somebody comes in, and how long the link holds."""

    role: Role
    email: Annotated[Line | None, Field(max_length=254)] = None
    days: Annotated[int, Field(ge=1, le=LONGEST)] = LASTS.days


@router.post("/people/invitations", status_code=201, dependencies=[needs(Role.ADMIN), told_once])
def invite(by: By, body: Invite) -> InvitationJson:
    """A one-time link for somebody new: `people invite`."""
    people = _people(by)
    token = people.invite(body.role, by=by.who, inviter=by.token.user.id, days=body.days, email=body.email or None)
    return {"role": body.role, "link": people.address(token)}


class NewRole(Body):
    """Another role."""

    role: Role


@router.patch("/people/{name}", dependencies=[needs(Role.ADMIN)])
def change_role(by: By, name: Name, body: NewRole) -> PersonJson:
    """Another role; they sign in again: `people role`."""
    return user_json(_people(by).change_role(name, body.role))


class NewPassword(Body):
    """What becomes of the second factor, and how long the link holds."""

    second_factor: Annotated[bool, Field(description="It falls, too: their phone is lost.")] = False
    days: Annotated[int, Field(ge=1, le=LONGEST)] = 1


@router.post("/people/{name}/reset", status_code=201, dependencies=[needs(Role.ADMIN), told_once])
def reset(by: By, name: Name, body: NewPassword | None = None) -> ResetJson:
    """A one-time link by which somebody chooses a new password: `people reset`."""
    people, wanted = _people(by), body or NewPassword()
    inviter = by.token.user.id
    token = people.reset(name, by=by.who, inviter=inviter, days=wanted.days, second_factor=wanted.second_factor)
    return {"name": name, "link": people.address(token)}


@router.delete("/people/{name}", dependencies=[needs(Role.ADMIN)])
def remove(by: By, name: Name) -> PersonJson:
    """Take somebody off the desk; what they did stays in the log: `people remove`."""
    return user_json(_people(by).remove(name))


@router.get("/audit", dependencies=[needs(Role.ADMIN)])
def log(
    by: By,
    request: Request,
    response: Response,
    who: Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> list[DeedJson]:
    """Who did what, the latest first: `people log`."""
    (last,) = after(cursor)
    with by.store.reading() as tx:
        found = audit.listing(tx, who=who or None, before=min(last, LARGEST) or None, limit=limit + 1)
    shown = page(request, response, found, limit, lambda one: cursor_of(one.id))
    return [deed_json(one) for one in shown]
