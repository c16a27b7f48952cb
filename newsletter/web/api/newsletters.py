"""The newsletters themselves, and whose token it is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field

from newsletter.model.user import Role
from newsletter.store import publications
from newsletter.web.api.caller import By
from newsletter.web.api.once import Route
from newsletter.web.api.paging import part
from newsletter.web.api.words import Body, Cursor, Limit, Line, Text, pairs_of
from newsletter.web.roles import needs
from newsletter.workflows import publications as of_newsletters
from newsletter.workflows.answers.newsletters import PublicationJson
from newsletter.workflows.answers.people import MeJson
from newsletter.workflows.shapes import publication_json

router = APIRouter(route_class=Route, tags=["newsletter"])
ADMIN = [needs(Role.ADMIN)]


@router.get("/me")
def me(by: By) -> MeJson:
    """Whose token this is, and what it may."""
    token = by.token
    return {
        "name": by.who,
        "role": token.user.role,
        "token": token.name,
        "scope": token.scope,
        "expires": token.expires_at.isoformat() if token.expires_at else None,
    }


@router.get("/publications")
def list_publications(
    by: By, request: Request, response: Response, limit: Limit = 500, cursor: Cursor = None
) -> list[PublicationJson]:
    """All newsletters of the workspace."""
    with by.store.reading() as tx:
        found = publications.listing(tx)
    return [publication_json(one) for one in part(request, response, found, limit, cursor)]


class NewPublication(Body):
    """Another newsletter."""

    name: Line


@router.post("/publications", status_code=201, dependencies=ADMIN)
def add_publication(by: By, body: NewPublication) -> PublicationJson:
    """Another newsletter in this workspace: `publication add`."""
    return publication_json(of_newsletters.add(by.store, by.clock, body.name))


@router.get("/publication")
def show_publication(by: By) -> PublicationJson:
    """The newsletter: `publication show`."""
    return publication_json(by.publication)


class PublicationEdit(Body):
    """What to change; what is left out stays."""

    name: Line | None = None
    sender: Annotated[Line | None, Field(alias="from", description="Name <desk@example.org>")] = None
    reply_to: Line | None = None
    address: Annotated[Text | None, Field(description="The postal address, in lines.")] = None
    tagline: Line | None = None
    zone: Annotated[Line | None, Field(description="As Europe/Berlin.")] = None
    language: Annotated[Line | None, Field(description="As en, de or pt-BR.")] = None
    theme: Line | None = None
    subject: Annotated[Line | None, Field(description="Its convention.")] = None
    date_format: Line | None = None
    event_days: Annotated[int | Line | None, Field(description="How far an issue looks ahead.")] = None
    event_grouping: Annotated[Line | None, Field(description="day, week or city; none: a plain list.")] = None
    event_zones: Annotated[list[Line] | Line | None, Field(description="Two to four, with commas.")] = None
    send_late_within: Annotated[Line | None, Field(description="As 2h or 90m.")] = None
    outlets: Annotated[list[Line] | Line | None, Field(description="In the order in which they lead a story.")] = None


@router.patch("/publication", dependencies=ADMIN)
def set_publication(by: By, body: PublicationEdit) -> PublicationJson:
    """Change some of its fields, all of them or none: `publication set KEY=VALUE`."""
    return publication_json(of_newsletters.change(by.store, by.settings, by.publication, pairs_of(body)))
