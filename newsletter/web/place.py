"""What every page stands on: the workspace that is being served, and who is asking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from starlette.requests import Request

from newsletter.clock import Clock
from newsletter.model.issue import IssueId
from newsletter.model.publication import Publication, PublicationId
from newsletter.model.user import Session, User
from newsletter.queue.editing import Editor
from newsletter.settings import Settings
from newsletter.store import Store, publications
from newsletter.web.limits import Attempts
from newsletter.web.proofs import Proofs
from newsletter.workflows.publish import Desk

Kept = TypeVar("Kept")


def _nothing() -> None:
    return None


def _no_trouble(_issue: IssueId) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class Place:
    """The served workspace. `wake` tells the scheduler that something is due earlier than it thought."""

    store: Store
    settings: Settings
    clock: Clock
    publication_id: PublicationId
    hosts: frozenset[str]
    """Host names that may stand in a Host header, lower case, without port."""
    any_address: bool = False
    """Bound to every address of the machine: a Host that is an IP address is ours too (no name to rebind)."""
    attempts: Attempts
    proofs: Proofs = field(default_factory=Proofs)
    wake: Callable[[], None] = field(default=_nothing)
    since_tick: Callable[[], float | None] = field(default=lambda: None)
    """Seconds since the scheduler of this process last asked what is due; none where it has none."""
    trouble: Callable[[IssueId], str | None] = field(default=_no_trouble)
    """Why the sender of this process had to stop an issue, in one sentence."""
    kept: dict[type, Any] = field(default_factory=dict)
    """What this process remembers of the workspace, one of each kind; ask by `kept_of`."""

    def publication(self) -> Publication:
        """The newsletter as it is now: editors change it while we run."""
        with self.store.reading() as tx:
            return publications.get(tx, self.publication_id)


def place_of(request: Request) -> Place:
    """The workspace a request is for, and the newsletter in it that it is about."""
    place: Place = request.scope["state"]["place"]
    return place


def kept_of(request: Request, kind: type[Kept]) -> Kept:
    """What this process remembers of the workspace, of this kind; new where nobody asked before."""
    kept: Kept = place_of(request).kept.setdefault(kind, kind())
    return kept


def user_of(request: Request) -> User:
    """Who is asking; the guard let nobody else through."""
    user: User = request.scope["state"]["user"]
    return user


def session_of(request: Request) -> Session:
    """The browser in which they signed in."""
    session: Session = request.scope["state"]["session"]
    return session


def desk_of(request: Request) -> Desk:
    """What can be done with the issues of the newsletter that is served."""
    place = place_of(request)
    return Desk(place.store, place.settings, place.clock, place.publication())


def editor_of(request: Request) -> Editor:
    """The person who is asking, as an editor of the newsletter that is served."""
    place = place_of(request)
    return Editor(place.store, place.clock, place.publication(), user_of(request).name)
