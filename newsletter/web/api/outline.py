"""The outline of an issue: its sections, its blocks, its pictures, its calendar."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from newsletter.errors import NewsletterError
from newsletter.model.issue import BlockId, Standing
from newsletter.model.item import ItemId
from newsletter.queue import blocks
from newsletter.web.api.caller import By
from newsletter.web.api.issues import shown
from newsletter.web.api.once import Route
from newsletter.web.api.uploads import described, sent
from newsletter.web.api.words import Body, InPath, IssueRef, Line, Number, Text, Version, number_of
from newsletter.web.bodies import MEGABYTE, takes
from newsletter.workflows import images
from newsletter.workflows.answers.issues import IssueJson
from newsletter.workflows.issue_calendar import arrange

router = APIRouter(route_class=Route, tags=["outline"])
SectionRef = Annotated[str, Path(max_length=200, description="A section's id.", pattern=r"^[0-9]{1,9}$")]
Section = Annotated[Line | None, Field(description="A section's heading or id; empty: the first without a heading.")]
Place = Annotated[int | None, Field(ge=1, le=100_000, description="The place, from 1.")]


class NewSection(Body):
    """A heading, which may be empty, and its place."""

    name: Line = ""
    at: Place = None


@router.post("/issues/{issue}/sections", status_code=201)
def add_section(by: By, response: Response, issue: IssueRef, body: NewSection) -> IssueJson:
    """Add a section: `issue section add`."""
    return shown(by, response, by.editor.add_section(number_of(issue), body.name, body.at))


class SectionEdit(Body):
    """Another heading, another place, a limit, or several of them."""

    name: Line | None = None
    to: Place = None
    most: Annotated[Number | None, Field(description="So many blocks at most; more are warned of. null: no limit.")] = (
        None
    )


@router.patch("/issues/{issue}/sections/{section}")
def change_section(
    by: By, response: Response, issue: IssueRef, section: SectionRef, body: SectionEdit, version: Version
) -> IssueJson:
    """Rename, move or limit a section, all of it or nothing: `issue section rename|move`. If-Match: the issue's."""
    number, changed = number_of(issue), None
    limits = "most" in body.model_fields_set
    if body.name is None and body.to is None and not limits:
        raise NewsletterError("Say a name, a place in “to”, or a limit in “most”.", where="body")
    with by.editor.together(number, if_version=version) as editor:
        if body.name is not None:
            changed = editor.rename_section(number, section, body.name)
        if body.to is not None:
            changed = editor.move_section(number, section, body.to)
        if limits:
            changed = blocks.limit_section(editor, number, section, body.most)
    return shown(by, response, changed)


@router.delete("/issues/{issue}/sections/{section}")
def remove_section(by: By, response: Response, issue: IssueRef, section: SectionRef) -> IssueJson:
    """Remove a section; its blocks move to the end: `issue section remove`."""
    return shown(by, response, by.editor.remove_section(number_of(issue), section))


class NewBlock(Body):
    """Items, under one headline (`with`: another block's), a text of the editors, or the calendar."""

    items: Annotated[list[Number], Field(min_length=1, max_length=200)] | None = None
    join: Annotated[Number | None, Field(alias="with")] = None
    text: Annotated[Text | None, Field(description="Markdown.")] = None
    calendar: bool = False
    headline: Line | None = None
    standing: Annotated[bool, Field(description="It returns in every issue between its dates.")] = False
    first: Annotated[date | None, Field(alias="from")] = None
    until: date | None = None
    section: Section = None
    at: Place = None


@router.post("/issues/{issue}/blocks", status_code=201)
def add_block(by: By, response: Response, issue: IssueRef, body: NewBlock) -> IssueJson:
    """Add items, a text, or the calendar where it was taken out: `issue add`, `issue text`."""
    if [body.items is not None, body.text is not None, body.calendar].count(True) != 1:
        raise NewsletterError("Send either items, a text, or calendar: true.", where="items")
    number, editor = number_of(issue), by.editor
    if body.calendar:
        return shown(by, response, blocks.add_calendar(editor, number, section=body.section))
    if body.items is not None:
        wanted = [ItemId(one) for one in body.items]
        join = BlockId(body.join) if body.join is not None else None
        return shown(by, response, editor.add_items(number, wanted, section=body.section, at=body.at, join=join))
    stays = Standing(body.first, body.until) if body.standing or body.first or body.until else None
    added = editor.add_text(
        number, body.text or "", headline=body.headline, section=body.section, at=body.at, standing=stays
    )
    return shown(by, response, added)


