"""Who else is here: pages say where their person is, and hear where the others are."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response

from newsletter.model.issue import BlockId
from newsletter.model.publication import PublicationId
from newsletter.store import Tx, issues, presences
from newsletter.web import live
from newsletter.web.languages import gettext as _
from newsletter.web.numbers import LARGEST, InPath
from newsletter.web.place import place_of, user_of

router = APIRouter()


@router.post("/issues/{number}/presence")
def say(
    request: Request,
    number: InPath,
    block: Annotated[int, Form(ge=0, le=LARGEST)] = 0,
    gone: Annotated[bool, Form()] = False,
) -> Response:
    """A page says every few seconds which block its person has open, and when they close it."""
    place, user = place_of(request), user_of(request)
    with place.store.writing() as tx:
        issue = issues.get(tx, place.publication_id, number)
        if gone:
            presences.leave(tx, issue.id, user.id, BlockId(block))
        else:
            presences.say(tx, issue.id, user.id, BlockId(block), now=place.clock.now())
    return Response(status_code=204)


def told(tx: Tx, publication: PublicationId) -> list[dict[str, Any]]:
    """Who is where, for the pages that listen."""
    return [
        {"issue": one.issue, "user": one.user, "who": one.who, "block": one.block}
        for one in presences.everybody(tx, publication)
    ]


live.KINDS["presence"] = told


def here(names: list[str]) -> str:
    """Who else is at the issue, in words."""
    if not names:
        return ""
    if len(names) == 1:
        return _("%(who)s is here too", who=names[0])
    return _("%(who)s and %(others)s are here too", who=", ".join(names[:-1]), others=names[-1])
