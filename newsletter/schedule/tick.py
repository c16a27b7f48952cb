"""The tick: asks the tables what is due. Whoever calls it, however often, each occurrence fires once."""

from __future__ import annotations

import logging

from newsletter.clock import Clock
from newsletter.model.issue import IssueId
from newsletter.schedule.decide import why_held
from newsletter.settings import Settings
from newsletter.store import Store, schedules
from newsletter.workflows.allowed import allowed_today

log = logging.getLogger(__name__)


def tick(store: Store, settings: Settings, clock: Clock) -> list[IssueId]:
    """Start or hold every scheduled issue whose time has come; say which issues have something to send now.

    It sends nothing itself and waits for nothing, so it never blocks what else is due.
    """
    now = clock.now()
    with store.reading() as tx:
        due = schedules.due(tx, now)
    for one in due:
        held_why = why_held(
            one, now, allowed_today(store, settings, one.publication, one.issue), has_server=bool(settings.smtp)
        )
        with store.writing() as tx:
            fired = schedules.fire(tx, one, now=now, held_why=held_why)
        if fired:
            event = "sending" if held_why is None else "held"
            log.info("Issue %s: %s", one.number, event, extra={"event": event, "issue": one.number, "due": one.local})
    with store.reading() as tx:
        return schedules.to_send(tx, now)
