"""The history of an issue: undo, redo, states with a name, and what it was before a change."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field

from newsletter.model.revision import NamedVersion, RevisionId, VersionId
from newsletter.queue import history
from newsletter.store import issues, revisions
from newsletter.web.api.caller import By, Caller
from newsletter.web.api.issues import shown
from newsletter.web.api.once import Route
from newsletter.web.api.paging import after, cursor_of, page, part
from newsletter.web.api.words import Body, Cursor, InPath, IssueRef, Limit, Line, Number, number_of
from newsletter.web.numbers import LARGEST
from newsletter.workflows.answers.issues import ChangeJson, IssueJson, NamedVersionJson
from newsletter.workflows.shapes import change_json, version_json

router = APIRouter(route_class=Route, tags=["history"])


class Seen(Body):
    """The change that was seen last: another one is not undone instead."""

    revision: Number | None = None


def _revision(body: Seen | None) -> RevisionId | None:
    return RevisionId(body.revision) if body and body.revision else None


@router.get("/issues/{issue}/history")
def list_changes(
    by: By, request: Request, response: Response, issue: IssueRef, limit: Limit = 100, cursor: Cursor = None
) -> list[ChangeJson]:
    """The changes of an issue, the latest first."""
    (last,) = after(cursor)
    with by.store.reading() as tx:
        found = issues.get(tx, by.publication.id, number_of(issue))
        rows = revisions.listing(tx, found.id, limit=limit + 1, before=min(last, LARGEST) or None)
    return [change_json(one) for one in page(request, response, rows, limit, lambda one: cursor_of(one.id))]


@router.post("/issues/{issue}/undo")
def undo(by: By, response: Response, issue: IssueRef, body: Seen | None = None) -> IssueJson:
    """Take the last change back, whoever made it."""
    done, _change = history.undo(by.editor, number_of(issue), revision=_revision(body))
    return shown(by, response, done)


@router.post("/issues/{issue}/redo")
def redo(by: By, response: Response, issue: IssueRef, body: Seen | None = None) -> IssueJson:
    """Do again what was undone last."""
    done, _change = history.redo(by.editor, number_of(issue), revision=_revision(body))
    return shown(by, response, done)


@router.post("/issues/{issue}/history/{revision}/restore")
def restore_change(by: By, response: Response, issue: IssueRef, revision: InPath) -> IssueJson:
    """Make an issue what it was before a change; that can be undone, too."""
    return shown(by, response, history.restore_before(by.editor, number_of(issue), RevisionId(revision)))


@router.get("/issues/{issue}/versions")
def list_versions(
    by: By, request: Request, response: Response, issue: IssueRef, limit: Limit = 500, cursor: Cursor = None
) -> list[NamedVersionJson]:
    """The states of an issue that have a name."""
    return [version_json(one) for one in part(request, response, _versions(by, issue), limit, cursor)]


class NewVersion(Body):
    """A name for what the issue is now, or was before a change."""

    name: Annotated[Line, Field(min_length=1, max_length=history.LONGEST_NAME)]
    revision: Number | None = None


@router.post("/issues/{issue}/versions", status_code=201)
def name_version(by: By, issue: IssueRef, body: NewVersion) -> list[NamedVersionJson]:
    """Give a state a name to come back to. The states that have one."""
    seen = RevisionId(body.revision) if body.revision else None
    history.name_version(by.editor, number_of(issue), body.name, revision=seen)
    return [version_json(one) for one in _versions(by, issue)]


@router.post("/issues/{issue}/versions/{version}/restore")
def restore_version(by: By, response: Response, issue: IssueRef, version: InPath) -> IssueJson:
    """Make an issue what it was under a name; that can be undone, too."""
    return shown(by, response, history.restore_version(by.editor, number_of(issue), VersionId(version)))


@router.delete("/issues/{issue}/versions/{version}")
def forget_version(by: By, issue: IssueRef, version: InPath) -> list[NamedVersionJson]:
    """Forget a name, and what was kept under it. The states that still have one."""
    history.forget_version(by.editor, number_of(issue), VersionId(version))
    return [version_json(one) for one in _versions(by, issue)]


def _versions(by: Caller, issue: str) -> list[NamedVersion]:
    with by.store.reading() as tx:
        return revisions.versions(tx, issues.get(tx, by.publication.id, number_of(issue)).id)
