"""A form that is sent after the session ended, from a page that has been open for long: what was typed comes back.

Nothing is kept here. The answer holds the fields, and a button that sends them again after one has signed in.
"""

from __future__ import annotations

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from newsletter.web.editing import block_fields, letter_fields
from newsletter.web.languages import gettext as _
from newsletter.web.page import local, page

LONGEST = 300_000
"""Bytes of a form that is told back to who is nobody to us: more than the longest text."""
MOST_FIELDS = 100
_SECRET = re.compile(r"pass|secret|token|code|key|again|now$")
"""Names of fields that are never told back."""
_FORM = "application/x-www-form-urlencoded"


async def sign_in_first(scope: Scope, receive: Receive, send: Send) -> None:
    """The answer to a form of nobody: a page for a person, a line for a script."""
    request = Request(scope, receive)
    answer = PlainTextResponse("Sign in first.\n", 401)
    is_by_hand = not {"x-swap", "x-autosave"} & set(request.headers.keys())
    length = int(request.headers.get("content-length", "0"))
    if is_by_hand and request.headers.get("content-type", "").startswith(_FORM) and length <= LONGEST:
        try:
            form = await request.form(max_fields=MOST_FIELDS)
        except HTTPException as error:
            answer = PlainTextResponse(f"{_('Sign in first.')}\n", 408 if error.status_code == 408 else 401)
        else:
            fields = [(name, str(value)) for name, value in form.multi_items() if not _SECRET.search(name)]
            has_secrets = len(fields) < len(form.multi_items())
            view = next((value for name, value in fields if name == "view"), "/")
            labels = {**block_fields(), **letter_fields(), "name": _("Name"), "lines": _("Events")}
            texts = [(labels.get(name, name), name, value) for name, value in fields if is_text(name, value, labels)]
            rest = [(name, value) for name, value in fields if not is_text(name, value, labels)]
            answer = page(  # type: ignore[assignment]
                request,
                "late",
                status=401,
                action="" if has_secrets else request.url.path,
                wanted=local(view),
                texts=texts,
                rest=rest,
            )
    await answer(scope, receive, send)


def is_text(name: str, value: str, labels: dict[str, str]) -> bool:
    """Whether a field holds what somebody typed, and not what a page put there."""
    return bool(value) and name != "view" and not name.startswith("was_") and (name in labels or len(value.split()) > 1)
