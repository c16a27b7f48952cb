"""A person steers an issue on its way: pause, resume, cancel, and decide what is uncertain. From any process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from newsletter.errors import NotFound, Refused
from newsletter.model.delivery import DeliveryId, Tally
from newsletter.model.issue import Issue, IssueState
from newsletter.store import deliveries, issues, resolving
from newsletter.workflows.publish import Desk

Decision = Literal["resend", "assume-sent"]

_NOT_OVER = (
    IssueState.DRAFT,
    IssueState.APPROVED,
    IssueState.SCHEDULED,
    IssueState.HELD,
    IssueState.SENDING,
    IssueState.PAUSED,
)


def pause(desk: Desk, number: int) -> tuple[Issue, Tally]:
    """Take no further row; what is being handed over is completed. Pausing a paused issue changes nothing."""
    with desk.store.writing() as tx:
        issue = issues.get(tx, desk.publication.id, number)
        if issue.state is not IssueState.PAUSED and not issues.move(
            tx, issue.id, [IssueState.SENDING], IssueState.PAUSED, {"held_why": None}
        ):
            raise Refused(
                f"Issue {number} is {issue.state}; only one that is being sent can be paused.", code="not-sending"
            )
    return desk.status(number)


def resume(desk: Desk, number: int) -> tuple[Issue, Tally]:
    """Let it go on. Resuming an issue that is being sent changes nothing."""
    with desk.store.writing() as tx:
        issue = issues.get(tx, desk.publication.id, number)
        if issue.state is not IssueState.SENDING and not issues.move(
            tx, issue.id, [IssueState.PAUSED], IssueState.SENDING, {"held_why": None}
        ):
            raise Refused(f"Issue {number} is {issue.state}; only a paused one can be resumed.", code="not-paused")
    return desk.status(number)


def cancel(desk: Desk, number: int) -> tuple[Issue, Tally]:
    """End it for good: who was not tried is skipped. What is being handed over is completed and recorded."""
    with desk.store.writing() as tx:
        issue = issues.get(tx, desk.publication.id, number)
        if issue.state is not IssueState.CANCELLED:
            if not issues.move(tx, issue.id, _NOT_OVER, IssueState.CANCELLED, {"held_why": None}):
                raise Refused(
                    f"Issue {number} is {issue.state}; nothing of it is left to cancel.", code="not-cancelled"
                )
            issues.unplan(tx, issue.id)
        deliveries.skip_rest(tx, issue.id, why="cancelled", now=desk.clock.now())
    return desk.status(number)


def resolve(
    desk: Desk, number: int, decision: Decision, ids: Sequence[DeliveryId] | None = None
) -> tuple[Issue, Tally]:
    """Decide these uncertain deliveries, or all of the issue: resend them, or assume that they were sent.

    A sent issue with something to resend is being sent again. Raises NotFound where one of the ids is no uncertain
    delivery of the issue, Refused where nothing is uncertain or a cancelled issue would be resent; then nothing has
    changed.
    """
    now = desk.clock.now()
    with desk.store.writing() as tx:
        issue = issues.get(tx, desk.publication.id, number)
        if ids is not None and (strange := sorted(set(ids) - resolving.uncertain(tx, issue.id, ids))):
            raise NotFound(
                f"Delivery {strange[0]} is not an uncertain one of issue {number}; "
                f"newsletter issue deliveries {number} --state uncertain lists them.",
                where="DELIVERY",
            )
        if ids is None and not resolving.count(tx, issue.id):
            raise Refused(f"Nothing is uncertain in issue {number}.", code="nothing-uncertain")
        if decision == "assume-sent":
            resolving.assume_sent(tx, issue.id, ids, now=now)
        else:
            if issue.state is IssueState.CANCELLED:
                raise Refused(f"Issue {number} is cancelled; nobody gets it any more.", code="cancelled")
            resolving.resend(tx, issue.id, ids, now=now)
            issues.move(tx, issue.id, [IssueState.SENT], IssueState.SENDING)
    return desk.status(number)
