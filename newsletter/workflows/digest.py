"""A digest: collect, fill by rule, skip when thin, render, send or wait for a person. Each occurrence once."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from zoneinfo import ZoneInfo

from newsletter.errors import NewsletterError
from newsletter.model.digest import Digest, DigestRun, RunOutcome, Then
from newsletter.model.issue import Issue, IssueId, IssueState, Planned
from newsletter.model.item import Item, Triage
from newsletter.queue.digests import choose
from newsletter.store import Tx, digests, issues, items
from newsletter.workflows.collect import collect
from newsletter.workflows.drafting import draft
from newsletter.workflows.publish import Desk

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Filled:
    """What a digest would take now."""

    items: tuple[Item, ...]
    thin: str | None
    """Why it would be skipped; none where it would be made."""


class _TakenMeanwhile(Exception):
    """Another process made this occurrence; ours is not kept."""


def run_digest(desk: Desk, digest: Digest, local: str, due_at: datetime, *, stop: Event | None = None) -> DigestRun:
    """Make the digest of one occurrence, from collecting to the readers or to the draft that waits; what became of it.

    Interrupted anywhere, it goes on when it is run again, and makes no second issue. Whoever is late is held by the
    schedule, as every issue is.
    """
    with desk.store.writing() as tx:
        digests.claim(tx, digest.publication, local, due_at=due_at, now=desk.clock.now())
    run = _now(desk, digest, local)
    if run.ended_at is not None:
        return run
    try:
        if run.issue is None:
            _collect(desk, stop)
            if stop is not None and stop.is_set():  # not all was asked: it goes on with the next start
                return run
            run = _fill(desk, digest, run)
        if run.ended_at is None:
            assert run.issue is not None
            _hand_on(desk, digest, run, run.issue)
    except NewsletterError as error:
        with desk.store.writing() as tx:
            digests.finish(tx, digest.publication, local, RunOutcome.FAILED, why=error.message, now=desk.clock.now())
    return _now(desk, digest, local)


def look_at(desk: Desk, digest: Digest) -> Filled:
    """What it would take now, from what is in the queue. Nothing is collected, and nothing changes."""
    with desk.store.reading() as tx:
        chosen = _chosen(tx, desk, digest)
    return Filled(tuple(chosen), _thin(digest, len(chosen)))


def _now(desk: Desk, digest: Digest, local: str) -> DigestRun:
    with desk.store.reading() as tx:
        run = digests.run(tx, digest.publication, local)
    assert run is not None, "it was claimed"
    return run


def _collect(desk: Desk, stop: Event | None) -> None:
    """A source that fails costs its own news and nothing else."""
    try:
        collect(desk.store, desk.settings, desk.clock, desk.publication, stop=stop)
    except NewsletterError as error:
        log.warning("%s: the digest is made without collecting: %s", desk.publication.name, error.message)


def _fill(desk: Desk, digest: Digest, run: DigestRun) -> DigestRun:
    """One transaction: the draft with its items, or the reason why there is none."""
    now = desk.clock.now()
    with suppress(_TakenMeanwhile), desk.store.writing() as tx:
        digests.lock(tx, digest.publication)  # two that are made at once never take the same items
        chosen = _chosen(tx, desk, digest)
        if why := _thin(digest, len(chosen)):
            digests.finish(tx, digest.publication, run.local, RunOutcome.SKIPPED, why=why, now=now)
        else:
            made = _draft(tx, desk, digest, chosen, now)
            if not digests.drafted(tx, digest.publication, run.local, made.id, items=len(chosen)):
                raise _TakenMeanwhile
    return _now(desk, digest, run.local)


def _chosen(tx: Tx, desk: Desk, digest: Digest) -> list[Item]:
    publication, now = desk.publication.id, desk.clock.now()
    taken = issues.carried(tx, publication) | digests.in_drafts(tx, publication)
    queue = items.listing(tx, publication, now=now)
    return choose(digest, queue, since=digests.last_made(tx, publication), now=now, taken=taken)


def _thin(digest: Digest, count: int) -> str | None:
    if count >= digest.least:
        return None
    found = "There is nothing new" if not count else f"There is only {count} new" if count == 1 else f"Only {count} new"
    return f"{found}; it is made with {digest.least} or more."


def _draft(tx: Tx, desk: Desk, digest: Digest, chosen: list[Item], now: datetime) -> Issue:
    last = issues.last_edition(tx, digest.publication)
    theme, sections = digest.theme, digest.sections
    made = draft(tx, desk.publication, last, chosen, sections=sections, title=digest.title, theme=theme, now=now)
    if digest.subject is not None:
        issues.change(tx, made.id, {"subject": digest.subject})
    fresh = [one.id for one in chosen if one.state is not Triage.PICKED]
    items.decide(tx, digest.publication, fresh, Triage.PICKED, now=now)
    return made


def _hand_on(desk: Desk, digest: Digest, run: DigestRun, made: IssueId) -> None:
    """To the schedule at its own time, which checks and sends it as every issue; or to a person."""
    with desk.store.reading() as tx:
        issue = issues.by_id(tx, made)
    why = f"Issue {issue.number} waits for approval." if digest.then is Then.WAIT else None
    if digest.then is Then.SEND and issue.state is IssueState.DRAFT:
        issue = desk.approve(issue.number)
    with desk.store.writing() as tx:
        if digest.then is Then.SEND and issues.move(tx, made, [IssueState.APPROVED], IssueState.SCHEDULED):
            planned = Planned(at=run.due_at, zone=desk.publication.zone)
            local = run.due_at.astimezone(ZoneInfo(planned.zone)).isoformat(timespec="minutes")
            issues.plan(tx, issue, planned, local=local, now=desk.clock.now())
        digests.finish(tx, digest.publication, run.local, RunOutcome.MADE, why=why, now=desk.clock.now())
