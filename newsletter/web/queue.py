"""The queue on the desk: its list, and the forms that decide about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request, Response

from newsletter.errors import NewsletterError
from newsletter.model.issue import Issue
from newsletter.model.item import ItemId, Triage
from newsletter.model.publication import PublicationId
from newsletter.model.source import SourceId
from newsletter.model.step import Step
from newsletter.model.wanted import Row, Wanted
from newsletter.queue import triage as steps
from newsletter.store import Tx, arrivals, items, queue, queue_filters, sources
from newsletter.store import triage as decisions
from newsletter.text.characters import one_line
from newsletter.web.alike import most_alike
from newsletter.web.languages import gettext as _
from newsletter.web.languages import ngettext
from newsletter.web.numbers import Id
from newsletter.web.page import back
from newsletter.web.place import editor_of, place_of, user_of
from newsletter.web.rows import ShownRow, by_day, done, shown_row, title_of, undone
from newsletter.web.shown import section_name, shorten
from newsletter.web.view import View, view_at

router = APIRouter()

TRIAGE = {"pick": Triage.PICKED, "skip": Triage.SKIPPED, "snooze": Triage.SNOOZED, "restore": Triage.NEW}
STANDS = timedelta(hours=18)
"""How long a list stays as it stood; a page that is older begins again."""
UNDO_WITHIN = timedelta(days=7)
"""How long the last step is offered for taking back."""
AGES = (1, 3, 7, 14, 30)
"""Days that the filter offers."""
CANDIDATES = 8
"""Items that are offered as the same story."""
COMPARED = 400
"""The newest rows among which the same story is looked for."""


def standing(view: View, now: datetime, newest: int) -> View:
    """The view with the moment of its list: what comes or is decided later moves nothing."""
    begun = datetime.fromtimestamp(view.at / 1000, UTC) if view.at else None
    if begun is not None and view.upto is not None and timedelta() <= now - begun < STANDS:
        return view
    return View(**{**vars(view), "at": int(now.timestamp() * 1000), "upto": newest})


def wanted_by(view: View, now: datetime) -> Wanted:
    """The question of a view to the queue."""
    return Wanted(
        state=None if view.state == "all" else Triage(view.state),
        words=view.q,
        source=SourceId(view.source) if view.source else None,
        section=view.for_,
        language=view.lang,
        since=now - timedelta(days=view.days) if view.days else None,
        at=datetime.fromtimestamp(view.at / 1000, UTC) if view.at else None,
        upto=view.upto,
    )


def queue_values(request: Request, view: View, issue: Issue | None) -> dict[str, Any]:
    """The values of `queue.html.j2`, with the view whose list stands still."""
    place, user = place_of(request), user_of(request)
    publication, now = place.publication(), place.clock.now()
    with place.store.reading() as tx:
        newest = arrivals.newest(tx, publication.id)
        view = standing(view, now, newest)
        wanted = wanted_by(view, now)
        found = queue.listing(tx, publication.id, wanted, now=now, limit=view.limit + 1)
        counts = decisions.rows(tx, publication.id)
        coming = arrivals.since(tx, publication.id, view.upto or 0)
        kept = queue_filters.listing(tx, publication.id, user.id)
        filters = [
            (one, queue.count(tx, publication.id, wanted_by(view_at(f"/?{one.query}"), now), now=now)) for one in kept
        ]
        every_source = sources.listing(tx, publication.id)
        step = _last(tx, publication.id, user.name, now)
        languages, names = _languages(tx, publication.id, newest), queue.sections(tx, publication.id)
        listed = issue.outline.sections if issue else ()
        rows = [
            shown_row(row, wanted=wanted.state, sections=listed, zone=ZoneInfo(publication.zone))
            for row in found[: view.limit]
        ]
        selected = next((row for row in rows if view.item in row.row.members), None) or next(
            (row for row in rows if not row.is_decided), rows[0] if rows else None
        )
        alike = _alike(tx, selected.row, view, now, publication.id) if selected and view.open_ == "same" else []
    return {
        "view": view,
        "counts": counts,
        "days": by_day(rows, publication, now),
        "rows": rows,
        "more": len(found) > view.limit,
        "selected": selected,
        "alike": alike,
        "arrived": len({(one.story, 0) if one.story else (0, one.item) for one in coming}),
        "filters": filters,
        "current_filter": next((one for one in kept if one.query == view.query), None),
        "sources": every_source,
        "has_sources": bool(every_source),
        "languages": languages,
        "section_names": sorted({*names, *(one.name for one in listed if one.name)}, key=str.casefold),
        "ages": AGES,
        "into": next((one.id for one in listed if one.id == view.into), listed[0].id if listed else None),
        "listed": [(one.id, section_name(one, place)) for place, one in enumerate(listed, 1)],
        "listed_names": {one.id: section_name(one, place) for place, one in enumerate(listed, 1)},
        "following": _following(rows, selected),
        "filter_words": filter_in_words(view, {one.id: one.name for one in every_source}),
        "step": step,
        "triage_title": title_of,
    }


def beside_the_queue(request: Request, view: View) -> dict[str, Any]:
    """What the other panes show of the queue: how much waits."""
    place = place_of(request)
    with place.store.reading() as tx:
        return {"view": view, "counts": decisions.rows(tx, place.publication_id)}


_spoken: dict[tuple[str, int], tuple[int, list[str]]] = {}
"""The languages of each queue, and the newest item when they were looked for: they change with new items only."""


def _languages(tx: Tx, publication: PublicationId, newest: int) -> list[str]:
    key = (str(tx.engine.url), publication)
    known = _spoken.get(key)
    if known is None or known[0] != newest:
        known = _spoken[key] = newest, queue.languages(tx, publication)
    return known[1]


def _following(rows: Sequence[ShownRow], selected: ShownRow | None) -> int | None:
    """The row that is selected next: the next one to decide, else the one before."""
    if selected is None:
        return None
    index = rows.index(selected)
    waiting = [row for row in (*rows[index + 1 :], *reversed(rows[:index])) if not row.is_decided]
    return waiting[0].id if waiting else None


def filter_in_words(view: View, names: dict[int, str]) -> str:
    """What the list is narrowed to: `All sources, last 7 days, de`."""
    parts = [shorten(names[view.source], 40) if view.source in names else _("All sources")]
    if view.for_:
        parts.append(_("for %(section)s", section=view.for_))
    if view.days:
        parts.append(ngettext("last day", "last %(n)s days", view.days))
    if view.lang:
        parts.append(view.lang)
    return ", ".join(parts)


def _last(tx: Tx, publication: Any, who: str, now: datetime) -> tuple[Step, str, list[ItemId]] | None:
    """The last step that can be taken back, in words, and what of it was skipped and may get a reason."""
    step = decisions.last_step(tx, publication, who)
    if step is None or now - step.at > UNDO_WITHIN:
        return None
    ids = [change.item for change in step.changes]
    told = items.get(tx, publication, ids[:1], now=now) if ids else []
    mine = [key for change in step.changes if change.after is Triage.SKIPPED for key in [change.item]]
    words = done(step.what, told[0].latest.title if told else "", max(1, len(ids)), step.issue)
    return step, words, mine if step.what == "skip" else []


def _alike(tx: Tx, row: Row, view: View, now: datetime, publication: Any) -> list[Row]:
    """The rows that may tell the same story, the most alike first; those with the words that were asked for."""
    everything = Wanted(state=None, words=view.q, since=None if view.q else now - timedelta(days=30))
    found = queue.listing(tx, publication, everything, now=now, limit=COMPARED)
    others = [one for one in found if one.item.id not in row.members and row.item.id not in one.members]
    return most_alike(row, others, CANDIDATES)


@router.post("/queue")
def triage(
    request: Request,
    do: Annotated[str, Form()] = "",
    item: Annotated[list[Id] | None, Form()] = None,
    view: Annotated[str, Form()] = "/",
    issue: Annotated[Id | None, Form()] = None,
    section: Annotated[str | None, Form()] = None,
    following: Annotated[Id | None, Form()] = None,
    with_: Annotated[list[Id] | None, Form(alias="with")] = None,
    lead: Annotated[Id | None, Form()] = None,
    part: Annotated[Id | None, Form()] = None,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Decide about items: pick, skip, snooze, restore, put into the draft; join, part and credit stories; take back.

    The list comes back as it stood, at the row that followed, so that it does not jump under one's eyes.
    """
    ids = [ItemId(one) for one in item or []]
    editor, seen = editor_of(request), view_at(view)
    try:
        if lead or part:
            key = ItemId(lead or part or 0)
            one = steps.credit(editor, key) if lead else steps.part(editor, key)
            said = done("lead" if lead else "part", one.latest.outlet or one.latest.title, 1)
            return back(request, _at(seen, item=key, open_=""), said)
        if do == "undo":
            return _undo(request, seen)
        if not ids:
            raise NewsletterError(_("Tick an item first, or select one."), code="usage")
        if do == "same":
            joined = steps.same(editor, [*ids, *(ItemId(one) for one in with_ or [])])
            return back(request, _at(seen, item=ids[0], open_=""), done(do, joined[0].latest.title, 1))
        if do == "because":
            steps.because(editor, ids, reason)
            return back(request, _at(seen), _("The reason is kept."))
        if do == "add" and issue is not None:
            own = _own_section(request, ids, issue, section)
            draft, added = steps.accept(editor, issue, ids, section=section or None)
            title = _title(request, ids) if added == 1 else ""
            into = seen.into if own or not section else int(section) if section.isdecimal() else seen.into
            return back(request, _at(seen, following, into=into), done(do, title, added, draft.number))
        if do not in TRIAGE:
            raise NewsletterError(_("The desk knows pick, skip, snooze, restore, same and add."))
        if do == "pick" and following is not None and _section_of(request, ids):
            section = None  # what the row proposes is for the draft; the item keeps its own
        named = section_by_name(request, issue, section)
        decided = steps.decide(editor, ids, TRIAGE[do], section=named, reason=reason)
    except NewsletterError as error:
        return back(request, _at(seen, ids[0] if ids else None), error.message, level="error")
    return back(request, _at(seen, following), done(do, decided[0].latest.title, len(decided)))


