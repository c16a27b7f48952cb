"""Issues and their outlines. Versions are ETags: `If-Match` refuses to write over what somebody changed meanwhile."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import Field

from newsletter.errors import NewsletterError
from newsletter.model.issue import BlockId, Issue, IssueState, Standing
from newsletter.model.item import ItemId
from newsletter.store import issues
from newsletter.web.api.caller import By, Caller
from newsletter.web.api.once import Route
from newsletter.web.api.paging import after, cursor_of, page, tagged
from newsletter.web.api.words import Body, Cursor, InPath, IssueRef, Limit, Line, Number, Text, if_version, number_of
from newsletter.workflows.drafting import fill_issue, new_issue
from newsletter.workflows.issue_calendar import arrange
from newsletter.workflows.shapes import issue_json, issue_row_json

router = APIRouter(route_class=Route, tags=["issues"])
Json = dict[str, Any]
Version = Annotated[int | None, Depends(if_version)]
SectionRef = Annotated[str, Path(max_length=200, description="A section's id.", pattern=r"^[0-9]{1,9}$")]
Section = Annotated[Line | None, Field(description="A section's heading or id; empty: the first without a heading.")]
Place = Annotated[int | None, Field(ge=1, le=100_000, description="The place, from 1.")]


def _shown(by: Caller, response: Response, issue: Issue | None, number: int | None = None) -> Json:
    material = by.desk.material(issue.number if issue else number)
    return tagged(response, material.issue.version, issue_json(material))


@router.get("/issues")
def list_issues(
    by: By,
    request: Request,
    response: Response,
    state: IssueState | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> list[Json]:
    """The issues, the newest first: `issue list`."""
    (last,) = after(cursor)
    with by.store.reading() as tx:
        found = issues.listing(tx, by.publication.id, state)
    rest = [one for one in found if not last or one.number < last]
    shown = page(request, response, rest[: limit + 1], limit, lambda one: cursor_of(one.number))
    return [issue_row_json(one) for one in shown]


class NewIssue(Body):
    """A draft: whose layout it takes, and its title."""

    origin: Annotated[Number | Literal["last", "none"], Field(alias="from")] = "last"
    title: Line | None = None


@router.post("/issues", status_code=201)
def new(by: By, response: Response, body: NewIssue) -> Json:
    """A draft from the last issue's layout: `issue new`."""
    return _shown(by, response, new_issue(by.editor, origin=body.origin, title=body.title))


@router.get("/issues/{issue}")
def show(by: By, response: Response, issue: IssueRef) -> Json:
    """An issue with its outline: `issue show`."""
    return _shown(by, response, None, number_of(issue))


class IssueFields(Body):
    """What to set; an empty subject returns to the convention."""

    title: Line | None = None
    subject: Line | None = None
    preheader: Line | None = None
    theme: Line | None = None


@router.patch("/issues/{issue}")
def set_fields(by: By, response: Response, issue: IssueRef, body: IssueFields, version: Version) -> Json:
    """Set title, subject, preheader or theme: `issue set`."""
    fields = body.given()
    if fields.get("theme"):
        from newsletter.render.themes import open_theme

        open_theme(fields["theme"], by.settings)
    if fields.get("subject"):
        from newsletter.render.subject import check_convention

        check_convention(fields["subject"])
    return _shown(by, response, by.editor.set_fields(number_of(issue), fields, if_version=version))


class Most(Body):
    """How many at most."""

    max: Annotated[int | None, Field(ge=0, le=10_000)] = None


@router.post("/issues/{issue}/fill")
def fill(by: By, response: Response, issue: IssueRef, body: Most | None = None) -> Json:
    """Add every picked item that was not sent yet, in its section: `issue fill`."""
    return _shown(by, response, fill_issue(by.editor, number_of(issue), most=body.max if body else None))


class NewSection(Body):
    """A heading, which may be empty, and its place."""

    name: Line = ""
    at: Place = None


@router.post("/issues/{issue}/sections", status_code=201)
def add_section(by: By, response: Response, issue: IssueRef, body: NewSection) -> Json:
    """Add a section: `issue section add`."""
    return _shown(by, response, by.editor.add_section(number_of(issue), body.name, body.at))


class SectionEdit(Body):
    """Another heading, another place, or both."""

    name: Line | None = None
    to: Place = None


