"""Coming in: a fresh session, whatever the browser had before."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from newsletter.model.publication import PublicationId
from newsletter.model.secret import hashed, new_secret
from newsletter.model.user import Session, User
from newsletter.store import sessions
from newsletter.web.cookies import give, named
from newsletter.web.guard import SESSION
from newsletter.web.limits import address_of
from newsletter.web.place import place_of

LASTS = timedelta(days=30)
LONGEST_AGENT = 300


def enter(request: Request, user: User, to: str) -> Response:
    """On to a page, with a session under a token that nobody can have known before (against session fixation)."""
    answer = RedirectResponse(to, 303)
    renew(request, answer, user)
    return answer


def renew(request: Request, answer: Response, user: User) -> None:
    """Another token for this browser: after signing in, and where rights or passwords change; the old one is dead."""
    place, token = place_of(request), new_secret()
    now, base_url = place.clock.now(), place.settings.base_url
    before: Session | None = request.scope["state"].get("session")
    publication: PublicationId | None = before.publication if before and before.user.id == user.id else None
    old = request.cookies.get(named(SESSION, request.scope, base_url))
    with place.store.writing() as tx:
        if old:
            sessions.close(tx, hashed(old))
        sessions.add(
            tx,
            user.id,
            hashed(token),
            now=now,
            expires=now + LASTS,
            address=address_of(request),
            agent=request.headers.get("user-agent", "")[:LONGEST_AGENT],
            publication=publication,
        )
    # Who was not here before is the one who acts, for the audit log.
    request.scope["state"].setdefault("actor", user)
    give(answer, request, SESSION, token, LASTS, base_url)
