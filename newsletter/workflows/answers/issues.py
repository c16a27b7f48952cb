"""An issue with its outline, its place in the list, and its history."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from newsletter.model.issue import BlockKind, IssueState
from newsletter.workflows.answers.items import AlsoInJson
from newsletter.workflows.answers.kinds import Day, Moment, described

StandingJson = TypedDict("StandingJson", {"from": Day | None, "until": Day | None})
"""Between which days a text returns in every issue."""


@described
class ScheduleJson(TypedDict):
    """When it goes out."""

    at: Moment
    """In its zone."""
    zone: str
    segment: str | None


class RenditionRowJson(TypedDict):
    """What was frozen when it was approved."""

    checksum: str
    approved_at: Moment


@described
class BlockJson(TypedDict):
    """A block as readers will see it: the editor's words, else those of its first item."""

    id: int
    version: int
    """For If-Match."""
    kind: BlockKind
    items: list[int]
    headline: str | None
    teaser: str | None
    """What the subject says of it."""
    teaser_rank: int | None
    blurb: str | None
    """Of an item HTML, else Markdown."""
    outlet: str | None
    url: str | None
    also_in: list[AlsoInJson]
    asset: str | None
    """The name of its picture, which is at `/images/NAME`."""
    alt: str | None
    tags: list[str]
    standing: StandingJson | None


@described
class SectionJson(TypedDict):
    """A section and its blocks."""

    id: int
    name: str
    """Its heading; may be empty."""
    most: int | None
    """So many blocks at most; more are warned of."""
    blocks: list[BlockJson]


class OccurrenceJson(TypedDict):
    """A date in the calendar of the issue, and what its editors decided about it."""

    occurrence: str
    pinned: bool
    hidden: bool


@described
class IssueJson(TypedDict):
    """The issue with its outline: `issue show`."""

    id: int
    number: int
    title: str
    subject: str
    """As readers will see it: the editor's, else by the newsletter's convention."""
    preheader: str | None
    theme: str
    state: IssueState
    held_why: str | None
    """Why it is held or paused."""
    version: int
    """For If-Match."""
    schedule: ScheduleJson | None
    rendition: RenditionRowJson | None
    sections: list[SectionJson]
    events: list[OccurrenceJson]


class IssueRowJson(TypedDict):
    """The issue in a list: `issue list`."""

    id: int
    number: int
    title: str
    state: IssueState
    scheduled_at: Moment | None
    sent_at: Moment | None


class ArchivedJson(TypedDict):
    """Whether the public pages show an issue: `issue archive`."""

    number: int
    in_archive: bool


@described
class ChangeJson(TypedDict):
    """One change in the history of an issue."""

    id: int
    at: Moment
    who: str
    change: str
    """As `block 12 edited`."""
    state: Literal["done", "undone", "gone"]
    """`undone` can be done again; `gone` was undone, and another change came after it."""


@described
class NamedVersionJson(TypedDict):
    """A state of an issue that somebody gave a name."""

    id: int
    name: str
    at: Moment
    who: str
    blocks: int
    """So many it holds."""
