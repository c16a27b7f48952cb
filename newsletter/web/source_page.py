"""One source: what it brought and how much of that is used, what an editor wants of it, a new address for it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response

from newsletter.errors import NewsletterError
from newsletter.model.source import Source, SourceId, SourceKind
from newsletter.store import collections, items, source_use, sources
from newsletter.web.languages import gettext as _
from newsletter.web.numbers import InPath
from newsletter.web.page import back, page
from newsletter.web.place import place_of

router = APIRouter()

NEWEST = 10
RUNS = 10
_WEB = (SourceKind.FEED, SourceKind.CALENDAR)
_CHOICES = ("", "30m", "1h", "2h", "6h", "12h", "1d", "7d")


@router.get("/sources/{source}")
def show(request: Request, source: InPath) -> Response:
    """The source with its settings, its newest items and what earlier runs said of it."""
    return _shown(request, source)


@router.post("/sources/{source}")
async def change(request: Request, source: InPath) -> Response:
    """Set the fields that the form has; the others stay."""
    from starlette.concurrency import run_in_threadpool

    form = {name: str(value) for name, value in (await request.form()).items()}
    return await run_in_threadpool(_changed, request, source, form)


def _changed(request: Request, source: int, form: dict[str, str]) -> Response:
    from newsletter.workflows import sources as workflow

    place = place_of(request)
    names = ("name", "outlet", "section", "keep", "skip", "newest", "interval", "url")
    pairs = [f"{name}={form[name].strip()}" for name in names if name in form and (name != "section" or "keep" in form)]
    if "keep" in form:
        pairs.append("active=yes" if form.get("active") else "active=no")
    try:
        changed = workflow.change(place.store, place.publication(), SourceId(source), pairs)
    except NewsletterError as error:
        return _shown(request, source, typed=form, wrong=error.message)
    return back(request, f"/sources/{changed.id}", _("Saved."))


@router.post("/sources/{source}/find")
def find(request: Request, source: InPath, address: Annotated[str, Form()] = "") -> Response:
    """Look for a feed where the source lives: what is found is offered."""
    from newsletter.workflows import sources as workflow

    place = place_of(request)
    with place.store.reading() as tx:
        found = sources.get(tx, place.publication_id, SourceId(source))
    try:
        offers = workflow.find(place.settings, place.clock, address.strip() or found.url)
    except NewsletterError as error:
        return back(request, f"/sources/{source}", error.message, level="error")
    return page(request, "source_choice", address=address.strip() or found.url, section="", offers=offers, source=found)


def _shown(request: Request, key: int, *, typed: dict[str, str] | None = None, wrong: str | None = None) -> Response:
    from newsletter.workflows.collect import waits_because

    place = place_of(request)
    number = SourceId(key)
    with place.store.reading() as tx:
        found = sources.get(tx, place.publication_id, number)
        newest = items.listing(tx, place.publication_id, now=place.clock.now(), source_id=number, limit=NEWEST)
        use = source_use.by_source(tx, place.publication_id).get(number, source_use.NO_USE)
        runs = collections.listing(tx, place.publication_id, 5 * RUNS)
    said = [(run.started_at, one) for run in runs for one in run.report["sources"] if one["id"] == key]
    interval = _interval(found)
    return page(
        request,
        "source",
        status=400 if wrong else 200,
        source=found,
        typed=_typed(found, interval) | (typed or {}),
        choices=[one for one in (*_CHOICES, interval) if one or one == ""],
        newest=newest,
        use=use,
        runs=said[:RUNS],
        waits=waits_because(found, place.clock.now()),
        dead=found.active and found.is_dead(place.clock.now()),
        on_the_web=found.kind in _WEB,
        wrong=wrong,
    )


def _interval(source: Source) -> str:
    seconds = int(source.rules.interval.total_seconds()) if source.rules.interval else 0
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds and seconds % size == 0 and f"{seconds // size}{unit}" in _CHOICES:
            return f"{seconds // size}{unit}"
    return f"{seconds // 60}m" if seconds else ""


def _typed(source: Source, interval: str) -> dict[str, Any]:
    rules = source.rules
    return {
        "name": source.name,
        "outlet": source.outlet or "",
        "section": source.section or "",
        "keep": ", ".join(rules.keep),
        "skip": ", ".join(rules.skip),
        "newest": str(rules.newest or ""),
        "interval": interval,
        "url": source.url,
        "active": "yes" if source.active else "",
    }
