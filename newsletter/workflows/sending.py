"""Sending by hand: approve where asked, start, deliver or follow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from newsletter.model.delivery import Tally
from newsletter.model.issue import Issue
from newsletter.send.stopped import SendStopped
from newsletter.workflows.deliver import pause_with, send_or_follow
from newsletter.workflows.publish import Desk


def send_now(
    desk: Desk,
    number: int,
    *,
    approve: bool = False,
    segment: str | None = None,
    canary: int = 0,
    canary_wait: timedelta = timedelta(),
    progress: Callable[[Tally], None] | None = None,
) -> tuple[Issue, Tally]:
    """Send an issue until nothing is queued or attempting; run again it continues and repeats nobody.

    Where another process has the sender role, it sends, and this one watches.
    """
    desk.start(number, approve=approve, segment=segment, canary=canary, canary_wait=canary_wait)
    return send_on(desk, number, progress=progress)


def resume_on(desk: Desk, number: int, *, progress: Callable[[Tally], None] | None = None) -> tuple[Issue, Tally]:
    """`send_on` for an issue that was just resumed: where nothing can be begun it is paused again, with why."""
    try:
        return send_on(desk, number, progress=progress)
    except SendStopped as cause:
        pause_with(desk.store, desk.issue(number).id, cause.message)
        raise


def send_on(desk: Desk, number: int, *, progress: Callable[[Tally], None] | None = None) -> tuple[Issue, Tally]:
    """Send what is due of an issue that was started before, or watch who does."""
    send_or_follow(desk.store, desk.settings, desk.clock, desk.issue(number).id, progress=progress)
    return desk.status(number)
