"""The queue in words: the rows of a day, the chips of a row, and the last step of a person. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from newsletter.model.issue import IssueState, Section
from newsletter.model.item import Triage
from newsletter.model.publication import Publication
from newsletter.model.step import Step
from newsletter.model.wanted import Row
from newsletter.text.plain import plain
from newsletter.web.dates import told
from newsletter.web.languages import gettext as _
from newsletter.web.languages import ngettext
from newsletter.web.shown import shorten

EXCERPT = 320
"""Characters of an excerpt in the queue."""
TITLE = 60
"""Characters of a title in a sentence."""

_COMING = frozenset({IssueState.DRAFT, IssueState.APPROVED, IssueState.SCHEDULED, IssueState.HELD})


@dataclass(frozen=True)
class Chip:
    """A state in words. `look` is how it is told apart: `new changed past`, or nothing."""

    text: str
    look: str = ""
    number: int | None = None
    """The draft to which it leads."""
    block: int | None = None


@dataclass(frozen=True, kw_only=True)
class ShownRow:
    """A row as a person sees it."""

    row: Row
    title: str
    excerpt: str
    chips: tuple[Chip, ...]
    into: int | None
    """The section of the draft into which it would go by itself; none where it has none of its own."""
    is_decided: bool
    """Whether it is not what the list is about any more."""

    @property
    def id(self) -> int:
        """The item that leads."""
        return self.row.item.id


def shown_row(row: Row, *, wanted: Triage | None, sections: Sequence[Section], zone: ZoneInfo) -> ShownRow:
    """One row in words. `wanted`: the state that the list is about."""
    item = row.item
    excerpt = shorten(plain(item.latest.excerpt), EXCERPT)
    own = (item.section or "").casefold()
    return ShownRow(
        row=row,
        title=title_of(row),
        excerpt=excerpt,
        chips=tuple(_chips(row, zone)),
        into=next((section.id for section in sections if own and section.name.casefold() == own), None),
        is_decided=item.state is not (wanted or Triage.NEW),
    )


def title_of(row: Row) -> str:
    """What a row is called; its first words where it has no title."""
    latest = row.item.latest
    return latest.title or shorten(plain(latest.excerpt), 80) or _("Without a title")


def _chips(row: Row, zone: ZoneInfo) -> list[Chip]:
    item, chips = row.item, []
    coming = [use for use in row.used if use.state in _COMING]
    if item.state is Triage.NEW and not row.used:
        chips.append(Chip(_("new"), "new"))
    for use in {use.number: use for use in coming}.values():
        drafted = _("in draft %(n)s", n=use.number) if use.state is IssueState.DRAFT else _("in %(n)s", n=use.number)
        chips.append(Chip(drafted, "", use.number, use.block))
    if any(use.changed for use in coming):
        chips.append(Chip(_("source changed"), "changed"))
    for use in {use.number: use for use in row.used if use.state not in _COMING}.values():
        if use.sent_at:
            on = use.sent_at.astimezone(zone)
            chips.append(Chip(_("sent in %(n)s (%(day)s)", n=use.number, day=f"{on.day}\u00a0{on:%b}"), "past"))
        else:
            chips.append(Chip(_("going out in %(n)s", n=use.number), "past"))
    if item.state is Triage.PICKED and not coming:
        chips.append(Chip(_("picked")))
    if item.state is Triage.SNOOZED:
        chips.append(Chip(_("snoozed until issue %(n)s", n=item.until) if item.until else _("snoozed")))
    if item.state is Triage.SKIPPED:
        chips.append(Chip(_("skipped: %(why)s", why=item.reason) if item.reason else _("skipped")))
    if item.edited:
        chips.append(Chip(_("edited here"), "past"))
    return chips


def by_day(rows: Sequence[ShownRow], publication: Publication, now: datetime) -> list[tuple[str, list[ShownRow]]]:
    """Rows under the day on which they appeared, in the newsletter's zone, in the order given."""
    zone = ZoneInfo(publication.zone)
    today = now.astimezone(zone).date()
    days: list[tuple[str, list[ShownRow]]] = []
    for row in rows:
        day = row.row.shown_at.astimezone(zone).date()
        age = (today - day).days
        name = told(day, "long" if day.year != today.year else "no-year")
        name = {0: _("Today, %(day)s", day=name), 1: _("Yesterday, %(day)s", day=name)}.get(age, name)
        if not days or days[-1][0] != name:
            days.append((name, []))
        days[-1][1].append(row)
    return days


def count_in_words(count: int) -> str:
    """`1 item`, `3 items`."""
    return ngettext("1 item", "%(n)s items", count)


def done(what: str, title: str, count: int, number: int | None = None) -> str:
    """What was done, in one sentence, with the title where it was one item."""
    name = f"“{shorten(title, TITLE)}”" if title and count == 1 else count_in_words(count)
    sentences = {
        "pick": _("Picked %(name)s.", name=name),
        "skip": _("Skipped %(name)s.", name=name),
        "snooze": _("Snoozed %(name)s until the next issue.", name=name),
        "restore": _("To be decided again: %(name)s.", name=name),
        "add": _("%(name)s in issue %(n)s now.", name=name, n=number),
        "same": _("One story: %(name)s.", name=name),
        "part": _("A story of its own: %(name)s.", name=name),
        "lead": _("Credited now: %(name)s.", name=name),
    }
    return sentences.get(what, "")


def undone(step: Step, title: str, left: int) -> str:
    """What was taken back, and what somebody else had decided meanwhile."""
    before = done(step.what, title, max(1, len(step.changes)), step.issue).rstrip(".")
    said = _("Taken back: %(what)s.", what=before)
    if left:
        said += " " + ngettext(
            "1 item was decided again since and stays.", "%(n)s items were decided again since and stay.", left
        )
    return said
