"""From the checks to the ledger."""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict

from newsletter.model.delivery import DeliveryState
from newsletter.model.finding import Level
from newsletter.model.issue import IssueState
from newsletter.workflows.answers.kinds import Moment, described


@described
class FindingJson(TypedDict):
    """What a check found."""

    level: Level
    code: str
    message: str
    block: int | None
    """Where it is; null: in the issue."""
    waived: bool


@described
class ChecksJson(TypedDict):
    """What must or should be mended: `issue check`."""

    ok: bool
    """Whether no finding is an error."""
    findings: list[FindingJson]


@described
class RenditionJson(TypedDict):
    """The mail: `issue render`."""

    subject: str
    sender: str
    html: str
    text: str
    eml: str
    """The whole message (RFC 5322)."""
    bytes: int
    """Of the HTML: Gmail clips above 102,000."""


class NotReachedJson(TypedDict):
    """An address that a test did not reach."""

    email: str
    reason: str


class ReachedJson(TypedDict):
    """Whom a test reached: `issue test`."""

    sent: list[str]
    failed: list[NotReachedJson]


@described
class CountsJson(TypedDict):
    """The counts of the ledger: `issue status`. The audience is the sum of all states."""

    issue: int
    """Its number."""
    state: IssueState
    audience: int
    queued: int
    attempting: int
    sent: int
    deferred: int
    failed: int
    uncertain: int
    skipped: int
    bounced: int
    complained: int
    rate: NotRequired[float | None]
    """Deliveries a second, of an issue that is being sent."""
    done_at: NotRequired[Moment | None]
    """When it will be done at that rate."""


@described
class DeliveryJson(TypedDict):
    """A row of the ledger: `issue deliveries`."""

    id: int
    email: str
    state: DeliveryState
    attempts: int
    code: int | None
    """What the server answered last, as 250."""
    reply: str | None
    message_id: str | None
    at: Moment | None
    """When the state last changed."""
    retry_at: Moment | None
