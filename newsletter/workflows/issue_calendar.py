"""What an editor says about the calendar of one issue: pin, hide, order by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from newsletter.errors import NotFound, Refused
from newsletter.events.arranging import calendar_of, moved
from newsletter.model.event import EventStatus, Occurrence, Said
from newsletter.model.issue import Issue, IssueState
from newsletter.model.publication import Publication
from newsletter.store import Store, Tx, events, issue_events, issues

MOST = 500


def calendar(tx: Tx, publication: Publication, issue: Issue, on: date) -> list[Occurrence]:
    """The occurrences of an issue of the day `on`, as its editors arranged them; hidden ones last, marked so.

    A calendar of thousands would make a mail that no client shows: the next `MOST` are in it.
    """
    dated = calendar_of(
        events.listing(tx, publication.id, statuses=[EventStatus.CONFIRMED]),
        issue_events.said(tx, issue.id),
        on=on,
        days=publication.event_days,
        zone=publication.zone,
        language=publication.language,
    )
    return [one for one in dated if not one.hidden][:MOST] + [one for one in dated if one.hidden]


def arrange(
    store: Store,
    publication: Publication,
    number: int | None,
    occurrence: str,
    *,
    on: date,
    pinned: bool | None = None,
    hidden: bool | None = None,
    to: int | None = None,
) -> Issue:
    """Say something about an occurrence of a draft; what is none stays as it was said before.

    One that is pinned need not be within the window. `to`: its place among those shown, from 1; 0 puts it back to its
    date. Raises NotFound where the calendar has no such occurrence, Refused where the issue is no draft.
    """
    with store.writing() as tx:
        issue = issues.get(tx, publication.id, number)
        if issue.state is not IssueState.DRAFT:
            raise Refused(
                f"Issue {issue.number} is {issue.state}; only a draft can be edited. "
                f"Take it back with: newsletter issue reopen {issue.number}",
                code="not-a-draft",
            )
        said = issue_events.said(tx, issue.id)
        words = said.get(occurrence, Said(occurrence))
        words = replace(
            words,
            pinned=words.pinned if pinned is None else pinned,
            hidden=words.hidden if hidden is None else hidden,
            rank=None if to == 0 or hidden else words.rank,
        )
        issue_events.say(tx, issue.id, [words])
        shown = calendar(tx, publication, issue, on)
        if words and all(one.id != occurrence for one in shown):
            raise NotFound(
                f"The calendar of issue {issue.number} has no occurrence “{occurrence}”; "
                f"those there are: newsletter issue events {issue.number}",
                where="OCCURRENCE",
            )
        if to:
            issue_events.say(tx, issue.id, moved(shown, issue_events.said(tx, issue.id), occurrence, to))
        issues.change(tx, issue.id, {"version": issue.version + 1})
        return issues.by_id(tx, issue.id)


def carry(tx: Tx, publication: Publication, earlier: Issue, later: Issue, on: date) -> None:
    """Keep in a later issue what an earlier one said about the occurrences that are still to come."""
    live = {one.id for one in calendar(tx, publication, earlier, on)}
    issue_events.carry(tx, earlier.id, later.id, live)
