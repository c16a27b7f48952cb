"""Issues. Versions are ETags: `If-Match` refuses to write over what somebody changed meanwhile."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field

from newsletter.model.issue import Issue, IssueState
from newsletter.model.user import Role
from newsletter.store import issues
from newsletter.web.api.caller import By, Caller
from newsletter.web.api.once import Route
from newsletter.web.api.paging import after, cursor_of, page, tagged
from newsletter.web.api.words import Body, Cursor, IssueRef, Limit, Line, Number, Version, number_of
from newsletter.web.roles import needs
from newsletter.workflows import archive
from newsletter.workflows.answers.issues import ArchivedJson, IssueJson, IssueRowJson
from newsletter.workflows.drafting import fill_issue, new_issue, set_issue
from newsletter.workflows.shapes import issue_json, issue_row_json

router = APIRouter(route_class=Route, tags=["issues"])


def shown(by: Caller, response: Response, issue: Issue | None, number: int | None = None) -> IssueJson:
    """An issue as it stands now, its version as ETag."""
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
) -> list[IssueRowJson]:
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
def new(by: By, response: Response, body: NewIssue) -> IssueJson:
    """A draft from the last issue's layout: `issue new`."""
    return shown(by, response, new_issue(by.editor, origin=body.origin, title=body.title))


@router.get("/issues/{issue}")
def show(by: By, response: Response, issue: IssueRef) -> IssueJson:
    """An issue with its outline: `issue show`."""
    return shown(by, response, None, number_of(issue))


class IssueFields(Body):
    """What to set; an empty subject returns to the convention."""

    title: Line | None = None
    subject: Line | None = None
    preheader: Line | None = None
    theme: Line | None = None


@router.patch("/issues/{issue}")
def set_fields(by: By, response: Response, issue: IssueRef, body: IssueFields, version: Version) -> IssueJson:
    """Set title, subject, preheader or theme: `issue set`."""
    done = set_issue(by.editor, by.settings, number_of(issue), body.given(), if_version=version)
    return shown(by, response, done)


class Most(Body):
    """How many at most."""

    max: Annotated[int | None, Field(ge=0, le=10_000)] = None


@router.post("/issues/{issue}/fill")
def fill(by: By, response: Response, issue: IssueRef, body: Most | None = None) -> IssueJson:
    """Add every picked item that was not sent yet, in its section: `issue fill`."""
    return shown(by, response, fill_issue(by.editor, number_of(issue), most=body.max if body else None))


class Kept(Body):
    """Whether it is kept out of the public pages."""

    keep_out: bool


@router.post("/issues/{issue}/archive", dependencies=[needs(Role.PUBLISHER)])
def keep_out(by: By, issue: IssueRef, body: Kept) -> ArchivedJson:
    """Keep an issue out of the public pages, or show it there; also after it was sent: `issue archive`."""
    done = archive.keep_out(by.desk, number_of(issue), body.keep_out)
    return {"number": done.number, "in_archive": done.in_archive}
