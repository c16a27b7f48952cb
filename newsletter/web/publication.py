"""The newsletters of the workspace: which one a session works on, their settings, and another one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from starlette.responses import RedirectResponse

from newsletter.errors import NewsletterError
from newsletter.model.publication import Publication
from newsletter.model.user import Role
from newsletter.store import publications, sessions
from newsletter.web.carrying import carrying
from newsletter.web.editing import form_fields
from newsletter.web.languages import gettext as _
from newsletter.web.page import back, page
from newsletter.web.place import place_of, session_of
from newsletter.web.recording import remark
from newsletter.web.roles import needs
from newsletter.workflows import publications as workflow
from newsletter.workflows.pairs import Pair
from newsletter.workflows.shapes import publication_json
from newsletter.workflows.themes import themes

router = APIRouter()
HERE = "/publication"


@router.post("/publication/work-on", dependencies=[needs(Role.READER)])
def work_on(request: Request, to: Annotated[str, Form(max_length=100)] = "") -> Response:
    """Another newsletter from now on, in this browser."""
    with place_of(request).store.writing() as tx:
        wanted = next((one for one in publications.listing(tx) if one.slug == to), None)
        if wanted is None:
            raise NewsletterError(_("There is no such newsletter here."))
        sessions.work_on(tx, session_of(request).key, wanted.id)
    return RedirectResponse(carrying("/", wanted.slug), 303)


@router.get("/publication", dependencies=[needs(Role.ADMIN)])
def settings(request: Request) -> Response:
    """The newsletter itself: its name, sender, postal address, zone, language, look."""
    return _shown(request, _fields(place_of(request).publication()))


def _fields(publication: Publication) -> dict[str, object]:
    """The settings as the form has them: one name of an outlet on a line, for a name may hold a comma."""
    return {**publication_json(publication), "outlets": "\n".join(publication.outlets)}


def _shown(request: Request, fields: dict[str, object], *, status: int = 200, error: str = "") -> Response:
    names = [(name, one.title if one else name) for name, one, _why in themes(place_of(request).settings)]
    return page(request, "publication", status=status, fields=fields, themes=names, error=error)


@router.post("/publication", dependencies=[needs(Role.ADMIN)])
def change(request: Request, form: Annotated[dict[str, str], Depends(form_fields)]) -> Response:
    """Change it: all fields of the form, or none where one cannot be used."""
    place = place_of(request)
    publication = place.publication()
    before = _fields(publication)
    typed = {name: value.replace("\r\n", "\n") for name, value in form.items() if name in before}
    fresh = {name: value for name, value in typed.items() if value != str(before[name])}
    pairs: list[Pair] = [(name, value.split("\n") if name == "outlets" else value) for name, value in fresh.items()]
    try:
        workflow.change(place.store, place.settings, publication, pairs)
    except NewsletterError as error:
        return _shown(request, {**before, **typed}, status=400, error=error.message)
    remark(request, subject=publication.name, fields=", ".join(fresh))
    return back(request, HERE, _("Saved."))


@router.post("/publication/add", dependencies=[needs(Role.ADMIN)])
def add(request: Request, name: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Another newsletter in this workspace."""
    place = place_of(request)
    try:
        made = workflow.add(place.store, place.clock, name)
    except NewsletterError as error:
        return back(request, HERE, error.message, level="error")
    remark(request, subject=made.name)
    return RedirectResponse(carrying(HERE, made.slug), 303)
