"""Issues that go out in a few seconds, and what each was before: who takes one back finds it as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from newsletter.model.issue import Issue, IssueId, IssueState, RenditionId
from newsletter.store.engine import Tx
from newsletter.store.schema import countdown as table
from newsletter.store.schema import issue as issues
from newsletter.store.schema import link, rendition, schedule


@dataclass(frozen=True, kw_only=True)
class Countdown:
    """One issue that waits for the end of its seconds."""

    until: datetime
    """UTC."""
    who: str
    before: dict[str, Any]
    """Columns of the issue and of its schedule, as JSON."""


def begin(tx: Tx, issue: Issue, *, until: datetime, who: str) -> None:
    """Remember what an issue is now, before it is planned for `until`."""
    row = tx.execute(select(issues).where(issues.c.id == issue.id)).one()
    plan = tx.execute(select(schedule).where(schedule.c.issue_id == issue.id)).first()
    before: dict[str, Any] = {
        "state": row.state,
        "held_why": row.held_why,
        "rendition_id": row.rendition_id,
        "approved_at": _text(row.approved_at),
        "canary": row.canary,
        "canary_wait": row.canary_wait,
        "plan": None
        if plan is None
        else {
            "at": _text(plan.at),
            "local": plan.local,
            "zone": plan.zone,
            "segment": plan.segment,
            "created_at": _text(plan.created_at),
        },
    }
    end(tx, issue.id)
    tx.execute(insert(table).values(issue_id=issue.id, until=until, who=who, before=before))


def get(tx: Tx, issue: IssueId) -> Countdown | None:
    """The countdown of an issue; none where it has none."""
    row = tx.execute(select(table).where(table.c.issue_id == issue)).first()
    return None if row is None else Countdown(until=row.until, who=row.who, before=row.before)


def end(tx: Tx, issue: IssueId) -> None:
    """Forget it: it went out, or was taken back."""
    tx.execute(delete(table).where(table.c.issue_id == issue))


def put_back(tx: Tx, issue: Issue, before: Countdown) -> None:
    """Make an issue what it was before its countdown, without a rendition or a plan that came with it.

    Its state was moved already.
    """
    was = before.before
    values = {name: was[name] for name in ("held_why", "rendition_id", "canary", "canary_wait")}
    values["approved_at"] = _moment(was["approved_at"])
    tx.execute(issues.update().where(issues.c.id == issue.id).values(values))
    tx.execute(delete(schedule).where(schedule.c.issue_id == issue.id))
    if plan := was["plan"]:
        moments = {name: _moment(plan[name]) for name in ("at", "created_at")}
        tx.execute(insert(schedule).values(publication_id=issue.publication, issue_id=issue.id, **(plan | moments)))
    if issue.approved is not None and issue.approved.id != was["rendition_id"]:
        _forget(tx, issue.approved.id)
    end(tx, issue.id)


def state_before(countdown: Countdown) -> IssueState:
    """What the issue was."""
    return IssueState(countdown.before["state"])


def _forget(tx: Tx, unused: RenditionId) -> None:
    """A rendition that nobody got, and no archive shows."""
    tx.execute(delete(link).where(link.c.rendition_id == unused))
    tx.execute(delete(rendition).where(rendition.c.id == unused))


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
