"""The readers of a newsletter."""

from __future__ import annotations

from typing_extensions import TypedDict

from newsletter.model.subscriber import Consent
from newsletter.workflows.answers.kinds import Moment, described


@described
class SubscriberJson(TypedDict):
    """A reader, in the words of the CSV columns: `subscribers list`."""

    id: int
    email: str
    name: str
    tags: list[str]
    language: str
    timezone: str
    status: Consent
    how: str
    """By what they came or went: `import`, `command`, `one-click`, `page`."""
    changed_at: Moment
    fields: dict[str, str]
    """The other columns."""


@described
class RejectedJson(TypedDict):
    """A row that was not imported."""

    line: int
    """On which it begins, from 1."""
    email: str
    reason: str


@described
class ImportedJson(TypedDict):
    """What became of the rows of a list: `subscribers import`."""

    imported: int
    updated: int
    unchanged: int
    suppressed: int
    """Addresses that must not be mailed."""
    rejected: list[RejectedJson]


class ErasedJson(TypedDict):
    """A reader who was forgotten: `subscribers erase`."""

    email: str
    erased: bool
