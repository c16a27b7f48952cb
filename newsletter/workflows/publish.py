"""An issue on its way: outline, occurrences, check and freeze, plan, send. Each step in the order it happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from newsletter.clock import Clock
from newsletter.errors import Conflict, NotFound, Refused
from newsletter.model.asset import Assets
from newsletter.model.delivery import Tally
from newsletter.model.event import Occurrence
from newsletter.model.finding import Finding, Level
from newsletter.model.issue import Approved, BlockKind, Issue, IssueState, PinnedItem, Planned
from newsletter.model.item import ItemId, ItemVersion
from newsletter.model.linked import LinkAnswer
from newsletter.model.publication import Publication
from newsletter.model.rendition import RenditionData
from newsletter.model.waiver import Waiver, waived
from newsletter.model.when import local_day
from newsletter.render.checks import preflight, still_allowed
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
    marks,
    renditions,
    restoring,
    waivers,
)
from newsletter.workflows.deliver import try_server
from newsletter.workflows.issue_calendar import calendar
from newsletter.workflows.specimen import specimen

FROZEN = frozenset(issues.ON_ITS_WAY)
FURTHEST = timedelta(days=731)
"""How far ahead an issue may be scheduled: a year that was mistyped is told."""


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
class Desk:
    """One newsletter, its store, the machine's settings and the time."""

    store: Store
    settings: Settings
    clock: Clock
    publication: Publication

    # -- looking ------------------------------------------------------------

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

    # -- moving -------------------------------------------------------------

    def approve(self, number: int, *, on: date | None = None) -> Issue:
        """Check a draft, render it once, and freeze it. Raises Refused with what a check found."""
        material = self.material(number, on=on)
        issue = material.issue
        if issue.state is not IssueState.DRAFT:
            raise Refused(f"Issue {number} is {issue.state}; only a draft can be approved.", code="not-a-draft")
        data = self.frozen(material)
        with self.store.writing() as tx:
            if issues.held(tx, issue.id) != issue:
                raise Conflict(f"Somebody changed issue {number} while it was checked; look at it again.")
            self._keep(tx, issue, data)
            return issues.by_id(tx, issue.id)

    def frozen(self, material: Material) -> RenditionData:
        """What readers would get of this material. Raises Refused with every error that a check finds."""
        data = self._compose(material)
        found = preflight(self.publication, material.issue, data, settings=self.settings, versions=material.versions)
        self._refuse(material.issue, found)
        return data

    @staticmethod
    def _refuse(issue: Issue, findings: list[Finding]) -> None:
        """Raise Refused with every error that a check found."""
        if errors := [finding for finding in findings if finding.level is Level.ERROR]:
            raise Refused(
                f"Issue {issue.number} cannot go out yet: " + "\n".join(finding.message for finding in errors),
                code=errors[0].code,
                where=f"issue {issue.number}",
            )

    def _keep(self, tx: Tx, issue: Issue, data: RenditionData) -> None:
        rendition = renditions.add(tx, issue.id, data, now=self.clock.now())
        columns = {"rendition_id": rendition.id, "approved_at": self.clock.now()}
        issues.move(tx, issue.id, [IssueState.DRAFT], IssueState.APPROVED, columns)

    def reopen(self, number: int) -> Issue:
        """Back to a draft, the schedule withdrawn. Raises Refused once sending began."""
        origins = [IssueState.APPROVED, IssueState.SCHEDULED, IssueState.HELD]
        with self.store.writing() as tx:
            issue = issues.get(tx, self.publication.id, number)
            columns = {"rendition_id": None, "approved_at": None, "held_why": None}
            if not issues.move(tx, issue.id, origins, IssueState.DRAFT, columns):
                raise Refused(
                    f"Issue {number} is {issue.state}; only what is approved, scheduled or held can be reopened.",
                    code="not-reopened",
                    where="ISSUE",
                )
            issues.unplan(tx, issue.id)
            return issues.by_id(tx, issue.id)

    def schedule(
        self,
        number: int,
        planned: Planned,
        *,
        approve: bool = False,
        first: Callable[[Tx, Issue], None] = lambda tx, issue: None,
    ) -> Issue:
        """Plan when an approved (or held) issue goes out; `approve` first where it is a draft.

        `first` is done in the same transaction, with the issue as it was before.

        An issue bears the day it goes out: where that is not the day it was approved for, it is dated anew. Raises
        Refused for a time in the past, a segment that does not exist, a state that does not allow it, or where it
        cannot be dated anew because something else changed since it was approved.
        """
        if planned.at <= self.clock.now():
            past = planned.at.astimezone(ZoneInfo(planned.zone))
            raise Refused(f"{past:%Y-%m-%d %H:%M} {planned.zone} is in the past.", code="in-the-past", where="--at")
        if planned.at - self.clock.now() > FURTHEST:
            raise Refused("That is more than 2 years ahead; choose an earlier day.", code="too-far", where="--at")
        _no_segment(planned.segment)
        origins = [IssueState.APPROVED, IssueState.SCHEDULED, IssueState.HELD]
        material = self.material(number, on=local_day(planned.at, self.publication.zone))
        issue = material.issue
        if issue.state is IssueState.DRAFT and not approve:
            raise Refused(
                f"Issue {number} is a draft; approve it first, or add --approve.",
                code="not-approved",
                where="--approve",
            )
        if issue.state not in {IssueState.DRAFT, *origins}:
            raise Refused(f"Issue {number} is {issue.state} and cannot be scheduled.", code="not-scheduled")
        data = self.frozen(material) if issue.state is IssueState.DRAFT else self._dated_anew(material)
        with self.store.writing() as tx:
            if issues.held(tx, issue.id) != issue:
                raise Conflict(f"Somebody changed issue {number} meanwhile; look at it again.")
            first(tx, issue)
            columns: dict[str, object] = {"held_why": None}
            if data is not None:
                columns["rendition_id"] = renditions.add(tx, issue.id, data, now=self.clock.now()).id
                columns["approved_at"] = self.clock.now()
            if issue.state is IssueState.DRAFT:
                issues.move(tx, issue.id, [IssueState.DRAFT], IssueState.APPROVED, columns)
            if issue.state is not IssueState.SCHEDULED:
                issues.move(tx, issue.id, [IssueState.APPROVED, IssueState.HELD], IssueState.SCHEDULED, columns)
            else:
                issues.change(tx, issue.id, columns)
            local = planned.at.astimezone(ZoneInfo(planned.zone)).isoformat(timespec="minutes")
            issues.plan(tx, issue, planned, local=local, now=self.clock.now())
            return issues.by_id(tx, issue.id)

    def _dated_anew(self, material: Material) -> RenditionData | None:
        """What was approved, bearing the day of the material; none where it bears that day already.

        Readers get what was approved: if anything but the day would differ, a person approves it again.
        """
        issue = material.issue
        if issue.approved is None:
            return None
        with self.store.reading() as tx:
            frozen = renditions.get(tx, issue.approved.id).data
        if frozen.day is None or frozen.day == material.day:
            return None
        same = self.material(issue.number, on=frozen.day)
        if self._compose(same, nonce=frozen.nonce).checksum != frozen.checksum:
            raise Refused(
                f"Issue {issue.number} was approved for {frozen.day:%Y-%m-%d}, and its calendar, its publication or "
                f"its templates changed since; look at it again: newsletter issue reopen {issue.number}",
                code="changed-since-approval",
                where=f"issue {issue.number}",
            )
        return self.frozen(material)

    def unschedule(self, number: int) -> Issue:
        """Withdraw the schedule; the issue stays approved."""
        with self.store.writing() as tx:
            issue = issues.get(tx, self.publication.id, number)
            if not issues.move(tx, issue.id, [IssueState.SCHEDULED], IssueState.APPROVED):
                raise Refused(f"Issue {number} is {issue.state}, not scheduled.", code="not-scheduled")
            issues.unplan(tx, issue.id)
            return issues.by_id(tx, issue.id)

    def start(
        self,
        number: int,
        *,
        approve: bool = False,
        segment: str | None = None,
        canary: int = 0,
        canary_wait: timedelta = timedelta(),
    ) -> Issue:
        """Begin to send by hand: the audience's cut-off is now. Safe to call again; a sent issue stays sent.

        With `canary` so many readers get it first; the others after the wait, if few of the first went wrong.
        """
        _no_segment(segment)
        with self.store.reading() as tx:
            issue = issues.get(tx, self.publication.id, number)
        if issue.state in (IssueState.SENDING, IssueState.SENT):
            return issue
        if issue.state is IssueState.PAUSED:
            return self._go_on(issue)
        if issue.state is IssueState.DRAFT and not approve:
            raise Refused(
                f"Issue {number} is a draft; approve it first, or add --approve.",
                code="not-approved",
                where="--approve",
            )
        try_server(self.settings)  # a server that refuses us is told before anything has changed
        if issue.state is IssueState.DRAFT:
            issue = self.approve(number)
        if issue.state in (IssueState.APPROVED, IssueState.SCHEDULED, IssueState.HELD):
            issue = self._still_right(issue)
        origins = [IssueState.APPROVED, IssueState.SCHEDULED, IssueState.HELD]
        with self.store.writing() as tx:
            cut_off = audience.cut_off(tx, self.publication.id, self.clock.now())
            columns = {"sending_at": cut_off, "held_why": None, "canary": canary}
            columns["canary_wait"] = int(canary_wait.total_seconds())
            if not issues.move(tx, issue.id, origins, IssueState.SENDING, columns):
                now = issues.by_id(tx, issue.id)
                if now.state in (IssueState.SENDING, IssueState.SENT):
                    return now
                raise Refused(f"Issue {number} is {now.state} and cannot be sent.", code="not-sent")
            issues.unplan(tx, issue.id)
            return issues.by_id(tx, issue.id)

    def _go_on(self, issue: Issue) -> Issue:
        """Sending again continues what the sender paused by itself; what a person or a restore paused, they resume."""
        with self.store.reading() as tx:
            restored = marks.get(tx, restoring.RESTORED)
        if restored and issue.sending_at is not None and issue.sending_at <= restored.at:
            raise Refused(f"{issue.held_why} newsletter issue resume {issue.number}", code="restored")
        if issue.held_why is None:
            raise Refused(
                f"Issue {issue.number} was paused by a person; go on with: newsletter issue resume {issue.number}",
                code="paused",
            )
        try_server(self.settings)
        with self.store.writing() as tx:
            issues.move(tx, issue.id, [IssueState.PAUSED], IssueState.SENDING, {"held_why": None})
            return issues.by_id(tx, issue.id)

    def _still_right(self, issue: Issue) -> Issue:
        """What was frozen may go out only while the machine's settings allow it, and bearing today's date."""
        assert issue.approved is not None
        today = local_day(self.clock.now(), self.publication.zone)
        data = self._dated_anew(self.material(issue.number, on=today))
        if data is not None:
            with self.store.writing() as tx:
                if issues.held(tx, issue.id) != issue:
                    raise Conflict(f"Somebody changed issue {issue.number} meanwhile; look at it again.")
                rendition = renditions.add(tx, issue.id, data, now=self.clock.now())
                issues.change(tx, issue.id, {"rendition_id": rendition.id, "approved_at": self.clock.now()})
            return issue
        with self.store.reading() as tx:
            data = renditions.get(tx, issue.approved.id).data
        self._refuse(issue, still_allowed(self.publication, issue, data, settings=self.settings))
        return issue


def _no_segment(segment: str | None) -> None:
    if segment is not None:
        raise NotFound(
            f"There is no segment “{segment}”; without one the issue goes to everyone who confirmed.", where="--segment"
        )
