"""From the checks to the ledger: check, test, approve, schedule, send, steer, decide, correct."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import Field

from newsletter.errors import NewsletterError
from newsletter.model.delivery import DeliveryId, DeliveryState
from newsletter.model.user import Role
from newsletter.model.when import read_when
from newsletter.schedule.planning import next_free
from newsletter.store import deliveries, issues
from newsletter.web.api.caller import By, Caller
from newsletter.web.api.issues import shown
from newsletter.web.api.once import Route
from newsletter.web.api.paging import after, cursor_of, page
from newsletter.web.api.words import Body, Cursor, InPath, IssueRef, Limit, Line, Text, number_of
from newsletter.web.numbers import LARGEST_BIG
from newsletter.web.roles import needs
from newsletter.workflows import steering, waiving
from newsletter.workflows.answers.issues import IssueJson
from newsletter.workflows.answers.sending import ChecksJson, CountsJson, DeliveryJson, ReachedJson, RenditionJson
from newsletter.workflows.rendering import rendered, send_test
from newsletter.workflows.shapes import checks_json, counts_json, delivery_json
from newsletter.workflows.under_way import under_way

router = APIRouter(route_class=Route, tags=["sending"])
PUBLISH = [needs(Role.PUBLISHER)]
Email = Annotated[str, Path(max_length=320, pattern=r"^[^\x00/]+$")]


@router.get("/issues/{issue}/check")
def check(by: By, issue: IssueRef) -> ChecksJson:
    """What must or should be mended before it goes out: `issue check`."""
    return checks_json(by.desk.check(number_of(issue)))


class Deeper(Body):
    """What else is asked, and which warnings pass: by CODE, or CODE:BLOCK."""

    links: Annotated[bool, Field(description="Ask the servers of its links and pictures.")] = False
    spam: Annotated[bool, Field(description="Ask SpamAssassin, where it is installed.")] = False
    waive: Annotated[list[Line], Field(max_length=100, description="Let these warnings pass.")] = []
    unwaive: Annotated[list[Line], Field(max_length=100, description="Warn of these again.")] = []


@router.post("/issues/{issue}/check")
def check_deeper(by: By, issue: IssueRef, body: Deeper) -> ChecksJson:
    """The checks, also those that ask others, and waivers: `issue check --links --spam --waive --unwaive`."""
    findings = waiving.check_waiving(
        by.desk,
        number_of(issue),
        waive_these=body.waive,
        unwaive_these=body.unwaive,
        links=body.links,
        spam=body.spam,
        who=by.who,
    )
    return checks_json(findings)


@router.get("/issues/{issue}/rendition")
def rendition(by: By, issue: IssueRef) -> RenditionJson:
    """The mail as nobody in particular gets it: `issue render`."""
    return _rendered(by, issue, None)


@router.get("/issues/{issue}/rendition/{email}", dependencies=PUBLISH)
def rendition_for(by: By, issue: IssueRef, email: Email) -> RenditionJson:
    """The mail as a subscriber gets it, with their own link to unsubscribe: `issue render --for EMAIL`."""
    return _rendered(by, issue, email)


def _rendered(by: Caller, issue: str, reader: str | None) -> RenditionJson:
    found = rendered(by.desk, number_of(issue), reader=reader)
    return {
        "subject": found.subject,
        "sender": found.sender,
        "html": found.html,
        "text": found.text,
        "eml": found.eml.decode("utf-8", "replace"),
        "bytes": len(found.html.encode()),
    }


class To(Body):
    """Who gets it."""

    to: Annotated[list[Line], Field(min_length=1, max_length=20)]


@router.post("/issues/{issue}/test")
def test(by: By, issue: IssueRef, body: To) -> ReachedJson:
    """Send a marked test; the ledger is not touched: `issue test`."""
    sent, failed = send_test(by.desk, number_of(issue), body.to)
    return {"sent": sent, "failed": failed}


@router.post("/issues/{issue}/approve", dependencies=PUBLISH)
def approve(by: By, response: Response, issue: InPath) -> IssueJson:
    """Check a draft and freeze what readers will receive: `issue approve`."""
    return shown(by, response, by.desk.approve(issue))


@router.post("/issues/{issue}/reopen", dependencies=PUBLISH)
def reopen(by: By, response: Response, issue: IssueRef) -> IssueJson:
    """Back to a draft; its schedule is withdrawn: `issue reopen`."""
    return shown(by, response, by.desk.reopen(by.desk.number(number_of(issue))))


class Plan(Body):
    """When: `2026-12-04T09:00` in the newsletter's zone, or with an offset or a zone's name; else by the cadence."""

    at: Line | None = None
    approve: bool = False
    segment: Line | None = None


@router.post("/issues/{issue}/schedule", dependencies=PUBLISH)
def schedule(by: By, response: Response, issue: InPath, body: Plan) -> IssueJson:
    """Plan when it goes out: `issue schedule`."""
    planned = next_free(by.desk) if body.at is None else read_when(body.at, by.publication.zone)
    done = by.desk.schedule(issue, replace(planned, segment=body.segment), approve=body.approve)
    by.place.wake()
    return shown(by, response, done)


@router.post("/issues/{issue}/unschedule", dependencies=PUBLISH)
def unschedule(by: By, response: Response, issue: IssueRef) -> IssueJson:
    """Withdraw the schedule; it stays approved: `issue unschedule`."""
    return shown(by, response, by.desk.unschedule(by.desk.number(number_of(issue))))


class Send(Body):
    """`sure` must be true: mail cannot be taken back."""

    sure: bool = False
    approve: bool = False
    segment: Line | None = None
    canary: Annotated[int, Field(ge=0, le=10**6)] = 0
    canary_wait: Annotated[float, Field(ge=0, le=1440, description="Minutes.")] = 10


@router.post("/issues/{issue}/send", status_code=202, dependencies=PUBLISH)
def send(by: By, issue: InPath, body: Send) -> CountsJson:
    """Begin to send now, and answer at once: `issue send --yes`. Again it continues, and repeats nobody."""
    if not body.sure:
        raise NewsletterError("Mail cannot be taken back: say “sure”: true.", code="not-sure", where="sure")
    wait = timedelta(minutes=body.canary_wait)
    by.desk.start(issue, approve=body.approve, segment=body.segment, canary=body.canary, canary_wait=wait)
    by.place.wake()
    return counts_json(*by.desk.status(issue))


@router.get("/issues/{issue}/status")
def status(by: By, issue: IssueRef) -> CountsJson:
    """The counts of the ledger, and how fast it goes: `issue status`."""
    found, tally = by.desk.status(number_of(issue))
    return counts_json(found, tally, under_way(by.desk, found, tally))


@router.get("/issues/{issue}/deliveries")
def list_deliveries(
    by: By,
    request: Request,
    response: Response,
    issue: IssueRef,
    state: DeliveryState | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> list[DeliveryJson]:
    """The ledger, one row for each reader: `issue deliveries`."""
    (last,) = after(cursor)
    with by.store.reading() as tx:
        wanted = issues.get(tx, by.publication.id, number_of(issue))
        rows = deliveries.listing(tx, wanted.id, state, after=min(last, LARGEST_BIG), limit=limit + 1)
    shown = page(request, response, rows, limit, lambda row: cursor_of(row.id))
    return [delivery_json(row) for row in shown]


@router.post("/issues/{issue}/pause", dependencies=PUBLISH)
def pause(by: By, issue: IssueRef) -> CountsJson:
    """Stop within one message for each connection: `issue pause`."""
    return counts_json(*steering.pause(by.desk, by.desk.number(number_of(issue))))


@router.post("/issues/{issue}/resume", dependencies=PUBLISH)
def resume(by: By, issue: IssueRef) -> CountsJson:
    """Go on where it was paused: `issue resume`."""
    done = counts_json(*steering.resume(by.desk, by.desk.number(number_of(issue))))
    by.place.wake()
    return done


@router.post("/issues/{issue}/cancel", dependencies=PUBLISH)
def cancel(by: By, issue: InPath) -> CountsJson:
    """End it for good: `issue cancel`."""
    return counts_json(*steering.cancel(by.desk, issue))


class Resolution(Body):
    """What becomes of the uncertain ones: these, or all."""

    decision: Literal["resend", "assume-sent"]
    deliveries: Annotated[list[Annotated[int, Field(ge=1, le=LARGEST_BIG)]], Field(max_length=1000)] | None = None


@router.post("/issues/{issue}/resolve", dependencies=PUBLISH)
def resolve(by: By, issue: IssueRef, body: Resolution) -> CountsJson:
    """Decide the uncertain deliveries: `issue resolve`."""
    ids = None if body.deliveries is None else [DeliveryId(one) for one in body.deliveries]
    done = steering.resolve(by.desk, by.desk.number(number_of(issue)), body.decision, ids)
    by.place.wake()
    return counts_json(*done)


class Correction(Body):
    """What was wrong; or, first and alone, `open`."""

    note: Text | None = None
    send: Annotated[bool, Field(description="Also draft a short issue to exactly those who have it.")] = False
    open: Annotated[bool, Field(description="First let its text be edited.")] = False


@router.post("/issues/{issue}/correct", dependencies=PUBLISH)
def correct(by: By, response: Response, issue: InPath, body: Correction) -> IssueJson:
    """A dated note and a corrected page in the archive: `issue correct`."""
    from newsletter.workflows import correct as workflow

    if body.open:
        if body.note is not None or body.send:
            raise NewsletterError("“open” comes first and alone; then edit, then send the note.", where="open")
        return shown(by, response, workflow.open_text(by.desk, issue))
    if body.note is None:
        raise NewsletterError("Say what was wrong in “note”.", where="note")
    corrected = workflow.correct(by.desk, issue, body.note)
    return shown(by, response, workflow.draft_letter(by.desk, issue, body.note) if body.send else corrected)
