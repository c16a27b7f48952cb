"""The switch that turns single keys off (WCAG 2.2, 2.1.4): kept in the browser, for it is about its keyboard."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from newsletter.model.user import Role
from newsletter.web.languages import gettext as _
from newsletter.web.page import KEYS_OFF, back
from newsletter.web.roles import needs

router = APIRouter()

YEAR = 365 * 24 * 3600


@router.post("/keys", dependencies=[needs(Role.READER)])
def switch(request: Request, keys: Annotated[str, Form()] = "") -> Response:
    """`keys=on`: single keys do something; without it they do not."""
    answer = back(request, "/", _("Single keys work.") if keys == "on" else _("Single keys are off."))
    if keys == "on":
        answer.delete_cookie(KEYS_OFF, httponly=True, samesite="strict")
    else:
        answer.set_cookie(KEYS_OFF, "1", max_age=YEAR, httponly=True, samesite="strict")
    return answer
