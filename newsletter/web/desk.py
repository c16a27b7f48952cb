"""The desk: the queue, the outline of the draft, and its preview, side by side."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from newsletter.model.issue import IssueState
from newsletter.model.subscriber import Consent
from newsletter.queue.outline import items_in
from newsletter.store import corrections, issues, subscribers
from newsletter.store import triage as decisions
from newsletter.text.to_markdown import to_markdown
from newsletter.web.draft import NO_DRAFT, draft_values
from newsletter.web.packing import packed
from newsletter.web.page import page
from newsletter.web.place import place_of
from newsletter.web.queue import beside_the_queue, queue_values
from newsletter.web.shown import shorten
from newsletter.web.view import view_of

router = APIRouter()

SWAP = "x-swap"
"""The header by which a script names the parts of the page that it is going to use."""


@router.get("/")
def desk(request: Request) -> Response:
    """The three panes; for a script that swaps parts, only those."""
    place, view = place_of(request), view_of(request)
    publication = place.publication()
    parts = frozenset(request.headers.get(SWAP, "").split()) - {"#main"}
    with place.store.reading() as tx:
        drafts = issues.listing(tx, publication.id, IssueState.DRAFT)
        number = view.issue or (drafts[0].number if drafts else None)
        issue = issues.get(tx, publication.id, number) if number else None
        waiting = decisions.picked(tx, publication.id)
        if issue is not None:
            waiting -= items_in(issue.outline)
        waiting -= issues.carried_of(tx, publication.id, waiting)
        begun = issue is not None or bool(issues.listing(tx, publication.id))
        readers = 0 if begun else subscribers.counts(tx, publication.id)[Consent.CONFIRMED]
        reopened = issue is not None and issue.state is IssueState.SENT and corrections.is_open(tx, issue.id)
    if issue is not None and issue.state is not IssueState.DRAFT and not reopened:
        return RedirectResponse(f"/issues/{issue.number}", 303)
    target = None if reopened else issue  # what was sent takes corrections, and no new items
    first_steps = None if begun else {"sender": bool(publication.sender and publication.address), "readers": readers}
    if parts == {"none"}:
        return Response(status_code=204)
    shows_queue = not parts or "#queue" in parts  # a word typed in the outline asks for the queue's number only
    if parts and parts <= {"#queue", "#tab-queue"}:  # a decision in the queue shows nothing of the mail
        inside = items_in(issue.outline) if issue else frozenset()
        draft = {**NO_DRAFT, "issue": issue, "inside": inside}
    else:
        draft = draft_values(request, issue)
    answer = page(
        request,
        "desk",
        parts=parts,
        first_steps=first_steps,
        waiting=0 if reopened else len(waiting),
        target=target,
        others=[one for one in drafts if issue is None or one.number != issue.number],
        shorten=shorten,
        to_markdown=to_markdown,
        **{**draft, **(queue_values(request, view, target) if shows_queue else beside_the_queue(request, view))},
    )
    return packed(request, answer)
