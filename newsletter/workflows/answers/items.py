"""The queue."""

from __future__ import annotations

from typing_extensions import TypedDict

from newsletter.model.item import Triage
from newsletter.workflows.answers.kinds import Moment, described


class AlsoInJson(TypedDict):
    """The same story from another outlet."""

    id: int
    outlet: str | None
    url: str | None


@described
class ItemJson(TypedDict):
    """An item: `items list`. Times are UTC."""

    id: int
    title: str
    """Plain text."""
    excerpt: str
    """Clean HTML."""
    url: str | None
    outlet: str | None
    author: str | None
    published: Moment | None
    state: Triage
    section: str | None
    story: int | None
    leads: bool
    """Whether it leads its story, or has none."""
    also_in: list[AlsoInJson]
    sent_in: int | None
    """The number of the issue that it went out in last."""
    flags: list[str]
    """What an editor should know: `date-unread`, `rule`, …"""
    edited: bool


class DecidedJson(TypedDict):
    """What was decided about an item."""

    id: int
    state: Triage


@described
class FullTextJson(TypedDict):
    """The whole text of an item: `items text`."""

    id: int
    url: str
    html: str
    """Clean HTML."""
