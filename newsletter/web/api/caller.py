"""Who calls: a token stands for a person, within a scope. No cookie opens anything here, so no other site can call."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from newsletter.errors import NotFound
from newsletter.model.secret import hashed
from newsletter.model.token import Scope, Token
from newsletter.model.user import Role
from newsletter.queue.editing import Editor
from newsletter.store import publications, tokens
from newsletter.web.api.problems import NoToken, TooMany
from newsletter.web.limits import Limit, address_of, counted
from newsletter.web.place import Place, place_of
from newsletter.web.recording import deed_of, remark
from newsletter.web.roles import NotYours, may, role_for
from newsletter.workflows.publish import Desk

USED = timedelta(minutes=5)
"""How often we write down that a token is in use."""
PATIENCE = 4
"""So much more patience than with passwords: a token cannot be guessed, only mistyped by a program."""
bearer = HTTPBearer(
    auto_error=False, scheme_name="token", description="A token of your account page: `Authorization: Bearer nld_…`."
)


class Caller:
    """A token that was let in, with the newsletter that it asks about."""

    def __init__(self, place: Place, token: Token) -> None:
        self.place, self.token, self.who = place, token, token.user.name
        self.store, self.settings, self.clock = place.store, place.settings, place.clock
        self.publication = place.publication()

    @property
    def desk(self) -> Desk:
        """What can be done with the issues."""
        return Desk(self.store, self.settings, self.clock, self.publication)

    @property
    def editor(self) -> Editor:
        """The person as an editor."""
        return Editor(self.store, self.clock, self.publication, self.who)


def let_in(request: Request) -> Token:
    """Let a token in, before anything else of the request is read.

    Raises NoToken (401), TooMany (429), and NotYours (403) where it, or its person, may not do this.
    """
    state = request.scope["state"]
    known: Token | None = state.get("token")
    if known is not None:
        return known
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not (secret := secret.strip()):
        raise NoToken("Show a token: Authorization: Bearer nld_… (make one on your account page of the desk).")
    place = place_of(request)
    now = place.clock.now()
    with place.store.reading() as tx:
        token = tokens.find(tx, hashed(secret), now)
    if token is None:
        _count(place, request)
        raise NoToken("This token is not known here, or it is over; make another one on your account page.")
    if token.used_at is None or now - token.used_at > USED:
        with place.store.writing() as tx:
            tokens.used(tx, token.id, now)
    needed = role_for({request.method}, request.scope["route"].dependencies)
    if not may(token.user, needed):
        raise NotYours(needed, token.user.role)
    if not may_token(token, needed):
        scope = next(scope for scope in Scope if scope.role is needed)
        raise OutOfScope(scope, token.scope)
    state["token"] = token
    return token


def admitted(
    request: Request,
    _shown: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    publication: Annotated[
        str | None, Query(max_length=100, description="A newsletter's slug; else the one that is served.")
    ] = None,
) -> Caller:
    """Who calls, and about which newsletter. Raises what `let_in` raises, and NotFound (404) for the newsletter."""
    place, token = place_of(request), let_in(request)
    if publication:
        with place.store.reading() as tx:
            everything = publications.listing(tx)
        wanted = next((one for one in everything if one.slug == publication), None)
        if wanted is None:
            raise NotFound("There is no such newsletter here.", where="publication")
        place = replace(place, publication_id=wanted.id)
    state, route = request.scope["state"], request.scope["route"]
    state.update(actor=token.user, place=place, deed=deed_of(route.endpoint))
    remark(request, token=token.name)
    return Caller(place, token)


def _count(place: Place, request: Request) -> None:
    """Count a wrong token. Raises TooMany where one address sends one after another; a right one always passes."""
    key = f"token {counted(address_of(request))}"
    taken = place.attempts.take(Limit(key, times=PATIENCE))
    if taken.wait:
        raise TooMany(taken.wait)


def may_token(token: Token, needed: Role) -> bool:
    """Whether the scope of a token is enough."""
    order = list(Role)
    return order.index(token.scope.role) >= order.index(needed)


class OutOfScope(NotYours):
    """The person may, and the token may not."""

    def __init__(self, needed: Scope, has: Scope) -> None:
        super().__init__(needed.role, has.role)
        self.message = f"That needs a token with the scope “{needed}”, and this one has “{has}”."
        self.code = "scope"


By = Annotated[Caller, Depends(admitted)]
"""The caller, as a parameter of a route."""