def _at(seen: View, item: int | None = None, **changes: Any) -> str:
    if item is not None:
        changes["item"] = item
    anchor = f"s-{item}" if item else "queue"
    return seen.to(anchor, **{"open_": "", **changes})


def _undo(request: Request, seen: View) -> Response:
    taken = steps.undo(editor_of(request))
    first = taken.items[0] if taken.items else None
    said = undone(taken.step, first.latest.title if first else "", taken.left)
    return back(request, _at(seen, first.id if first else None), said)


def _title(request: Request, ids: Sequence[ItemId]) -> str:
    place = place_of(request)
    with place.store.reading() as tx:
        return items.get(tx, place.publication_id, ids[:1], now=place.clock.now())[0].latest.title


def _section_of(request: Request, ids: Sequence[ItemId]) -> str | None:
    place = place_of(request)
    with place.store.reading() as tx:
        return items.get(tx, place.publication_id, ids[:1], now=place.clock.now())[0].section


def _own_section(request: Request, ids: Sequence[ItemId], issue: int, section: str | None) -> bool:
    """Whether the section is where the item goes by itself: then it is not the current one for the next."""
    from newsletter.store import issues

    place = place_of(request)
    with place.store.reading() as tx:
        one = items.get(tx, place.publication_id, ids[:1], now=place.clock.now())[0]
        listed = issues.get(tx, place.publication_id, issue).outline.sections
    own = (one.section or "").casefold()
    return any(own and part.name.casefold() == own and str(part.id) == section for part in listed)