class NewPicture(Body):
    """A picture, by its address or as the file of a form, and what it shows."""

    url: Annotated[Line, Field(description="Where it is; in a form the file stands in its place.")]
    alt: Annotated[Line, Field(description="What it shows, for those who do not see it.")]
    caption: Annotated[Text, Field(description="Words below it, in Markdown.")] = ""
    link: Annotated[Line, Field(description="Where a click leads.")] = ""
    section: Section = None
    at: Place = None


@router.post(
    "/issues/{issue}/images",
    status_code=201,
    dependencies=[takes(images.LARGEST + MEGABYTE)],
    openapi_extra=described(NewPicture),
    response_model=IssueJson,
)
async def add_image(by: By, request: Request, response: Response, issue: IssueRef) -> IssueJson:
    """Add a picture, taken in and hosted by us: `issue image FILE|URL --alt TEXT`."""
    body, file = await sent(request, NewPicture, optional={"url"})

    def work() -> IssueJson:
        picture = file or web_address(body.url)
        number = number_of(issue)
        added = images.add_picture(
            by.desk,
            by.editor,
            number,
            picture,
            alt=body.alt,
            caption=body.caption,
            url=body.link,
            section=body.section,
            at=body.at,
        )
        return shown(by, response, added)

    return await run_in_threadpool(work)


def web_address(url: str) -> str:
    """An address on the web, never a file of this machine. Raises NewsletterError."""
    if not url.lower().startswith(("http://", "https://")):
        raise NewsletterError(
            "Write the address of the picture with https://, or send a form with the file.", where="url"
        )
    return url


class BlockEdit(Body):
    """Over a block's original, which is kept; an empty text returns to it. `to` and `section` move it."""

    headline: Line | None = None
    teaser: Annotated[Line | None, Field(description="What the subject says of it.")] = None
    teaser_rank: Annotated[int | None, Field(ge=0, le=100_000, description="Its place there, from 1.")] = None
    blurb: Annotated[Text | None, Field(description="Markdown.")] = None
    outlet: Line | None = None
    url: Line | None = None
    alt: Annotated[Line | None, Field(description="What a picture shows.")] = None
    tags: Annotated[Line | None, Field(description="For the archive, parted by commas.")] = None
    to: Place = None
    section: Section = None


@router.patch("/issues/{issue}/blocks/{block}")
def edit_block(
    by: By, response: Response, issue: IssueRef, block: InPath, body: BlockEdit, version: Version
) -> IssueJson:
    """Edit or move a block, all of it or nothing: `issue edit`, `issue move`. Its own version is in If-Match where it
    is edited, the issue's where it is only moved.
    """
    fields = body.given()
    to, section = fields.pop("to", None), fields.pop("section", None)
    if section is not None and to is None:
        raise NewsletterError("Say the place in the section, too: “to”.", where="to")
    if not fields and to is None:
        raise NewsletterError("Say what to change.", where="body")
    number, changed = number_of(issue), None
    with by.editor.together() as editor:
        if fields:
            changed = editor.edit_block(number, BlockId(block), fields, if_version=version)
        if to is not None:
            when = None if fields else version
            changed = editor.move_block(number, BlockId(block), to, section=section, if_version=when)
    return shown(by, response, changed)


@router.delete("/issues/{issue}/blocks/{block}")
def remove_block(by: By, response: Response, issue: IssueRef, block: InPath, version: Version) -> IssueJson:
    """Remove a block; its items stay picked: `issue remove`."""
    return shown(by, response, by.editor.remove_block(number_of(issue), BlockId(block), if_version=version))


class Arrangement(Body):
    """What becomes of an occurrence in this issue; `move` 0: by its date."""

    occurrence: Line
    pinned: bool | None = None
    hidden: bool | None = None
    move: Annotated[int | None, Field(ge=0, le=100_000)] = None


@router.post("/issues/{issue}/events")
def arrange_events(by: By, response: Response, issue: IssueRef, body: Arrangement) -> IssueJson:
    """Pin, hide or move an occurrence in the calendar of this issue: `issue events`."""
    number = number_of(issue)
    if (body.pinned, body.hidden, body.move) == (None, None, None):
        raise NewsletterError("Say what to do with it: pinned, hidden or move.", where="body")
    day = by.desk.material(number).day
    done = arrange(
        by.store,
        by.publication,
        number,
        body.occurrence,
        on=day,
        pinned=body.pinned,
        hidden=body.hidden,
        to=body.move,
    )
    return shown(by, response, done)
