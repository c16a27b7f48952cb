"""The sources: where items come from, how each is, and a button to look at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from newsletter.errors import NewsletterError
from newsletter.model.source import SourceId, SourceStatus
from newsletter.store import collections, source_use, sources
from newsletter.web.bookmarklet import bookmarklet
from newsletter.web.languages import gettext as _
from newsletter.web.languages import ngettext
from newsletter.web.numbers import InPath
from newsletter.web.page import back, page
from newsletter.web.place import place_of

router = APIRouter()

NEED_A_LOOK = frozenset({SourceStatus.ERROR, SourceStatus.GONE, SourceStatus.WAITING})
RUNS = 10
"""Past runs that are shown."""


@router.get("/sources")
def listing(request: Request) -> Response:
    """All sources, those that need a look first; what earlier runs said; the link to clip pages with."""
    from newsletter.workflows.collect import waits_because

    place = place_of(request)
    with place.store.reading() as tx:
        found = sources.listing(tx, place.publication_id)
        used = source_use.by_source(tx, place.publication_id)
        runs = collections.listing(tx, place.publication_id, RUNS)
    ill = [source for source in found if source.status in NEED_A_LOOK or source.error]
    unread = [source for source in found if source.status is SourceStatus.NEW and source not in ill]
    well = [source for source in found if source not in ill and source not in unread]
    looks = [source.last_checked for source in found if source.last_checked]
    now = place.clock.now()
    return page(
        request,
        "sources",
        groups=[
            (_("Need a look"), ill, ""),
            (_("Not read yet"), unread, _("“Collect now” reads them for the first time; then you see what they have.")),
            (_("Well"), well, ""),
        ],
        last=max(looks, default=None),
        waits=lambda source: waits_because(source, now),
        used=used,
        dead=frozenset(one.id for one in found if one.active and one.is_dead(now)),
        runs=runs,
        bookmarklet=bookmarklet(str(request.base_url)),
    )


@router.post("/sources")
def add(
    request: Request,
    address: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    section: Annotated[str, Form()] = "",
    chosen: Annotated[str, Form()] = "",
) -> Response:
    """A feed by its address, a page with a feed, a mailbox, or a folder; `chosen`: what a page offered, or the page."""
    from newsletter.workflows import sources as workflow

    place = place_of(request)
    address = address.strip()
    if not chosen:
        offers = workflow.offered(place.settings, place.clock, address)
        if len(offers) > 1:
            return page(request, "source_choice", address=address, section=section.strip(), offers=offers, source=None)
        chosen = offers[0].url if offers else address
    try:
        source = workflow.add(
            place.store,
            place.clock,
            place.publication(),
            chosen,
            name=name.strip() or None,
            section=section.strip() or None,
        )
    except NewsletterError as error:
        return back(request, "/sources", error.message, level="error")
    return back(request, "/sources", _("Added %(name)s. Collect to see what it has.", name=source.name))


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
    changed = sum(outcome.updated for outcome in report.outcomes)
    said = _("%(new)s new, %(changed)s changed.", new=new, changed=changed)
    if failed:
        said += " " + ngettext(
            "%(n)s source could not be read; see below.", "%(n)s sources could not be read; see below.", failed
        )
    return back(request, "/sources" if failed or not new else "/", said)


@router.post("/sources/{source}/remove")
def remove(request: Request, source: InPath) -> Response:
    """Take no longer from it; what was collected stays."""
    place = place_of(request)
    with place.store.writing() as tx:
        gone = sources.remove(tx, place.publication_id, SourceId(source))
    return back(request, "/sources", _("%(name)s is removed; what it brought stays.", name=gone.name))
