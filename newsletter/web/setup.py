"""The links that open one door once: the first start, an invitation, a new password."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from newsletter.errors import NewsletterError
from newsletter.model.secret import hashed, new_secret
from newsletter.model.user import LONGEST_NAME, Invitation
from newsletter.store import Store, invitations, sessions, tokens, users
from newsletter.web.entering import enter
from newsletter.web.languages import gettext as _
from newsletter.web.page import page
from newsletter.web.passwords import Crowded, password_hash
from newsletter.web.place import place_of

router = APIRouter()

LASTS = timedelta(days=7)


def invite_first_user(store: Store, now: datetime) -> str | None:
    """A fresh one-time token for whoever starts this desk; none once somebody has a password."""
    token = new_secret()
    with store.writing() as tx:
        if users.count(tx):
            return None
        invitations.add_first(tx, hashed(token), now=now, expires=now + LASTS)
    return token


@router.get("/setup/{token}")
def setup_page(request: Request, token: str) -> Response:
    """The form of the one-time link."""
    found, name = _invitation(request, token)
    if found is None:
        return page(request, "setup", status=404, token="", name="", error="", invitation=None)
    return page(request, "setup", token=token, name=name, error="", invitation=found)


@router.post("/setup/{token}")
def setup(
    request: Request,
    token: str,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Set name and password; the link is dead afterwards. For somebody who is there already: the password alone."""
    place, (found, known) = place_of(request), _invitation(request, token)
    if found is None:
        return page(request, "setup", status=404, token="", name="", error="", invitation=None)
    name = known or name.strip()
    try:
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise NewsletterError(_("A name has 1 to %(most)s characters.", most=LONGEST_NAME), code="name")
        if password != again:
            raise NewsletterError(_("The two passwords are not the same."), code="password")
        stored = password_hash(password)
        with place.store.writing() as tx:
            user = invitations.accept(tx, hashed(token), name, stored, now=place.clock.now())
            if user is not None:
                sessions.close_all(tx, user.id)  # whoever knew the password before
                tokens.remove_all(tx, user.id)
    except Crowded as crowd:
        answer = page(request, "setup", status=429, token=token, name=name, error=crowd.message, invitation=found)
        answer.headers["retry-after"] = str(crowd.wait)
        return answer
    except NewsletterError as error:
        return page(request, "setup", status=400, token=token, name=name, error=error.message, invitation=found)
    if user is None:
        return page(request, "setup", status=404, token="", name="", error="", invitation=None)
    if user.second_factor:  # a link replaces the password, not the second factor
        return page(request, "signin", next="/", name=user.name, error="", nobody=False)
    return enter(request, user, "/")


def _invitation(request: Request, token: str) -> tuple[Invitation | None, str]:
    """What a link is for, and the name of whom it is for, where they are there already."""
    place = place_of(request)
    with place.store.reading() as tx:
        found = invitations.find(tx, hashed(token), place.clock.now())
        if found is None or found.user is None:
            return found, ""
        return found, users.get(tx, found.user).name
