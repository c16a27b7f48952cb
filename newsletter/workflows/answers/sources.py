"""Where items come from, and what collecting says of it."""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from newsletter.model.source import SourceKind, SourceStatus
from newsletter.workflows.answers.kinds import Moment, described


@described
class SourceJson(TypedDict):
    """A source: `sources list`."""

    id: int
    name: str
    kind: SourceKind
    url: str
    status: SourceStatus
    last_success: Moment | None
    error: str | None
    outlet: str | None
    """The outlet that readers see before its headlines."""
    section: str | None
    """Where its items go by themselves."""
    active: bool
    keep: list[str]
    """Only items with one of these words."""
    skip: list[str]
    """No items with one of these words."""
    newest: int | None
    """Only so many of the newest."""
    interval: int | None
    """Seconds between two looks."""
    waits: str | None
    """Until when it is left alone, and why."""
    items: int
    """So many came from it."""
    picked: int
    """Now."""
    sent: int
    """In an issue that went out, or is going out."""
    used: int
    """Picked or sent."""
    dead: bool
    """Whether it has given nothing for a week, though it was asked."""


@described
class RefusedFeedJson(TypedDict):
    """An outline of a list that is no source."""

    id: None
    name: str
    kind: Literal["feed"]
    status: Literal["error"]
    error: str
    """Why it is none."""


class OfferJson(TypedDict):
    """A feed that a page offers: `sources find`."""

    url: str
    title: str


class CollectedSourceJson(TypedDict):
    """What a run of collecting says of one source."""

    id: int
    name: str
    kind: str
    status: str
    new: int
    updated: int
    error: str | None
    waits: NotRequired[str | None]
    dead: NotRequired[bool]


@described
class CollectedJson(TypedDict):
    """What a run of collecting found: `collect`."""

    new: int
    updated: int
    seen: int
    events: int
    """New ones."""
    sources: list[CollectedSourceJson]


class CollectionJson(TypedDict):
    """What an earlier run said: `collect --history`."""

    started: Moment
    finished: Moment
    new: int
    updated: int
    seen: int
    events: int
    sources: list[CollectedSourceJson]
