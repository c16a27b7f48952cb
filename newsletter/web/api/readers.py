"""The readers of a newsletter: subscribe, unsubscribe, erase, import."""

from __future__ import annotations

import tempfile
from pathlib import Path as File
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.routing import APIRoute
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from newsletter.audience import readers
from newsletter.audience.exporting import export_csv
from newsletter.audience.importing import import_csv
from newsletter.errors import NewsletterError
from newsletter.model.subscriber import Consent, SubscriberId, address_hash
from newsletter.model.user import Role
from newsletter.store import audit, subscribers
from newsletter.web.api.caller import By
from newsletter.web.api.once import Route
from newsletter.web.api.paging import after, cursor_of, page
from newsletter.web.api.uploads import FILE, FORM, Passing, on_disk, spooled
from newsletter.web.api.words import Body, Cursor, Limit, Line
from newsletter.web.bodies import MEGABYTE, takes
from newsletter.web.limits import address_of
from newsletter.web.numbers import LARGEST
from newsletter.web.recording import deed_of, remark
from newsletter.web.roles import needs
from newsletter.workflows.answers.readers import ErasedJson, ImportedJson, SubscriberJson
from newsletter.workflows.rendering import address_key
from newsletter.workflows.shapes import imported_json, subscriber_json

router = APIRouter(route_class=Route, tags=["readers"])
CSV = "text/csv"
LONGEST_LIST = 200 * MEGABYTE
"""Some two million readers."""
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
) -> list[SubscriberJson]:
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


@router.get(
    "/subscribers.csv",
    dependencies=PUBLISH,
    response_class=Response,
    responses={200: {"content": {CSV: {"schema": {"type": "string"}}}}},
)
def export(by: By, request: Request) -> Response:
    """All readers as CSV, in the columns that an import takes back: `subscribers export`. It stands in the log."""
    with by.store.writing() as tx:
        audit.add(
            tx,
            at=by.clock.now(),
            who=by.who,
            via="api",
            deed=deed_of(export),
            subject=request.url.path,
            address=address_of(request),
            publication=by.publication.id,
            detail={"token": by.token.name},
        )
    folder = tempfile.TemporaryDirectory(prefix="newsletter-")
    try:
        file = File(folder.name) / "subscribers.csv"
        with file.open("w", encoding="utf-8", newline="") as target:  # who reads slowly holds no transaction
            target.writelines(export_csv(by.store, by.publication.id))
    except BaseException:
        folder.cleanup()
        raise
    return Passing(file, folder, media_type=f"{CSV}; charset=utf-8", filename=file.name)


# Not `Route`: such a list is never held in memory, and done again it changes nothing.
lists = APIRouter(route_class=APIRoute, tags=["readers"])


@lists.post(
    "/subscribers/import",
    dependencies=[*PUBLISH, takes(LONGEST_LIST)],
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                CSV: {"schema": {"type": "string"}},
                FORM: {"schema": {"type": "object", "properties": {"file": FILE}, "required": ["file"]}},
            },
        }
    },
    response_model=ImportedJson,
)
async def import_readers(
    by: By,
    request: Request,
    dry_run: Annotated[bool, Query(description="Tell what would become of it; change nothing.")] = False,
) -> ImportedJson:
    """Import a list, as CSV with a column “email”: `subscribers import FILE.csv`. Rejected rows come with a reason."""
    with on_disk("list.csv") as file:
        await spooled(request, file, [CSV])
        try:
            report = await run_in_threadpool(import_csv, by.store, by.clock, by.publication.id, file, dry_run=dry_run)
        except NewsletterError as error:  # where it lay here is nobody's business
            raise NewsletterError(error.message.replace(str(file), "The list"), where="body") from error
    return imported_json(report)


class NewReader(Body):
    """Somebody who asked for it."""

    email: Annotated[Line, Field(max_length=320)]
    name: Line | None = None
    tags: Annotated[list[Line], Field(max_length=100)] = []
    language: Line | None = None
    timezone: Line | None = None


@router.post("/subscribers", status_code=201, dependencies=PUBLISH)
def add_subscriber(by: By, body: NewReader) -> SubscriberJson:
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
def unsubscribe(by: By, request: Request, email: Email) -> SubscriberJson:
    """End a subscription: `subscribers unsubscribe`."""
    gone = readers.unsubscribe(by.store, by.clock, by.publication.id, email)
    remark(request, subject=_unnamed(email))
    return subscriber_json(gone)


@router.delete("/subscribers/{email}", dependencies=PUBLISH)
def erase(by: By, request: Request, email: Email) -> ErasedJson:
    """Forget one reader in every newsletter; only a hash stays: `subscribers erase`."""
    readers.erase(by.store, by.clock, email)
    remark(request, subject=_unnamed(email))
    return {"email": email, "erased": True}


def _unnamed(email: str) -> str:
    """A reader for the log, which outlives what is erased: the beginning of the hash that a suppression keeps."""
    return f"reader {address_hash(address_key(email))[:12]}"
