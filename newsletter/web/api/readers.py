"""The readers of a newsletter: subscribe, unsubscribe, erase, import."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from newsletter.audience import readers
from newsletter.model.subscriber import Consent, SubscriberId
from newsletter.model.user import Role
from newsletter.store import subscribers
from newsletter.web.api.caller import By
from newsletter.web.api.once import Route
from newsletter.web.api.paging import after, cursor_of, page
from newsletter.web.api.words import Body, Cursor, Limit, Line
from newsletter.web.numbers import LARGEST
from newsletter.web.roles import needs
from newsletter.workflows.shapes import subscriber_json

router = APIRouter(route_class=Route, tags=["readers"])
Json = dict[str, Any]
PUBLISH = [needs(Role.PUBLISHER)]
Email = Annotated[str, Path(max_length=320, pattern=r"^[^\x00/]+$")]


@router.get("/subscribers")
def list_subscribers(
    by: By,
    request: Request,
    response: Response,
    status: Consent | None = None,
    search: Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> list[Json]:
    """Readers in the order in which they came: `subscribers list`."""
    (last,) = after(cursor)
    with by.store.reading() as tx:
        found = subscribers.listing(
            tx,
            by.publication.id,
            consent=status,
            search=search or None,
            after=SubscriberId(min(last, LARGEST)) if last else None,
            limit=limit + 1,
        )
    shown = page(request, response, found, limit, lambda one: cursor_of(one.id))
    return [subscriber_json(one) for one in shown]


class NewReader(Body):
    """Somebody who asked for it."""

    email: Annotated[Line, Field(max_length=320)]
    name: Line | None = None
    tags: Annotated[list[Line], Field(max_length=100)] = []
    language: Line | None = None
    timezone: Line | None = None


@router.post("/subscribers", status_code=201, dependencies=PUBLISH)
def add_subscriber(by: By, body: NewReader) -> Json:
    """Subscribe one who asked for it, confirmed: `subscribers add`."""
    reader = readers.add(
        by.store,
        by.clock,
        by.publication.id,
        body.email,
        name=body.name,
        tags=body.tags,
        language=body.language,
        zone=body.timezone,
    )
    return subscriber_json(reader)


@router.post("/subscribers/{email}/unsubscribe", dependencies=PUBLISH)
def unsubscribe(by: By, email: Email) -> Json:
    """End a subscription: `subscribers unsubscribe`."""
    return subscriber_json(readers.unsubscribe(by.store, by.clock, by.publication.id, email))


@router.delete("/subscribers/{email}", dependencies=PUBLISH)
def erase(by: By, email: Email) -> Json:
    """Forget one reader in every newsletter; only a hash stays: `subscribers erase`."""
    readers.erase(by.store, by.clock, email)
    return {"email": email, "erased": True}
