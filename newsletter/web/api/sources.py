"""Where items come from, and collecting."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from newsletter.errors import NewsletterError
from newsletter.model.source import SourceId
from newsletter.store import collections, sources
from newsletter.web.api.caller import By
from newsletter.web.api.once import Route
from newsletter.web.api.paging import part
from newsletter.web.api.words import Body, Cursor, InPath, Limit, Line, pairs_of
from newsletter.workflows import sources as workflow
from newsletter.workflows.answers.sources import CollectedJson, CollectionJson, OfferJson, RefusedFeedJson, SourceJson

router = APIRouter(route_class=Route, tags=["sources"])


@router.get("/sources")
def list_sources(
    by: By, request: Request, response: Response, limit: Limit = 500, cursor: Cursor = None
) -> list[SourceJson]:
    """Where items come from, what each said last, and how much of it is used: `sources list`."""
    with by.store.reading() as tx:
        found = sources.listing(tx, by.publication.id)
    return workflow.told(by.store, by.clock, by.publication, part(request, response, found, limit, cursor))


class NewSource(Body):
    """A feed, a page with a feed, a folder or a mailbox."""

    address: Line
    name: Annotated[Line | None, Field(description="What the desk calls it.")] = None
    section: Annotated[Line | None, Field(description="Where its items go by themselves.")] = None
    outlet: Annotated[Line | None, Field(description="The outlet readers see before its headlines.")] = None
    as_it_is: Annotated[bool, Field(description="Do not look for feeds on a page.")] = False


@router.post("/sources", status_code=201)
def add_source(by: By, body: NewSource) -> SourceJson:
    """Take from one more source, of a page from its feed: `sources add`. A page with several names them in a 422."""
    if not body.address.strip():
        raise NewsletterError("Write the address of a feed, or a folder.", where="address")
    made, _of_page = workflow.add_asked(
        by.store,
        by.settings,
        by.clock,
        by.publication,
        body.address.strip(),
        name=body.name,
        section=body.section,
        outlet=body.outlet,
        as_it_is=body.as_it_is,
    )
    return workflow.told(by.store, by.clock, by.publication, [made])[0]


class Page(Body):
    """A web page."""

    url: Line


@router.post("/sources/find")
def find_sources(by: By, body: Page) -> list[OfferJson]:
    """The feeds that a web page offers: `sources find URL`."""
    return [workflow.offer_json(one) for one in workflow.find(by.settings, by.clock, body.url)]


class SourceEdit(Body):
    """What to change; what is left out stays, null takes it away."""

    name: Line | None = None
    outlet: Line | None = None
    section: Line | None = None
    keep: Annotated[list[Line] | Line | None, Field(description="Only items with one of these words, or url:PART.")] = (
        None
    )
    skip: Annotated[list[Line] | Line | None, Field(description="No items with one of these words, or url:PART.")] = (
        None
    )
    newest: Annotated[int | Line | None, Field(description="Only so many of the newest.")] = None
    interval: Annotated[Line | None, Field(description="As 30m, 2h or 1d.")] = None
    active: bool | Line | None = None
    url: Line | None = None


@router.patch("/sources/{source}")
def change_source(by: By, source: InPath, body: SourceEdit) -> SourceJson:
    """Change a source, all of it or nothing: `sources set ID KEY=VALUE`."""
    changed = workflow.change(by.store, by.publication, SourceId(source), pairs_of(body))
    return workflow.told(by.store, by.clock, by.publication, [changed])[0]


@router.delete("/sources/{source}")
def remove_source(by: By, source: InPath) -> SourceJson:
    """Take no longer from it; what was collected stays: `sources remove`."""
    gone = workflow.remove(by.store, by.publication, SourceId(source))
    return workflow.told(by.store, by.clock, by.publication, [gone])[0]


@router.get("/sources.opml", response_class=Response, responses={200: {"content": {"text/x-opml": {}}}})
def export_sources(by: By) -> Response:
    """The feeds as OPML: `sources export`."""
    return Response(workflow.export_opml(by.store, by.publication), media_type="text/x-opml")


class Opml(Body):
    """A list of feeds."""

    opml: Annotated[str, Field(max_length=4_000_000)]


@router.post("/sources/import")
def import_sources(by: By, body: Opml) -> list[SourceJson | RefusedFeedJson]:
    """Every feed of an OPML list; its folders are sections: `sources import`. The new ones, and what is no feed."""
    added, _present, refused = workflow.import_opml(
        by.store, by.clock, by.publication, body.opml.encode("utf-8", "surrogateescape")
    )
    return [*workflow.told(by.store, by.clock, by.publication, added), *map(workflow.refused_json, refused)]


@router.post("/collect")
def collect_now(
    by: By,
    source: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Only this one.")] = None,
    force: Annotated[bool, Query(description="Also what is not due.")] = False,
) -> CollectedJson:
    """Fetch what is due, and wait for it: `collect`."""
    from newsletter.workflows.collect import collect, document

    only = None if source is None else SourceId(source)
    return document(collect(by.store, by.settings, by.clock, by.publication, only=only, force=force))


@router.get("/collections")
def list_collections(
    by: By, request: Request, response: Response, limit: Limit = 20, cursor: Cursor = None
) -> list[CollectionJson]:
    """What earlier runs of collecting said, the latest first: `collect --history`."""
    from newsletter.workflows.collect import run_json

    with by.store.reading() as tx:
        runs = collections.listing(tx, by.publication.id, collections.KEPT)
    return [run_json(one) for one in part(request, response, runs, limit, cursor)]
