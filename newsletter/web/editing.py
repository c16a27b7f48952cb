"""What the forms of the outline answer: back to where one was, both texts after a conflict, or a line of JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

from fastapi import Depends, Request, Response
from markupsafe import Markup
from starlette.responses import JSONResponse

from newsletter.errors import Conflict, NewsletterError
from newsletter.model.issue import Issue
from newsletter.store import arrivals
from newsletter.web.bodies import USUAL
from newsletter.web.languages import gettext as _
from newsletter.web.numbers import whole
from newsletter.web.page import back, local, page, told_here
from newsletter.web.place import editor_of, place_of

Seen = TypeVar("Seen")

LOOKS = 5
"""How often is looked again where others save other fields of the same block at the same moment."""
AUTOSAVE = "x-autosave"
"""The header of a page that saves by itself while somebody types."""


def block_fields() -> dict[str, str]:
    """The fields of a block, and what they are called."""
    return {
        "headline": _("Headline"),
        "teaser": _("Teaser"),
        "blurb": _("Blurb"),
        "alt": _("What it shows"),
        "outlet": _("Outlet"),
        "url": _("Link"),
        "tags": _("Tags"),
    }


def letter_fields() -> dict[str, str]:
    """The fields of an issue, and what they are called."""
    return {"title": _("Title"), "subject": _("Subject"), "preheader": _("Preheader")}


async def form_fields(request: Request) -> dict[str, str]:
    """The texts of a form; what was not in it stays as it is, so its absence counts."""
    form = await request.form(max_part_size=USUAL)  # a text that is too long comes back, with a sentence
    return {name: value for name, value in form.items() if isinstance(value, str)}


Fields = Annotated[dict[str, str], Depends(form_fields)]


def is_autosave(request: Request) -> bool:
    """Whether a page saves by itself, and wants JSON."""
    return AUTOSAVE in request.headers


def version_in(form: dict[str, str]) -> int | None:
    """The version that the person saw. Raises NewsletterError where it is no number."""
    return whole(form.get("version", ""), what=_("A version"))


def at(view: str, anchor: str) -> str:
    """A view of the desk, at another place."""
    return view.split("#")[0] + f"#{anchor}"


def edited(
    request: Request,
    view: str,
    anchor: str,
    edit: Callable[[], Issue] | None,
    say: Callable[[Issue], str] | None = None,
) -> Response:
    """Do one edit, and go back to where it was asked for; what went wrong is said there."""
    try:
        if edit is None:
            raise NewsletterError(_("The desk does not know that button."))
        issue = edit()
    except NewsletterError as error:
        return back(request, at(view, anchor), error.message, level="error")
    return back(request, at(view, anchor), say(issue) if say else _("Saved."))


def saved(request: Request, number: int, version: int) -> Response:
    """The answer to a page that saved by itself: the version it has now, the state of the draft, and when that was."""
    place, publication = place_of(request), editor_of(request).publication
    with place.store.reading() as tx:
        state = " ".join(map(str, arrivals.drafts(tx, publication.id).get(number, [])))
    clock = f"{place.clock.now().astimezone(ZoneInfo(publication.zone)):%H:%M}"
    return JSONResponse({"version": version, "state": state, "clock": clock})


def refused(request: Request, error: NewsletterError, status: int = 400) -> Response:
    """The answer to a page that saved by itself, where it could not be."""
    return JSONResponse({"why": told_here(error.message)}, status)


def both(
    request: Request, form: dict[str, str], labels: dict[str, str], mine: dict[str, str], theirs: object, version: int
) -> Response:
    """Two people saved: both texts, and a way to keep either. Nothing that was typed is lost."""
    rows = [(name, label, mine[name], getattr(theirs, name) or "") for name, label in labels.items() if name in mine]
    if is_autosave(request):
        there = {name: value for name, _label, _mine, value in rows}
        line = Markup("<dt>{}</dt><dd>{}</dd>")
        shown = Markup("").join(line.format(label, value or "–") for _name, label, mine, value in rows if value != mine)
        return JSONResponse({"version": version, "theirs": there, "shown": shown}, 409)
    return page(
        request,
        "conflict",
        status=409,
        action=request.url.path,
        view=local(form.get("view")),
        hidden={key: form[key] for key in ("teaser_rank", "section") if key in form},
        version=version,
        rows=rows,
    )


def says_what_it_saw(form: dict[str, str]) -> bool:
    """Whether a page names what each of its fields held, so that two people may edit two fields."""
    return any(name.startswith("was_") for name in form)


def untouched(form: dict[str, str], mine: dict[str, str], theirs: object) -> dict[str, str] | None:
    """What of my fields is still to be saved over a newer version, where nobody else touched those fields.

    A page names what it saw of a field as `was_FIELD`. None: somebody did, or the page does not say what it saw.
    """
    rest = {name: value for name, value in mine.items() if (getattr(theirs, name) or "") != value}
    seen = {name: form.get(f"was_{name}") for name in rest}
    if all(was is not None and was == (getattr(theirs, name) or "") for name, was in seen.items()):
        return rest
    return None


def laid_over(
    form: dict[str, str],
    mine: dict[str, str],
    look: Callable[[], Seen],
    save: Callable[[Seen, dict[str, str]], Issue],
) -> Issue:
    """Save my fields over what stands there now, where nobody else touched just those.

    `save` says of which version it was told, and raises Conflict where another save came between: then it is looked
    again. Raises Conflict where somebody touched the same field.
    """
    for looks in range(1, LOOKS + 1):
        theirs = look()
        rest = untouched(form, mine, theirs)
        if rest is None:
            break
        try:
            return save(theirs, rest)
        except Conflict:
            if looks == LOOKS:
                raise
    raise Conflict("Somebody changed this meanwhile; look at it again before you save.")