def section_by_name(request: Request, issue: int | None, section: str | None) -> str | None:
    """The heading of the section that a form names by its number or heading; none where it names none."""
    if not section or not section.isdecimal() or issue is None:
        return section or None
    from newsletter.store import issues

    place = place_of(request)
    with place.store.reading() as tx:
        listed = issues.get(tx, place.publication_id, issue).outline.sections
    return next((part.name for part in listed if str(part.id) == section), None) or None


@router.post("/queue/filters")
def keep_filter(
    request: Request,
    name: Annotated[str, Form()] = "",
    view: Annotated[str, Form()] = "/",
    do: Annotated[str, Form()] = "",
) -> Response:
    """Keep what is looked for under a name, or forget it (`do=forget`)."""
    place, user, seen = place_of(request), user_of(request), view_at(view)
    name = one_line(name)[:60]
    try:
        with place.store.writing() as tx:
            if do.startswith("forget:") and do[7:].isdecimal() and len(do) < 17:
                queue_filters.forget(tx, place.publication_id, user.id, int(do[7:]))
                return back(request, seen.to("queue"), _("The filter is forgotten."))
            if not name:
                raise NewsletterError(_("Write a name for the filter."))
            if not seen.query:
                raise NewsletterError(_("Choose a filter first; there is nothing to keep."))
            queue_filters.keep(tx, place.publication_id, user.id, name, seen.query)
    except NewsletterError as error:
        return back(request, seen.to("queue"), error.message, level="error")
    return back(request, seen.to("queue"), _("Kept as “%(name)s”.", name=name))
