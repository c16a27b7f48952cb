"""The newsletters themselves, their sources, and collecting."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field

from newsletter.errors import NewsletterError
from newsletter.model.source import SourceId
from newsletter.model.user import Role
from newsletter.store import publications, sources
from newsletter.web.api.caller import By
from newsletter.web.api.once import Route
from newsletter.web.api.words import Body, InPath, Line
from newsletter.web.roles import needs
from newsletter.workflows import publications as of_newsletters
from newsletter.workflows import sources as of_sources
from newsletter.workflows.shapes import publication_json, source_json

router = APIRouter(route_class=Route)
Json = dict[str, Any]


@router.get("/me", tags=["account"])
def me(by: By) -> Json:
    """Whose token this is, and what it may."""
    token = by.token
    over = token.expires_at.isoformat() if token.expires_at else None
    return {
        "name": by.who,
        "role": token.user.role.value,
        "token": token.name,
        "scope": token.scope.value,
        "expires": over,
    }


@router.get("/publications", tags=["newsletter"])
def list_publications(by: By) -> list[Json]:
    """All newsletters of the workspace."""
    with by.store.reading() as tx:
        return [publication_json(one) for one in publications.listing(tx)]


class NewPublication(Body):
    """Another newsletter."""

    name: Line


@router.post("/publications", tags=["newsletter"], status_code=201, dependencies=[needs(Role.ADMIN)])
def add_publication(by: By, body: NewPublication) -> Json:
    """Another newsletter in this workspace: `publication add`."""
    return publication_json(of_newsletters.add(by.store, by.clock, body.name))


@router.get("/publication", tags=["newsletter"])
def show_publication(by: By) -> Json:
    """The newsletter: `publication show`."""
    return publication_json(by.publication)


@router.patch("/publication", tags=["newsletter"], dependencies=[needs(Role.ADMIN)])
def set_publication(by: By, body: dict[Line, Line]) -> Json:
    """Change some of its fields, all of them or none: `publication set KEY=VALUE`."""
    pairs = [f"{key}={value}" for key, value in body.items()]
    return publication_json(of_newsletters.change(by.store, by.settings, by.publication, pairs))


@router.get("/sources", tags=["sources"])
def list_sources(by: By) -> list[Json]:
    """Where items come from, and what each said last: `sources list`."""
    with by.store.reading() as tx:
        return [source_json(one) for one in sources.listing(tx, by.publication.id)]


class NewSource(Body):
    """A feed, a page with a feed, a folder or a mailbox."""

    address: Line
    name: Line | None = None
    section: Line | None = None
    outlet: Line | None = None


@router.post("/sources", tags=["sources"], status_code=201)
def add_source(by: By, body: NewSource) -> Json:
    """Take from one more source: `sources add`."""
    if not body.address.strip():
        raise NewsletterError("Write the address of a feed, or a folder.", where="address")
    made = of_sources.add(
        by.store,
        by.clock,
        by.publication,
        body.address.strip(),
        name=body.name,
        section=body.section,
        outlet=body.outlet,
    )
    return source_json(made)


@router.patch("/sources/{source}", tags=["sources"])
def change_source(by: By, source: InPath, body: dict[Line, Line]) -> Json:
    """Change a source: `sources set ID KEY=VALUE`."""
    pairs = [f"{key}={value}" for key, value in body.items()]
    return source_json(of_sources.change(by.store, by.publication, SourceId(source), pairs))


@router.delete("/sources/{source}", tags=["sources"])
def remove_source(by: By, source: InPath) -> Json:
    """Take no longer from it; what was collected stays: `sources remove`."""
    return source_json(of_sources.remove(by.store, by.publication, SourceId(source)))


@router.get(
    "/sources.opml", tags=["sources"], response_class=Response, responses={200: {"content": {"text/x-opml": {}}}}
)
def export_sources(by: By) -> Response:
    """The feeds as OPML: `sources export`."""
    return Response(of_sources.export_opml(by.store, by.publication), media_type="text/x-opml")


class Opml(Body):
    """A list of feeds."""

    opml: Annotated[str, Field(max_length=4_000_000)]


@router.post("/sources/import", tags=["sources"])
def import_sources(by: By, body: Opml) -> list[Json]:
    """Every feed of an OPML list; its folders are sections: `sources import`."""
    added, _present, refused = of_sources.import_opml(
        by.store, by.clock, by.publication, body.opml.encode("utf-8", "surrogateescape")
    )
    return [*map(source_json, added), *map(of_sources.refused_json, refused)]


@router.post("/collect", tags=["sources"])
def collect_now(
    by: By,
    source: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Only this one.")] = None,
    force: Annotated[bool, Query(description="Also what is not due.")] = False,
) -> Json:
    """Fetch what is due, and wait for it: `collect`."""
    from newsletter.workflows.collect import collect, document

    only = None if source is None else SourceId(source)
    return document(collect(by.store, by.settings, by.clock, by.publication, only=only, force=force))
