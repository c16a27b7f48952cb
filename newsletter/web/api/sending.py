"""From the checks to the ledger: check, test, approve, schedule, send, steer, decide, correct."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field

from newsletter.errors import NewsletterError, Refused
from newsletter.model.delivery import DeliveryId, DeliveryState
from newsletter.model.issue import Issue
from newsletter.model.user import Role
from newsletter.model.when import read_when
from newsletter.store import deliveries, issues
from newsletter.web.api.caller import By, Caller
from newsletter.web.api.once import Route
from newsletter.web.api.paging import after, cursor_of, page, tagged
from newsletter.web.api.words import Body, Cursor, InPath, IssueRef, Limit, Line, Text, number_of
from newsletter.web.numbers import LARGEST_BIG
from newsletter.web.roles import needs
from newsletter.workflows import steering, waiving
from newsletter.workflows.rendering import send_test
from newsletter.workflows.shapes import counts_json, delivery_json, finding_json, issue_json

router = APIRouter(route_class=Route, tags=["sending"])
Json = dict[str, Any]
PUBLISH = [needs(Role.PUBLISHER)]
FURTHEST = timedelta(days=731)


def _shown(by: Caller, response: Response, issue: Issue) -> Json:
    material = by.desk.material(issue.number)
    return tagged(response, material.issue.version, issue_json(material))


@router.get("/issues/{issue}/check")
def check(by: By, issue: IssueRef) -> Json:
    """What must or should be mended before it goes out: `issue check`."""
    findings = by.desk.check(number_of(issue))
    return {
        "ok": not any(finding.level == "error" for finding in findings),
        "findings": [finding_json(finding) for finding in findings],
    }


class Waiver(Body):
    """A warning by its code, or CODE:BLOCK; `undo`: warn of it again."""

    finding: Line
    undo: bool = False


@router.post("/issues/{issue}/waive")
def waive(by: By, issue: IssueRef, body: Waiver) -> Json:
    """Let a warning pass: `issue check --waive|--unwaive`."""
    desk, number = by.desk, number_of(issue)
    waiver = waiving.read_waiver(body.finding)
    if body.undo:
        waiving.unwaive(desk, number, [waiver])
    else:
        waiving.waive(desk, number, [waiver], desk.check(number), who=by.who)
    return check(by, issue)


@router.get("/issues/{issue}/rendition", tags=["sending"])
def rendition(by: By, issue: IssueRef) -> Json:
    """The mail as nobody in particular gets it: subject, sender, HTML, text: `issue render`."""
    from newsletter.model.merge import UNSUBSCRIBE
    from newsletter.model.personal import NOBODY
    from newsletter.model.reading import html_for, text_for

    data = by.place.proofs.of(by.desk, by.desk.number(number_of(issue)))
    html = html_for(data, {UNSUBSCRIBE: "#"}, NOBODY)
    text = text_for(data, {UNSUBSCRIBE: f"{data.base_url}/unsubscribe/…"}, NOBODY)
    size = len(html.encode())
    return {"subject": data.subject, "sender": data.sender, "html": html, "text": text, "bytes": size}


class To(Body):
    """Who gets it."""

    to: Annotated[list[Line], Field(min_length=1, max_length=20)]


@router.post("/issues/{issue}/test")
def test(by: By, issue: IssueRef, body: To) -> Json:
    """Send a marked test; the ledger is not touched: `issue test`."""
    sent, failed = send_test(by.desk, number_of(issue), body.to)
    return {"sent": sent, "failed": failed}


@router.post("/issues/{issue}/approve", dependencies=PUBLISH)
def approve(by: By, response: Response, issue: InPath) -> Json:
    """Check a draft and freeze what readers will receive: `issue approve`."""
    return _shown(by, response, by.desk.approve(issue))


@router.post("/issues/{issue}/reopen", dependencies=PUBLISH)
def reopen(by: By, response: Response, issue: IssueRef) -> Json:
    """Back to a draft; its schedule is withdrawn: `issue reopen`."""
    return _shown(by, response, by.desk.reopen(by.desk.number(number_of(issue))))


class Plan(Body):
    """When: `2026-12-04T09:00` in the newsletter's zone, or with an offset or a zone's name."""

    at: Line
    approve: bool = False
    segment: Line | None = None


@router.post("/issues/{issue}/schedule", dependencies=PUBLISH)
def schedule(by: By, response: Response, issue: InPath, body: Plan) -> Json:
    """Plan when it goes out: `issue schedule`."""
    planned = replace(read_when(body.at, by.publication.zone), segment=body.segment)
    if planned.at > by.clock.now() + FURTHEST:
        raise Refused("That is more than 2 years ahead; choose an earlier day.", code="too-far", where="at")
    done = by.desk.schedule(issue, planned, approve=body.approve)
    by.place.wake()
    return _shown(by, response, done)


@router.post("/issues/{issue}/unschedule", dependencies=PUBLISH)
def unschedule(by: By, response: Response, issue: IssueRef) -> Json:
    """Withdraw the schedule; it stays approved: `issue unschedule`."""
    return _shown(by, response, by.desk.unschedule(by.desk.number(number_of(issue))))


class Send(Body):
    """`sure` must be true: mail cannot be taken back."""

    sure: bool = False
    approve: bool = False
    segment: Line | None = None
    canary: Annotated[int, Field(ge=0, le=10**6)] = 0
    canary_wait: Annotated[float, Field(ge=0, le=1440, description="Minutes.")] = 10


@router.post("/issues/{issue}/send", status_code=202, dependencies=PUBLISH)
def send(by: By, issue: InPath, body: Send) -> Json:
    """Begin to send now, and answer at once: `issue send --yes`. Again it continues, and repeats nobody."""
    if not body.sure:
        raise NewsletterError("Mail cannot be taken back: say “sure”: true.", code="not-sure", where="sure")
    wait = timedelta(minutes=body.canary_wait)
    by.desk.start(issue, approve=body.approve, segment=body.segment, canary=body.canary, canary_wait=wait)
    by.place.wake()
    return counts_json(*by.desk.status(issue))


@router.get("/issues/{issue}/status")
def status(by: By, issue: IssueRef) -> Json:
    """The counts of the ledger: `issue status`."""
    return counts_json(*by.desk.status(number_of(issue)))


@router.get("/issues/{issue}/deliveries")
def list_deliveries(
    by: By,
    request: Request,
    response: Response,
    issue: IssueRef,
    state: DeliveryState | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> list[Json]:
    """The ledger, one row for each reader: `issue deliveries`."""
    (last,) = after(cursor)
    with by.store.reading() as tx:
        wanted = issues.get(tx, by.publication.id, number_of(issue))
        rows = deliveries.listing(tx, wanted.id, state, after=min(last, LARGEST_BIG), limit=limit + 1)
    shown = page(request, response, rows, limit, lambda row: cursor_of(row.id))
    return [delivery_json(row) for row in shown]


@router.post("/issues/{issue}/pause", dependencies=PUBLISH)
def pause(by: By, issue: IssueRef) -> Json:
    """Stop within one message for each connection: `issue pause`."""
    return counts_json(*steering.pause(by.desk, by.desk.number(number_of(issue))))


@router.post("/issues/{issue}/resume", dependencies=PUBLISH)
def resume(by: By, issue: IssueRef) -> Json:
    """Go on where it was paused: `issue resume`."""
    done = counts_json(*steering.resume(by.desk, by.desk.number(number_of(issue))))
    by.place.wake()
    return done


@router.post("/issues/{issue}/cancel", dependencies=PUBLISH)
def cancel(by: By, issue: InPath) -> Json:
    """End it for good: `issue cancel`."""
    return counts_json(*steering.cancel(by.desk, issue))


class Resolution(Body):
    """What becomes of the uncertain ones: these, or all."""

    decision: Literal["resend", "assume-sent"]
    deliveries: Annotated[list[Annotated[int, Field(ge=1, le=LARGEST_BIG)]], Field(max_length=1000)] | None = None


@router.post("/issues/{issue}/resolve", dependencies=PUBLISH)
def resolve(by: By, issue: IssueRef, body: Resolution) -> Json:
    """Decide the uncertain deliveries: `issue resolve`."""
    ids = None if body.deliveries is None else [DeliveryId(one) for one in body.deliveries]
    done = steering.resolve(by.desk, by.desk.number(number_of(issue)), body.decision, ids)
    by.place.wake()
    return counts_json(*done)


class Correction(Body):
    """What was wrong; `send` also drafts a short issue to those who have it."""

    note: Text
    send: bool = False


@router.post("/issues/{issue}/correct", dependencies=PUBLISH)
def correct(by: By, response: Response, issue: InPath, body: Correction) -> Json:
    """A dated note and a corrected page in the archive: `issue correct`."""
    from newsletter.workflows import correct as workflow

    corrected = workflow.correct(by.desk, issue, body.note)
    return _shown(by, response, workflow.draft_letter(by.desk, issue, body.note) if body.send else corrected)