@router.patch("/issues/{issue}/sections/{section}")
def change_section(by: By, response: Response, issue: IssueRef, section: SectionRef, body: SectionEdit) -> Json:
    """Rename or move a section: `issue section rename|move`."""
    number, changed = number_of(issue), None
    if body.name is None and body.to is None:
        raise NewsletterError("Say a name, or a place in “to”.", where="body")
    if body.name is not None:
        changed = by.editor.rename_section(number, section, body.name)
    if body.to is not None:
        changed = by.editor.move_section(number, section, body.to)
    return _shown(by, response, changed)


@router.delete("/issues/{issue}/sections/{section}")
def remove_section(by: By, response: Response, issue: IssueRef, section: SectionRef) -> Json:
    """Remove a section; its blocks move to the end: `issue section remove`."""
    return _shown(by, response, by.editor.remove_section(number_of(issue), section))


class NewBlock(Body):
    """Items, under one headline (`with`: another block's), or a text of the editors."""

    items: Annotated[list[Number], Field(min_length=1, max_length=200)] | None = None
    join: Annotated[Number | None, Field(alias="with")] = None
    text: Text | None = None
    headline: Line | None = None
    standing: bool = False
    first: Annotated[date | None, Field(alias="from")] = None
    until: date | None = None
    section: Section = None
    at: Place = None


@router.post("/issues/{issue}/blocks", status_code=201)
def add_block(by: By, response: Response, issue: IssueRef, body: NewBlock) -> Json:
    """Add items or a text: `issue add`, `issue text`."""
    if (body.items is None) == (body.text is None):
        raise NewsletterError("Send either items or a text.", where="items")
    number, editor = number_of(issue), by.editor
    if body.items is not None:
        wanted = [ItemId(one) for one in body.items]
        join = BlockId(body.join) if body.join is not None else None
        return _shown(by, response, editor.add_items(number, wanted, section=body.section, at=body.at, join=join))
    stays = Standing(body.first, body.until) if body.standing or body.first or body.until else None
    added = editor.add_text(
        number, body.text or "", headline=body.headline, section=body.section, at=body.at, standing=stays
    )
    return _shown(by, response, added)


class BlockEdit(Body):
    """Over a block's original, which is kept; an empty text returns to it. `to` and `section` move it."""

    headline: Line | None = None
    teaser: Line | None = None
    teaser_rank: Annotated[int | None, Field(ge=0, le=100_000)] = None
    blurb: Text | None = None
    outlet: Line | None = None
    url: Line | None = None
    alt: Line | None = None
    tags: Line | None = None
    to: Place = None
    section: Section = None


@router.patch("/issues/{issue}/blocks/{block}")
def edit_block(by: By, response: Response, issue: IssueRef, block: InPath, body: BlockEdit, version: Version) -> Json:
    """Edit or move a block: `issue edit`, `issue move`. Its own version is in If-Match where it is edited, the
    issue's where it is only moved.
    """
    fields = body.given()
    to, section = fields.pop("to", None), fields.pop("section", None)
    if section is not None and to is None:
        raise NewsletterError("Say the place in the section, too: “to”.", where="to")
    if not fields and to is None:
        raise NewsletterError("Say what to change.", where="body")
    number, changed = number_of(issue), None
    if fields:
        changed = by.editor.edit_block(number, BlockId(block), fields, if_version=version)
    if to is not None:
        when = None if fields else version
        changed = by.editor.move_block(number, BlockId(block), to, section=section, if_version=when)
    return _shown(by, response, changed)


@router.delete("/issues/{issue}/blocks/{block}")
def remove_block(by: By, response: Response, issue: IssueRef, block: InPath, version: Version) -> Json:
    """Remove a block; its items stay picked: `issue remove`."""
    return _shown(by, response, by.editor.remove_block(number_of(issue), BlockId(block), if_version=version))


class Arrangement(Body):
    """What becomes of an occurrence in this issue; `move` 0: by its date."""

    occurrence: Line
    pinned: bool | None = None
    hidden: bool | None = None
    move: Annotated[int | None, Field(ge=0, le=100_000)] = None


@router.post("/issues/{issue}/events")
def arrange_events(by: By, response: Response, issue: IssueRef, body: Arrangement) -> Json:
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
    return _shown(by, response, done)
