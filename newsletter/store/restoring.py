"""After a restore the database is of an earlier moment: nothing goes out before a person agrees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from newsletter.model.delivery import DeliveryState
from newsletter.model.issue import IssueState
from newsletter.store import digests, marks
from newsletter.store.engine import Tx
from newsletter.store.schema import alert, countdown, delivery, issue, source

RESTORED = "restored"
"""The mark of the last restore."""


@dataclass(frozen=True)
class Asked:
    """What waits for a person: numbers of issues, and how many deliveries and digests."""

    held: tuple[int, ...] = ()
    paused: tuple[int, ...] = ()
    uncertain: int = 0
    digests: int = 0


def doubt(tx: Tx, now: datetime) -> int:
    """What was being handed over when the copy was made may have arrived: it is uncertain."""
    attempting = delivery.c.state == DeliveryState.ATTEMPTING.value
    values = {"state": DeliveryState.UNCERTAIN.value, "owner": None, "at": now}
    tx.execute(delete(countdown))  # its seconds are over
    tx.execute(update(alert).values(next_at=None))  # what was to be told was told
    return tx.execute(update(delivery).where(attempting).values(values)).rowcount


def ask_first(tx: Tx, *, made_at: datetime, now: datetime) -> Asked:
    """Hold what is scheduled, pause what is on its way, and let no digest run: each with the reason."""
    uncertain = doubt(tx, now)
    since = f"{made_at:%Y-%m-%d %H:%M} UTC"
    held = _stop(
        tx,
        IssueState.SCHEDULED,
        IssueState.HELD,
        f"This workspace was restored from a backup of {since}. The issue may have gone out since; if it has not, "
        "schedule it again.",
    )
    paused = _stop(
        tx,
        IssueState.SENDING,
        IssueState.PAUSED,
        f"This workspace was restored from a backup of {since}. Readers who are listed as queued or deferred may have "
        "got the issue since: resume it to send to them, or cancel it.",
    )
    waiting = digests.hold_all(
        tx, f"This workspace was restored from a backup of {since}; digests that went out since are not known to it."
    )
    marks.put(tx, RESTORED, now, since)
    return Asked(held=held, paused=paused, uncertain=uncertain, digests=waiting)


def move_folders(tx: Tx, old: str, new: str) -> None:
    """Folders in the workspace are sources by their whole path, and the workspace may be at another place now."""
    prefix = old.rstrip("/") + "/"
    for row in tx.execute(select(source.c.id, source.c.url).where(source.c.kind == "folder")).all():
        if old != new and row.url.startswith(prefix):
            moved = new.rstrip("/") + "/" + row.url.removeprefix(prefix)
            tx.execute(update(source).where(source.c.id == row.id).values(url=moved))


def _stop(tx: Tx, state: IssueState, to: IssueState, why: str) -> tuple[int, ...]:
    numbers = tuple(
        tx.execute(select(issue.c.number).where(issue.c.state == state.value).order_by(issue.c.id)).scalars()
    )
    tx.execute(update(issue).where(issue.c.state == state.value).values(state=to.value, held_why=why))
    return numbers
