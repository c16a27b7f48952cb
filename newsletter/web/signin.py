"""The door of the desk: sign in, with a second factor where somebody has one, and sign out."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from newsletter.model.secret import hashed, new_secret
from newsletter.model.user import LONGEST_NAME, Role, UserId, folded
from newsletter.store import sessions, users
from newsletter.web.cookies import give, named, take
from newsletter.web.entering import enter
from newsletter.web.guard import SESSION
from newsletter.web.languages import gettext as _
from newsletter.web.languages import ngettext
from newsletter.web.limits import LONGEST, TRIES, Limit, address_of, counted
from newsletter.web.page import local, page
from newsletter.web.passwords import Crowded, is_password
from newsletter.web.place import place_of
from newsletter.web.refusing import CODE, LOCKED, PASSWORD, refused
from newsletter.web.roles import needs
from newsletter.web.totp import is_code, kept, opened, recovery_hash

router = APIRouter()

NAME_PATIENCE = 10
HALF = "half"
HALF_LASTS = timedelta(minutes=5)

__all__ = ["TRIES", "router"]


@router.get("/signin")
def sign_in_page(request: Request, next: str = "/") -> Response:
    """The page with the form; who is signed in already goes on."""
    if request.scope["state"]["user"] is not None:
        return RedirectResponse(local(next), 303)
    with place_of(request).store.reading() as tx:
        nobody = users.count(tx) == 0
    return page(request, "signin", next=local(next), name="", error="", nobody=nobody)


@router.post("/signin")
def sign_in(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Check the password; too many wrong ones from one address, or for one person, have to wait.

    A right one forgives what was tried at that person, never what else came from that address.
    """
    place = place_of(request)
    name = name.strip()[:LONGEST_NAME]
    with place.store.reading() as tx:
        found, meant = users.find(tx, name), users.meant(tx, name)
    typed = f"name {folded(name)}"
    person = typed if meant is None else _tries_at(meant)
    # A name gets more patience than an address, or anybody could lock its owner out.
    limits = [Limit(counted(address_of(request))), Limit(person, times=NAME_PATIENCE)]
    if person != typed:  # as long as nobody had this name, it was counted by itself
        limits.append(Limit(typed, times=NAME_PATIENCE, counts=False))
    taken = place.attempts.take(*limits)
    if taken.wait:
        refused(request, name, LOCKED)
        return _patience(request, "signin", taken.wait, next=local(next), name=name, nobody=False)
    try:
        right = is_password(found[1] if found else None, password)
    except Crowded as crowd:
        place.attempts.forgive(taken)
        return _crowd(request, crowd, next=local(next), name=name)
    if not right or found is None:
        refused(request, name, PASSWORD)
        error = _("That name and password do not go together.")
        return page(request, "signin", status=403, next=local(next), name=name, error=error, nobody=False)
    user = found[0]
    if not user.second_factor:
        place.attempts.forgive(taken, person)
        return enter(request, user, local(next))
    place.attempts.forgive(taken)  # what was tried before is forgiven when the code is right, too
    token, now = new_secret(), place.clock.now()
    with place.store.writing() as tx:
        sessions.add_half(tx, user.id, hashed(token), now=now, expires=now + HALF_LASTS)
    answer = RedirectResponse(f"/signin/code?{urlencode({'next': local(next)})}", 303)
    give(answer, request, HALF, token, HALF_LASTS, place.settings.base_url)
    return answer


@router.get("/signin/code")
def code_page(request: Request, next: str = "/") -> Response:
    """The form for the code, between the password and the desk."""
    if _half(request) is None:
        return RedirectResponse("/signin", 303)
    return page(request, "code", next=local(next), error="")


@router.post("/signin/code")
def code(request: Request, code: Annotated[str, Form()] = "", next: Annotated[str, Form()] = "/") -> Response:
    """Check the code of the second factor, or a recovery code; each opens the desk once."""
    place, key = place_of(request), _half(request)
    if key is None:
        return RedirectResponse("/signin", 303)
    now, half = place.clock.now(), key[0]
    # The password was right: guessing codes is counted by the person, and for longer.
    person, address = f"code {key[1]}", counted(address_of(request))
    with place.store.reading() as tx:
        name = users.get(tx, key[1]).name
    taken = place.attempts.take(Limit(person, within=LONGEST), Limit(address))
    if taken.wait:
        refused(request, name, LOCKED)
        return _patience(request, "code", taken.wait, next=local(next))
    keys = place.settings.secret_keys
    with place.store.writing() as tx:
        user, stored = users.get(tx, key[1]), users.secret_of(tx, key[1])
        secret = opened(keys, user.id, stored)
        step = is_code(secret.secret, code, now) if secret else None
        fresh = step is not None and users.use_step(tx, user.id, step)
        if secret and secret.stale and fresh and keys:
            users.keep_secret(tx, user.id, kept(keys, user.id, secret.secret))
        right = (fresh or users.use_recovery(tx, user.id, recovery_hash(code))) and sessions.close_half(tx, half)
    if not right:
        refused(request, name, CODE)
        error = _("That is not the code of this minute, or it was used already.")
        if stored and secret is None:
            error = _(
                "Codes of the phone cannot be checked: the secret_key in newsletter.toml is not the one under which "
                "they were set up. Use a recovery code, then set up the second factor anew; or put the old key back."
            )
        return page(request, "code", status=403, next=local(next), error=error)
    place.attempts.forgive(taken, person, _tries_at(user.id))
    answer = enter(request, user, local(next))
    take(answer, request, HALF, place.settings.base_url)
    return answer


def _tries_at(user: UserId) -> str:
    return f"user {user}"


def _half(request: Request) -> tuple[str, UserId] | None:
    """Whose password was right a moment ago, with the key of that."""
    place = place_of(request)
    token = request.cookies.get(named(HALF, request.scope, place.settings.base_url))
    if not token:
        return None
    with place.store.reading() as tx:
        found = sessions.find_half(tx, hashed(token), place.clock.now())
    return None if found is None else (hashed(token), found)


def _patience(request: Request, template: str, wait: int, **values: object) -> Response:
    minutes = -(-wait // 60)
    error = ngettext(
        "Too many wrong tries. Try again in %(n)s minute.", "Too many wrong tries. Try again in %(n)s minutes.", minutes
    )
    answer = page(request, template, status=429, error=error, **values)
    answer.headers["retry-after"] = str(wait)
    return answer


def _crowd(request: Request, crowd: Crowded, **values: object) -> Response:
    answer = page(request, "signin", status=429, error=crowd.message, nobody=False, **values)
    answer.headers["retry-after"] = str(crowd.wait)
    return answer


@router.post("/signout", dependencies=[needs(Role.READER)])
def sign_out(request: Request) -> Response:
    """End the session."""
    place = place_of(request)
    base_url = place.settings.base_url
    if token := request.cookies.get(named(SESSION, request.scope, base_url)):
        with place.store.writing() as tx:
            sessions.close(tx, hashed(token))
    answer = RedirectResponse("/signin", 303)
    take(answer, request, SESSION, base_url)
    return answer
