"""The digest of a publication, and what became of each of its occurrences: each runs once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from newsletter.model.digest import Choice, Digest, DigestRun, RunOutcome, Then
from newsletter.model.issue import IssueId, IssueState
from newsletter.model.item import ItemId
from newsletter.model.publication import PublicationId
from newsletter.model.source import SourceId
from newsletter.store import stories
from newsletter.store.engine import Tx
from newsletter.store.schema import block, block_item, digest, digest_run, issue
from newsletter.store.upsert import upsert_into


def get(tx: Tx, publication: PublicationId) -> Digest | None:
    """The digest of a publication, where it has one."""
    row = tx.execute(select(digest).where(digest.c.publication_id == publication)).first()
    return None if row is None else _digest(row)


def listing(tx: Tx) -> list[Digest]:
    """The digests of all publications."""
    return [_digest(row) for row in tx.execute(select(digest).order_by(digest.c.publication_id))]


def _digest(row: Any) -> Digest:
    return Digest(
        publication=PublicationId(row.publication_id),
        rule=row.rule,
        sources=tuple(SourceId(one) for one in row.sources),
        sections=tuple(row.sections),
        most=row.most,
        least=row.least,
        choose=Choice(row.choose),
        max_age=None if row.max_age is None else timedelta(seconds=row.max_age),
        title=row.title,
        subject=row.subject,
        theme=row.theme,
        then=Then(row.then),
        waits_why=row.waits_why,
        since=row.since,
    )


def put(tx: Tx, wanted: Digest) -> None:
    """Keep a digest in place of the one before."""
    clear(tx, wanted.publication)
    tx.execute(
        insert(digest).values(
            publication_id=wanted.publication,
            rule=wanted.rule,
            sources=list(wanted.sources),
            sections=list(wanted.sections),
            most=wanted.most,
            least=wanted.least,
            choose=wanted.choose.value,
            max_age=None if wanted.max_age is None else int(wanted.max_age.total_seconds()),
            title=wanted.title,
            subject=wanted.subject,
            theme=wanted.theme,
            then=wanted.then.value,
            waits_why=wanted.waits_why,
            since=wanted.since,
        )
    )


def clear(tx: Tx, publication: PublicationId) -> None:
    """Forget the digest; what it made stays, and its occurrences stay used."""
    tx.execute(delete(digest).where(digest.c.publication_id == publication))


def lock(tx: Tx, publication: PublicationId) -> None:
    """Let one transaction at a time fill digests of a publication; SQLite's writers take turns anyway."""
    tx.execute(select(digest.c.publication_id).where(digest.c.publication_id == publication).with_for_update())


def pass_over(tx: Tx, publication: PublicationId, moment: datetime) -> None:
    """Its occurrences up to this moment are over."""
    tx.execute(update(digest).where(digest.c.publication_id == publication).values(since=moment))


def pass_over_all(tx: Tx, moment: datetime) -> None:
    """The occurrences of every digest up to this moment are over."""
    tx.execute(update(digest).where(digest.c.since < moment).values(since=moment))


def hold_all(tx: Tx, why: str) -> int:
    """Let no digest run by itself before a person agrees; how many there are."""
    return tx.execute(update(digest).values(waits_why=why)).rowcount


# ---------------------------------------------------------------- its runs


def claim(tx: Tx, publication: PublicationId, local: str, *, due_at: datetime, now: datetime) -> bool:
    """Take an occurrence; whether it was this call that did it, and nobody before."""
    values = {
        "publication_id": publication,
        "local": local,
        "due_at": due_at,
        "began_at": now,
        "outcome": RunOutcome.RUNNING.value,
        "items": 0,
    }
    taken = upsert_into(tx, digest_run).values(values).on_conflict_do_nothing().returning(digest_run.c.local)
    return tx.execute(taken).first() is not None


def drafted(tx: Tx, publication: PublicationId, local: str, made: IssueId, *, items: int) -> bool:
    """Remember the issue that an occurrence became; false, and nothing is kept, where it has one already."""
    result = tx.execute(
        update(digest_run)
        .where(*_this(publication, local), digest_run.c.issue_id.is_(None), digest_run.c.ended_at.is_(None))
        .values(issue_id=made, items=items)
    )
    return bool(result.rowcount == 1)


def finish(
    tx: Tx, publication: PublicationId, local: str, outcome: RunOutcome, *, why: str | None = None, now: datetime
) -> None:
    """Keep what became of an occurrence, with the reason."""
    tx.execute(update(digest_run).where(*_this(publication, local)).values(outcome=outcome, why=why, ended_at=now))


def run(tx: Tx, publication: PublicationId, local: str) -> DigestRun | None:
    """One occurrence, where it was taken."""
    row = tx.execute(_runs().where(*_this(publication, local))).first()
    return None if row is None else _run(row)


def runs(tx: Tx, publication: PublicationId, *, limit: int) -> list[DigestRun]:
    """The latest occurrences, the newest first."""
    wanted = _runs().where(digest_run.c.publication_id == publication).order_by(digest_run.c.began_at.desc())
    return [_run(row) for row in tx.execute(wanted.limit(limit))]


def unfinished(tx: Tx) -> list[DigestRun]:
    """The occurrences of all publications that were begun and not ended, the oldest first."""
    wanted = _runs().where(digest_run.c.ended_at.is_(None)).order_by(digest_run.c.began_at)
    return [_run(row) for row in tx.execute(wanted)]


def ended_since(tx: Tx, moment: datetime) -> list[DigestRun]:
    """The occurrences of all publications that ended later than this."""
    wanted = _runs().where(digest_run.c.ended_at > moment).order_by(digest_run.c.began_at)
    return [_run(row) for row in tx.execute(wanted)]


def last_made(tx: Tx, publication: PublicationId) -> datetime | None:
    """When the last one that became an issue was begun: what was seen before it has had its chance."""
    return tx.execute(
        select(func.max(digest_run.c.began_at)).where(
            digest_run.c.publication_id == publication, digest_run.c.outcome == RunOutcome.MADE.value
        )
    ).scalar()


def in_drafts(tx: Tx, publication: PublicationId) -> set[ItemId]:
    """The items of drafts of the publication, and all that tell the same stories."""
    rows = tx.execute(
        select(block_item.c.item_id)
        .join(block, block.c.id == block_item.c.block_id)
        .join(issue, issue.c.id == block.c.issue_id)
        .where(issue.c.publication_id == publication, issue.c.state == IssueState.DRAFT.value)
        .distinct()
    )
    return stories.with_siblings(tx, [ItemId(row.item_id) for row in rows])


def _this(publication: PublicationId, local: str) -> tuple[Any, Any]:
    return (digest_run.c.publication_id == publication, digest_run.c.local == local)


def _runs() -> Any:
    return select(digest_run, issue.c.number).outerjoin(issue, issue.c.id == digest_run.c.issue_id)


def _run(row: Any) -> DigestRun:
    return DigestRun(
        publication=PublicationId(row.publication_id),
        local=row.local,
        due_at=row.due_at,
        began_at=row.began_at,
        ended_at=row.ended_at,
        outcome=RunOutcome(row.outcome),
        why=row.why,
        items=row.items,
        issue=None if row.issue_id is None else IssueId(row.issue_id),
        number=row.number,
    )
