"""What each page needs of the person who asks: a route that says nothing is seen by readers, changed by editors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fastapi import Depends, Request

from newsletter.errors import NewsletterError
from newsletter.model.user import Role, User
from newsletter.web.guard import SAFE, is_public
from newsletter.web.languages import gettext as _
from newsletter.web.recording import deed_of

_ORDER = tuple(Role)


def _articled(role: Role) -> str:
    names = {
        Role.READER: _("a reader"),
        Role.EDITOR: _("an editor"),
        Role.PUBLISHER: _("a publisher"),
        Role.ADMIN: _("an administrator"),
    }
    return names[role]


class NotYours(NewsletterError):
    """A person asked for what another role may do. Answered with 403; nothing has changed."""

    def __init__(self, needed: Role, has: Role) -> None:
        super().__init__(
            _(
                "That needs %(needed)s, and you are %(has)s here; ask an administrator.",
                needed=_articled(needed),
                has=_articled(has),
            ),
            code="role",
        )


@dataclass(frozen=True)
class Needs:
    """The word of one route: the least role that may use it."""

    role: Role

    def __call__(self) -> None:
        """Nothing here: `allowed` asks once for all routes, also for those without a word."""


def needs(role: Role) -> Any:
    """The least role for a route: `@router.post(…, dependencies=[needs(Role.PUBLISHER)])`."""
    return Depends(Needs(role))


def may(user: User | None, role: Role | str) -> bool:
    """Whether a person has this role, or one that includes it."""
    return user is not None and _ORDER.index(user.role) >= _ORDER.index(Role(role))


def role_for(methods: Sequence[str] | set[str], dependencies: Sequence[Any]) -> Role:
    """The least role for a route: its own word, else reader to look and editor to change."""
    for one in dependencies:
        if isinstance(one.dependency, Needs):
            return one.dependency.role
    return Role.READER if SAFE.issuperset(methods) else Role.EDITOR


def posting(routers: Iterable[Any]) -> Callable[[str], Role]:
    """A function that says which role a POST to a path needs, over all these routers; nobody's path needs no role."""
    known = [
        (route.path_regex, role_for({"POST"}, route.dependencies))
        for router in routers
        for route in router.routes
        if "POST" in (route.methods or ())
    ]

    @lru_cache(maxsize=2000)
    def needed(path: str) -> Role:
        return next((role for pattern, role in known if pattern.match(path)), Role.READER)

    return needed


def allowed(request: Request) -> None:
    """The dependency of the whole application. Raises NotYours where the person's role is not enough.

    Who is asking at all was the guard's question; the doors and readers' pages are for everybody.
    """
    state = request.scope["state"]
    user: User | None = state["user"]
    route = request.scope.get("route")
    if endpoint := getattr(route, "endpoint", None):
        state["deed"] = deed_of(endpoint)
    if user is None or is_public(request.url.path) or route is None:
        return
    needed = role_for({request.method}, getattr(route, "dependencies", ()))
    if not may(user, needed):
        raise NotYours(needed, user.role)
