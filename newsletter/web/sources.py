"""The sources: where items come from, how each is, and a button to look at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from newsletter.errors import NewsletterError
from newsletter.model.source import SourceId, SourceStatus
from newsletter.store import sources
from newsletter.web.numbers import InPath
from newsletter.web.page import back, page
from newsletter.web.place import place_of

router = APIRouter()

NEED_A_LOOK = frozenset({SourceStatus.ERROR, SourceStatus.GONE, SourceStatus.WAITING})


@router.get("/sources")
def listing(request: Request) -> Response:
    """All sources, those that need a look first."""
    from newsletter.workflows.collect import waits_because

    place = place_of(request)
    with place.store.reading() as tx:
        found = sources.listing(tx, place.publication_id)
    ill = [source for source in found if source.status in NEED_A_LOOK or source.error]
    well = [source for source in found if source not in ill]
    looks = [source.last_checked for source in found if source.last_checked]
    groups = [("Need a look", ill), ("Well", well)]
    return page(request, "sources", groups=groups, last=max(looks, default=None), waits=waits_because)


@router.post("/sources")
def add(
    request: Request,
    address: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    section: Annotated[str, Form()] = "",
) -> Response:
    """A feed by its address, or a folder by its path."""
    from newsletter.workflows import sources as workflow

    place = place_of(request)
    try:
        source = workflow.add(
            place.store,
            place.clock,
            place.publication(),
            address.strip(),
            name=name.strip() or None,
            section=section.strip() or None,
        )
    except NewsletterError as error:
        return back(request, "/sources", error.message, level="error")
    return back(request, "/sources", f"Added {source.name}. Collect to see what it has.")


@router.post("/sources/collect")
def collect_now(request: Request) -> Response:
    """Ask every source that may be asked now."""
    from newsletter.workflows.collect import collect

    place = place_of(request)
    try:
        report = collect(place.store, place.settings, place.clock, place.publication())
    except NewsletterError as error:
        return back(request, "/sources", error.message, level="error")
    failed = len(report.failed)
    new = sum(outcome.new for outcome in report.outcomes)
    said = f"{new} new, {sum(outcome.updated for outcome in report.outcomes)} changed."
    if failed:
        said += f" {failed} {'source' if failed == 1 else 'sources'} could not be read; see below."
    return back(request, "/sources" if failed or not new else "/", said)


@router.post("/sources/{source}/remove")
def remove(request: Request, source: InPath) -> Response:
    """Take no longer from it; what was collected stays."""
    place = place_of(request)
    with place.store.writing() as tx:
        gone = sources.remove(tx, place.publication_id, SourceId(source))
    return back(request, "/sources", f"{gone.name} is removed; what it brought stays.")
