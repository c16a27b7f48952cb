"""Send now, with ten seconds to take it back. The server counts: a browser that is closed changes nothing.

The issue is planned for the end of the seconds, and goes out as every planned issue does: once, by whoever sees it
first. Who takes it back finds it as it was.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from newsletter.errors import Conflict, Refused
from newsletter.model.issue import Issue, IssueState, Planned
from newsletter.store import Tx, countdowns, issues
from newsletter.workflows.deliver import try_server
from newsletter.workflows.publish import Desk

SECONDS = 10
READY = (IssueState.DRAFT, IssueState.APPROVED, IssueState.SCHEDULED, IssueState.HELD)


def send_soon(desk: Desk, number: int, *, who: str, canary: int = 0, canary_wait: timedelta = timedelta()) -> datetime:
    """Check, approve where it is a draft, and plan the issue for in ten seconds; the moment (UTC).

    Asked again while it counts, it counts on. Raises Refused with what a check found or where the state does not allow
    it, SettingsError or SendStopped where no server takes mail: then nothing has changed.
    """
    with desk.store.reading() as tx:
        issue = issues.get(tx, desk.publication.id, number)
        running = countdowns.get(tx, issue.id)
    if running and is_counting(issue, running):
        return running.until
    if issue.state not in READY:
        raise Refused(f"Issue {number} is {issue.state} and cannot be sent.", code="not-sent")
    try_server(desk.settings)
    until = desk.clock.now() + timedelta(seconds=SECONDS)

    def begin(tx: Tx, issue: Issue) -> None:
        other = countdowns.get(tx, issue.id)  # somebody else was faster, while the server was asked
        if other and is_counting(issue, other):
            raise Conflict(f"Issue {number} counts already.")
        countdowns.begin(tx, issue, until=until, who=who)
        issues.change(tx, issue.id, {"canary": canary, "canary_wait": int(canary_wait.total_seconds())})

    try:
        desk.schedule(number, Planned(at=until, zone=desk.publication.zone), approve=True, first=begin)
    except Conflict:
        if (of_the_other := counting(desk, desk.issue(number))) is None:
            raise
        return of_the_other
    return until


def take_back(desk: Desk, number: int) -> Issue:
    """End the countdown: the issue is what it was before. Raises Refused where it is over or never was."""
    with desk.store.writing() as tx:
        issue = issues.get(tx, desk.publication.id, number)
        running = countdowns.get(tx, issue.id)
        if running is None or not is_counting(issue, running):
            raise Refused(
                f"Issue {number} is {issue.state}; it cannot be taken back any more. It can be paused.",
                code="too-late",
            )
        was = countdowns.state_before(running)
        # By way of another state where it was planned before: the move is what decides between us and the sender.
        through = IssueState.APPROVED if was is IssueState.SCHEDULED else was
        if not issues.move(tx, issue.id, [IssueState.SCHEDULED], through):
            raise Refused(f"Issue {number} has just begun to go out; pause it.", code="too-late")
        if through is not was:
            issues.move(tx, issue.id, [through], was)
        countdowns.put_back(tx, issue, running)
        return issues.by_id(tx, issue.id)


def counting(desk: Desk, issue: Issue) -> datetime | None:
    """When a countdown of the issue ends; none where none runs."""
    with desk.store.reading() as tx:
        running = countdowns.get(tx, issue.id)
    return running.until if running and is_counting(issue, running) else None


def is_counting(issue: Issue, running: countdowns.Countdown) -> bool:
    """Whether the issue still waits for the end of this countdown, and not for another time."""
    return issue.state is IssueState.SCHEDULED and issue.planned is not None and issue.planned.at == running.until
