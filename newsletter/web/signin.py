"""The doors of the desk: sign in, sign out, and the one-time link of the first start."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from newsletter.errors import NewsletterError
from newsletter.model.user import Role, User
from newsletter.store import Store, users
from newsletter.web.guard import COOKIE, authority, origin_of
from newsletter.web.page import local, page
from newsletter.web.passwords import hashed, is_password, new_secret, password_hash
from newsletter.web.place import Place, place_of
from newsletter.web.roles import needs

router = APIRouter()

SESSION = timedelta(days=30)
INVITATION = timedelta(days=7)
LONGEST_NAME = 100
NAME_PATIENCE = 10


def invite_first_user(store: Store, now: datetime) -> str | None:
    """A fresh one-time token for whoever starts this desk; none once somebody has a password."""
    token = new_secret()
    with store.writing() as tx:
        if users.count(tx):
            return None
        users.invite(tx, hashed(token), role=Role.ADMIN, now=now, expires=now + INVITATION)
    return token


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
    """Check the password; too many wrong ones from one address, or for one name, have to wait."""
    place = place_of(request)
    name = name.strip()[:LONGEST_NAME]
    address, person = f"from {request.client.host if request.client else ''}", f"name {name.casefold()}"
    # A name gets more patience than an address, or anybody could lock its owner out.
    if wait := place.attempts.wait(address) or place.attempts.wait(person, times=NAME_PATIENCE):
        minutes = -(-wait // 60)
        error = f"Too many wrong passwords. Try again in {minutes} {'minute' if minutes == 1 else 'minutes'}."
        answer = page(request, "signin", status=429, next=local(next), name=name, error=error, nobody=False)
        answer.headers["retry-after"] = str(wait)
        return answer
    with place.store.reading() as tx:
        found = users.find(tx, name)
    if not is_password(found[1] if found else None, password) or found is None:
        for key in (address, person):
            place.attempts.failed(key)
        error = "That name and password do not go together."
        return page(request, "signin", status=403, next=local(next), name=name, error=error, nobody=False)
    for key in (address, person):
        place.attempts.forget(key)
    return _enter(request, place, found[0], local(next))


@router.post("/signout", dependencies=[needs(Role.READER)])
def sign_out(request: Request) -> Response:
    """End the session."""
    place = place_of(request)
    if token := request.cookies.get(COOKIE):
        with place.store.writing() as tx:
            users.close_session(tx, hashed(token))
    answer = RedirectResponse("/signin", 303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return answer


@router.get("/setup/{token}")
def setup_page(request: Request, token: str) -> Response:
    """The form of the one-time link."""
    if _role(request, token) is None:
        return page(request, "setup", status=404, token="", name="", error="")
    return page(request, "setup", token=token, name="", error="")


@router.post("/setup/{token}")
def setup(
    request: Request,
    token: str,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Set name and password; the link is dead afterwards."""
    place = place_of(request)
    name = name.strip()
    if _role(request, token) is None:
        return page(request, "setup", status=404, token="", name="", error="")
    try:
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise NewsletterError(f"A name has 1 to {LONGEST_NAME} characters.", code="name")
        if password != again:
            raise NewsletterError("The two passwords are not the same.", code="password")
        stored = password_hash(password)
        with place.store.writing() as tx:
            user = users.accept(tx, hashed(token), name, stored, now=place.clock.now())
    except NewsletterError as error:
        return page(request, "setup", status=400, token=token, name=name, error=error.message)
    if user is None:
        return page(request, "setup", status=404, token="", name="", error="")
    return _enter(request, place, user, "/")


def _role(request: Request, token: str) -> Role | None:
    place = place_of(request)
    with place.store.reading() as tx:
        return users.invited(tx, hashed(token), place.clock.now())


def _enter(request: Request, place: Place, user: User, to: str) -> Response:
    token, now = new_secret(), place.clock.now()
    with place.store.writing() as tx:
        users.open_session(tx, user.id, hashed(token), now=now, expires=now + SESSION)
    answer = RedirectResponse(to, 303)
    answer.set_cookie(
        COOKIE,
        token,
        max_age=int(SESSION.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=_is_https(request, place),
    )
    return answer


def _is_https(request: Request, place: Place) -> bool:
    """Whether the browser reached us by https, perhaps through a proxy that we only know as the base URL."""
    base, asked = origin_of(place.settings.base_url), authority(request.headers.get("host", ""))
    return request.url.scheme == "https" or bool(base and asked and base[:2] == ("https", asked[0]))
