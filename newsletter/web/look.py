"""The look of the newsletter: a form made of the variables of its theme, beside the theme's sample issue."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import HTMLResponse

from newsletter.errors import NewsletterError
from newsletter.model.user import Role
from newsletter.web.editing import Fields
from newsletter.web.languages import gettext as _
from newsletter.web.page import back, page
from newsletter.web.place import desk_of
from newsletter.web.preview import POLICY, forced
from newsletter.web.recording import remark
from newsletter.web.roles import needs
from newsletter.workflows.looks import look_of, set_look
from newsletter.workflows.themes import sample_in, themes

router = APIRouter()

HERE = "/look"
_Theme = Annotated[str, Query(max_length=100)]


@router.get(HERE, dependencies=[needs(Role.PUBLISHER)])
def look(request: Request, theme: _Theme = "") -> Response:
    """The variables of a theme, else of the newsletter's own."""
    return _form(request, theme)


@router.post(HERE, dependencies=[needs(Role.PUBLISHER)])
def change(request: Request, form: Fields, theme: _Theme = "") -> Response:
    """All values of the form, or none where one cannot be."""
    desk = desk_of(request)
    try:
        known = look_of(desk, theme or None)
        wanted = {name: form.get(name, "") for name in known.theme.declared if f"of-{name}" in form}
        for name, variable in known.theme.declared.items():
            if variable.type == "switch" and name in wanted:
                wanted[name] = "true" if form.get(name) else "false"
        set_look(desk, theme or None, wanted)
    except NewsletterError as error:
        return _form(request, theme, form=form, error=error.message, status=400)
    remark(request, subject=known.theme.name)
    return back(request, f"{HERE}?theme={known.theme.name}", _("Saved."))


@router.get(HERE + "/sample.html", dependencies=[needs(Role.PUBLISHER)])
def sample(request: Request, theme: _Theme = "", dark: bool = False) -> Response:
    """The sample issue of a theme, as the newsletter has it."""
    desk = desk_of(request)
    found = look_of(desk, theme or None)
    document = forced(sample_in(desk.settings, found.theme.name, look=found.given).html, dark=dark)
    return HTMLResponse(document, headers={"content-security-policy": POLICY, "x-frame-options": "SAMEORIGIN"})


def _form(
    request: Request, theme: str, *, form: dict[str, str] | None = None, error: str = "", status: int = 200
) -> Response:
    desk = desk_of(request)
    found = look_of(desk, theme or None)
    fields = [
        {
            "name": one.name,
            "label": one.label or one.name,
            "type": one.type,
            "value": form.get(one.name, "") if form else _long(one.type, one.value),
            "choices": one.choices,
            "own": one.name in found.given,
        }
        for one in found.theme.declared.values()
    ]
    return page(
        request,
        "look",
        status=status,
        fields=fields,
        theme=found.theme,
        themes=[(name, one.title if one else name) for name, one, _why in themes(desk.settings) if one],
        error=error,
    )


def _long(type: str, value: object) -> object:
    """A browser's field for colours knows six digits only."""
    if type == "colour" and isinstance(value, str) and len(value) == 4:
        return "#" + "".join(digit * 2 for digit in value[1:])
    return value
