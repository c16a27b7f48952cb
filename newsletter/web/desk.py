"""The desk: the queue, the outline of the draft, and its preview, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from newsletter.errors import NewsletterError
from newsletter.model.issue import IssueState
from newsletter.model.item import Item, ItemId, Triage
from newsletter.model.publication import Publication
from newsletter.queue.outline import items_in
from newsletter.store import issues, items, sources
from newsletter.store import triage as decisions
from newsletter.text.plain import plain
from newsletter.web.draft import draft_values
from newsletter.web.numbers import Id
from newsletter.web.page import back, page
from newsletter.web.place import editor_of, place_of
from newsletter.web.shown import shorten
from newsletter.web.view import view_of

router = APIRouter()

EXCERPT = 500
"""Characters of an excerpt in the queue."""
TRIAGE = {"pick": Triage.PICKED, "skip": Triage.SKIPPED, "snooze": Triage.SNOOZED, "restore": Triage.NEW}
SAID = {"pick": "Picked", "skip": "Skipped", "snooze": "Snoozed", "restore": "Decide again about"}


@router.get("/")
def desk(request: Request) -> Response:
    """The three panes."""
    place, view = place_of(request), view_of(request)
    publication = place.publication()
    with place.store.reading() as tx:
        everything = issues.listing(tx, publication.id)
        drafts = [issue for issue in everything if issue.state is IssueState.DRAFT]
        number = view.issue or (drafts[0].number if drafts else None)
        issue = issues.get(tx, publication.id, number) if number else None
        counts = decisions.counts(tx, publication.id)
        state = None if view.state == "all" else Triage(view.state)
        now = place.clock.now()
        found = items.listing(tx, publication.id, now=now, state=state, search=view.q or None, limit=view.limit + 1)
        has_sources = bool(sources.listing(tx, publication.id))
        waiting = decisions.picked(tx, publication.id) - issues.carried(tx, publication.id)
        if issue is not None:
            waiting -= items_in(issue.outline)
    if issue is not None and issue.state is not IssueState.DRAFT:
        return RedirectResponse(f"/issues/{issue.number}", 303)
    return page(
        request,
        "desk",
        view=view,
        counts=counts,
        days=by_day(found[: view.limit], publication, now),
        shown_at=lambda item: shown_at(item, now),
        waiting=len(waiting),
        more=len(found) > view.limit,
        has_sources=has_sources,
        others=[one for one in drafts if issue is None or one.number != issue.number],
        shorten=shorten,
        plain=lambda html: shorten(plain(html), EXCERPT),
        **draft_values(request, issue),
    )


def by_day(found: Sequence[Item], publication: Publication, now: datetime) -> list[tuple[str, list[Item]]]:
    """Items under the day on which they appeared, in the newsletter's zone, in the order given."""
    zone = ZoneInfo(publication.zone)
    today = now.astimezone(zone).date()
    days: list[tuple[str, list[Item]]] = []
    for item in found:
        day = shown_at(item, now).astimezone(zone).date()
        age = (today - day).days
        name = f"{day:%A} {day.day} {day:%B}" + (f" {day:%Y}" if day.year != today.year else "")
        name = {0: f"Today, {name}", 1: f"Yesterday, {name}"}.get(age, name)
        if not days or days[-1][0] != name:
            days.append((name, []))
        days[-1][1].append(item)
    return days


def shown_at(item: Item, now: datetime) -> datetime:
    """The moment under which the queue lists an item: when it was published, unless that makes no sense."""
    published = item.latest.published
    return published if published and published.year >= 1995 and published <= now else item.first_seen


@router.post("/queue")
def triage(
    request: Request,
    do: Annotated[str, Form()],
    item: Annotated[list[Id], Form()],
    view: Annotated[str, Form()] = "/",
    issue: Annotated[Id | None, Form()] = None,
    section: Annotated[str | None, Form()] = None,
    following: Annotated[Id | None, Form()] = None,
) -> Response:
    """Decide about the ticked items: pick, skip, snooze, restore; or put them into the draft.

    The list comes back at the item that followed, so that it does not jump under one's eyes.
    """
    view = f"{view.split('#')[0]}#{f's-{following}' if following else 'queue'}"
    place, editor = place_of(request), editor_of(request)
    ids = [ItemId(one) for one in item]
    try:
        if do == "add" and issue is not None:
            editor.add_items(issue, ids, section=section)
            return back(request, view, f"{_count(ids)} in issue {issue} now.")
        if do not in TRIAGE:
            raise NewsletterError("The desk knows pick, skip, snooze, restore and add.")
        with place.store.writing() as tx:
            decided = items.decide(
                tx, editor.publication.id, ids, TRIAGE[do], section=section or None, now=place.clock.now()
            )
    except NewsletterError as error:
        return back(request, view, error.message, level="error")
    title = decided[0].latest.title if len(decided) == 1 else ""
    return back(request, view, f"{SAID[do]} {f'“{shorten(title, 60)}”' if title else _count(ids)}.")


def _count(ids: Sequence[ItemId]) -> str:
    return "1 item" if len(ids) == 1 else f"{len(ids)} items"
