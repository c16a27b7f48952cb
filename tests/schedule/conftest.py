"""An approved issue that can be scheduled, and settings that write `.eml` files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from newsletter.model.issue import Block, BlockKind, Issue, IssueState, Outline, Planned, Section
from newsletter.model.publication import Publication
from newsletter.model.rendition import RenditionData
from newsletter.settings import Settings, Smtp
from newsletter.store import Store, issues, renditions

DUE = datetime.fromisoformat("2026-11-27T14:00:00+00:00")
"""Friday 09:00 in New York."""

Scheduled = Callable[..., Issue]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        workspace=tmp_path,
        base_url="http://127.0.0.1:8000",
        secret_keys=("a key for the tests of the schedule",),
        smtp=(Smtp(folder=tmp_path / "outbox", connections=2),),
    )


@pytest.fixture
def scheduled(store: Store, publication: Publication) -> Scheduled:
    """Makes an issue that goes out at a moment."""

    def make(at: datetime = DUE, *, html: str = "", state: IssueState = IssueState.SCHEDULED) -> Issue:
        before = at - timedelta(days=1)
        nonce = "n" * 20
        link = f"mg{nonce}unsubscribegm"
        body = f'<p>Hello{html}</p><a href="{link}">Unsubscribe</a><p>{publication.address}</p>'
        page = f'<!DOCTYPE html><html lang="en"><head><title>Hello</title></head><body>{body}</body></html>'
        data = RenditionData(
            subject="Alderwick Letter",
            sender=publication.sender,
            reply_to="",
            list_id="Alderwick Letter <alderwick-letter.localhost>",
            html=page,
            text=f"Hello\n\nUnsubscribe: {link}\n{publication.address}\n",
            base_url="http://127.0.0.1:8000",
            nonce=nonce,
        )
        with store.writing() as tx:
            issue = issues.create(
                tx,
                publication.id,
                Outline((Section(blocks=(Block(kind=BlockKind.TEXT, blurb="Hello"),)),)),
                title=None,
                theme=None,
                now=before,
            )
            kept = renditions.add(tx, issue.id, data, now=before)
            values = {"rendition_id": kept.id, "approved_at": before}
            issues.move(tx, issue.id, [IssueState.DRAFT], IssueState.APPROVED, values)
            issues.plan(tx, issue, Planned(at=at, zone="America/New_York"), local=at.isoformat(), now=before)
            if state is not IssueState.APPROVED:
                issues.move(tx, issue.id, [IssueState.APPROVED], state)
            return issues.by_id(tx, issue.id)

    return make
