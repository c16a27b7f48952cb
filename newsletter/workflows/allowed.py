"""Whether what was frozen earlier may go out today."""

from __future__ import annotations

from newsletter.model.finding import Finding
from newsletter.model.issue import IssueId
from newsletter.model.publication import PublicationId
from newsletter.render.checks import still_allowed
from newsletter.settings import Settings
from newsletter.store import Store, issues, publications, renditions


def allowed_today(store: Store, settings: Settings, publication: PublicationId, issue: IssueId) -> list[Finding]:
    """What the checks say about the frozen content of an issue under today's settings; nothing where it has none."""
    with store.reading() as tx:
        found, whose = issues.by_id(tx, issue), publications.get(tx, publication)
        if found.approved is None:
            return []
        data = renditions.get(tx, found.approved.id).data
    return still_allowed(whose, found, data, settings=settings)
