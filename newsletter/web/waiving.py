"""A warning on the page of an issue: let it pass, or be warned of it again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from newsletter.errors import NewsletterError
from newsletter.web.languages import gettext as _
from newsletter.web.numbers import InPath
from newsletter.web.page import back
from newsletter.web.place import desk_of, place_of, user_of
from newsletter.workflows.waiving import read_waiver, unwaive, waive

router = APIRouter()


@router.post("/issues/{number}/waive")
def let_pass(
    request: Request,
    number: InPath,
    finding: Annotated[str, Form()] = "",
    undo: bool = False,
    view: Annotated[str, Form()] = "",
) -> Response:
    """`finding` is a code, or a code of one block: CODE:BLOCK."""
    desk = desk_of(request)
    try:
        waiver = read_waiver(finding)
        if undo:
            unwaive(desk, number, [waiver])
        else:
            found = place_of(request).proofs.findings(desk, desk.material(number))
            waive(desk, number, [waiver], found, who=user_of(request).name)
    except NewsletterError as error:
        return back(request, view or f"/issues/{number}#checks", error.message, level="error")
    return back(request, view or f"/issues/{number}#checks", _("Warned of it again.") if undo else _("It may pass."))
