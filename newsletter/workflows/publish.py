"""An issue on its way: outline, occurrences, check and freeze, plan, send. Each step in the order it happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from newsletter.errors import Conflict, NotFound, Refused
from newsletter.model.finding import Finding, Level
from newsletter.model.issue import Issue, IssueState, Planned
from newsletter.model.rendition import RenditionData
from newsletter.model.when import local_day
from newsletter.render.checks import preflight, still_allowed
from newsletter.store import (
    Tx,
    audience,
    issues,
    marks,
    renditions,
    restoring,
)
from newsletter.workflows.deliver import try_server
from newsletter.workflows.proofing import Material, Proofing

FURTHEST = timedelta(days=731)
"""How far ahead an issue may be scheduled: a year that was mistyped is told."""


@dataclass(frozen=True)
class Desk(Proofing):
    """One newsletter, its store, the machine's settings and the time: its issues, looked at and moved on."""

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
