"""An issue as it stands: what it is rendered from, what readers would get, and what the checks find in that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from newsletter.clock import Clock
from newsletter.model.asset import Assets
from newsletter.model.delivery import Tally
from newsletter.model.event import Occurrence
from newsletter.model.finding import Finding
from newsletter.model.issue import Approved, BlockKind, Issue, PinnedItem
from newsletter.model.item import ItemId, ItemVersion
from newsletter.model.linked import LinkAnswer
from newsletter.model.publication import Publication
from newsletter.model.rendition import RenditionData
from newsletter.model.waiver import Waiver, waived
from newsletter.model.when import local_day
from newsletter.render.checks import preflight
from newsletter.render.compose import compose
from newsletter.render.link_check import asked_of, check_links
from newsletter.render.spam import SpamScore, spam_score
from newsletter.render.subject import subject_of
from newsletter.settings import Settings
from newsletter.store import (
    Store,
    Tx,
    assets,
    audience,
    corrections,
    deliveries,
    issues,
    items,
    looks,
    renditions,
    waivers,
)
from newsletter.workflows.issue_calendar import calendar
from newsletter.workflows.specimen import specimen

FROZEN = frozenset(issues.ON_ITS_WAY)


@dataclass(frozen=True)
class Material:
    """What an issue is rendered from."""

    issue: Issue
    versions: Mapping[PinnedItem, ItemVersion]
    occurrences: Sequence[Occurrence]
    """Those of its calendar, by date; none where it has no calendar block."""
    day: date
    """The local day the issue bears."""
    subject: str
    """As readers will see it: the editor's, else by the publication's convention."""
    theme: str
    assets: Assets = field(default_factory=dict)
    """The pictures of its image blocks."""
    look: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    """The values that editors gave to variables of the theme."""


@dataclass(frozen=True)
class Proofing:
    """Looking at the issues of one newsletter, with its store, the machine's settings and the time."""

    store: Store
    settings: Settings
    clock: Clock
    publication: Publication

    def issue(self, number: int | None) -> Issue:
        """An issue with its outline; none means the latest."""
        with self.store.reading() as tx:
            return issues.get(tx, self.publication.id, number)

    def number(self, number: int | None) -> int:
        """The number of an issue; none means the latest."""
        return self.issue(number).number

    def readers(self, number: int | None = None) -> int:
        """How many readers an issue sent now would have; with a number, this one: a correction goes to fewer."""
        with self.store.reading() as tx:
            corrects = None if number is None else issues.get(tx, self.publication.id, number).corrects
            return audience.size(tx, self.publication.id, corrects)

    def material(self, number: int | None, *, on: date | None = None) -> Material:
        """Read what an issue consists of."""
        with self.store.reading() as tx:
            return self._material(tx, issues.get(tx, self.publication.id, number), on)

    def _material(self, tx: Tx, issue: Issue, on: date | None = None) -> Material:
        day = on or self._day(issue)
        has_calendar = any(block.kind is BlockKind.CALENDAR for block in issue.outline.blocks())
        dated = calendar(tx, self.publication, issue, day) if has_calendar else []
        subject = subject_of(self.publication, issue, on=day)
        return Material(
            issue,
            issues.versions(tx, issue.id),
            dated,
            day,
            subject,
            issue.theme or self.publication.theme,
            assets.named(tx, [block.asset for block in issue.outline.blocks() if block.asset]),
            looks.get(tx, self.publication.id, issue.theme or self.publication.theme),
        )

    def _day(self, issue: Issue) -> date:
        if issue.sending_at:
            return local_day(issue.sending_at, self.publication.zone)
        if issue.planned:
            return local_day(issue.planned.at, self.publication.zone)
        return local_day(self.clock.now(), self.publication.zone)

    def preview(self, number: int | None) -> RenditionData:
        """The issue as readers would receive it: the frozen rendition, or a draft rendered now."""
        with self.store.reading() as tx:
            issue = issues.get(tx, self.publication.id, number)
            if issue.approved and issue.state in FROZEN and not corrections.is_open(tx, issue.id):
                return renditions.get(tx, issue.approved.id).data
            material = self._material(tx, issue)
        return self._compose(material)

    def rendered(self, material: Material) -> RenditionData:
        """As `preview`, of what was read already."""
        if approved := self.frozen_as(material.issue):
            with self.store.reading() as tx:
                return renditions.get(tx, approved.id).data
        return self._compose(material)

    def frozen_as(self, issue: Issue) -> Approved | None:
        """The rendition that readers get of an issue on its way; none while its text may be edited."""
        if not issue.approved or issue.state not in FROZEN:
            return None
        with self.store.reading() as tx:
            return None if corrections.is_open(tx, issue.id) else issue.approved

    def _compose(self, material: Material, *, nonce: str | None = None) -> RenditionData:
        return compose(
            self.publication,
            material.issue,
            material.versions,
            material.occurrences,
            settings=self.settings,
            on=material.day,
            nonce=nonce,
            assets=material.assets,
            look=material.look,
        )

    def check(self, number: int | None, *, links: bool = False, spam: bool = False) -> list[Finding]:
        """What must or should be mended before the issue goes out.

        With `links` the servers of its links are asked, with `spam` SpamAssassin is. Raises NewsletterError where
        that is not installed.
        """
        material = self.material(number)
        data = self._compose(material)
        return self.findings(
            material,
            data,
            links=check_links(self.store, self.settings.fetching, self.clock, asked_of(data)) if links else None,
            spam=spam_score(specimen(data, at=self.clock.now())) if spam else None,
        )

    def findings(
        self,
        material: Material,
        data: RenditionData,
        *,
        links: Mapping[str, LinkAnswer] | None = None,
        spam: SpamScore | None = None,
    ) -> list[Finding]:
        """What the checks find in a rendition of this material; what was waived is marked."""
        sent, known = self.told(material)
        return waived(self.checked(material, data, sent, links=links, spam=spam), known)

    def told(self, material: Material) -> tuple[dict[ItemId, list[int]], list[Waiver]]:
        """In which issues its items were sent, and what its editors let pass."""
        with self.store.reading() as tx:
            sent = items.sent_in(tx, self.publication.id, sorted({pin.item for pin in material.versions}))
            return {ItemId(item): numbers for item, numbers in sent.items()}, waivers.listing(tx, material.issue.id)

    def checked(
        self,
        material: Material,
        data: RenditionData,
        sent: Mapping[ItemId, list[int]],
        *,
        links: Mapping[str, LinkAnswer] | None = None,
        spam: SpamScore | None = None,
    ) -> list[Finding]:
        """What the checks find, whatever was waived."""
        return preflight(
            self.publication,
            material.issue,
            data,
            settings=self.settings,
            versions=material.versions,
            occurrences=material.occurrences,
            on=material.day,
            assets=material.assets,
            sent_in=sent,
            links=links,
            spam=spam,
        )

    def status(self, number: int | None) -> tuple[Issue, Tally]:
        """The issue and the counts of its ledger."""
        with self.store.reading() as tx:
            issue = issues.get(tx, self.publication.id, number)
            return issue, deliveries.tally(tx, issue.id)
