"""An issue on its way: frozen once, dated by the day it goes out, refused while something is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsletter.clock import Clock
from newsletter.errors import Conflict, NewsletterError, NotFound, Refused
from newsletter.model.issue import IssueState, Planned
from newsletter.model.publication import Publication
from newsletter.queue.editing import Editor
from newsletter.settings import Settings, smtp_from_url
from newsletter.store import Store, publications, renditions
from newsletter.workflows.drafting import new_issue
from newsletter.workflows.publish import Desk

ZONE = "America/New_York"


@pytest.fixture
def desk(store: Store, publication: Publication, clock: Clock, tmp_path: Path) -> Desk:
    """A publication with one draft that could go out, and a folder for a mail server."""
    settings = Settings(
        workspace=tmp_path,
        base_url="https://letter.example.org",
        secret_keys=("a key for tests",),
        smtp=(smtp_from_url("file:outbox", tmp_path, "test"),),
    )
    editor = Editor(store, clock, publication, "ada")
    new_issue(editor)
    editor.add_text(1, "The library opens on Sundays.", headline="Sundays")
    return Desk(store, settings, clock, publication)


def editor_of(desk: Desk) -> Editor:
    return Editor(desk.store, desk.clock, desk.publication, "ada")


def at(day: int, hour: int = 14) -> Planned:
    return Planned(at=datetime(2026, 12, day, hour, 0, tzinfo=UTC), zone=ZONE)


def test_approval_freezes_what_readers_will_get(desk: Desk) -> None:
    approved = desk.approve(1)
    assert approved.state is IssueState.APPROVED
    assert approved.approved
    with desk.store.writing() as tx:
        publications.change(tx, desk.publication.id, {"name": "Another name"})
        frozen = renditions.get(tx, approved.approved.id).data
    renamed = replace(desk, publication=replace(desk.publication, name="Another name"))
    assert frozen.checksum == approved.approved.checksum
    assert renamed.preview(1) == frozen
    assert "Sundays" in frozen.html
    assert "Sundays" in frozen.text


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"base_url": ""}, "base-url-unset"),
        ({"base_url": "http://letter.example.org"}, "base-url-not-https"),
        (
            {"base_url": "http://127.0.0.1:8000", "smtp": (smtp_from_url("smtp://mail.example.org", Path(), "test"),)},
            "base-url-loopback",
        ),
    ],
)
def test_a_wrong_base_url_refuses_approval_and_changes_nothing(
    desk: Desk, fields: dict[str, object], code: str
) -> None:
    wrong = replace(desk, settings=replace(desk.settings, **fields))  # type: ignore[arg-type]
    with pytest.raises(Refused) as refused:
        wrong.approve(1)
    assert refused.value.code == code
    assert desk.issue(1).state is IssueState.DRAFT


def test_a_missing_postal_address_refuses_approval(desk: Desk) -> None:
    bare = replace(desk, publication=replace(desk.publication, address=""))
    assert "no-postal-address" in {finding.code for finding in bare.check(1)}
    with pytest.raises(Refused, match="postal address"):
        bare.approve(1)


def test_an_approved_issue_is_edited_only_after_it_was_reopened(desk: Desk) -> None:
    desk.approve(1)
    with pytest.raises(Refused, match="reopen"):
        editor_of(desk).add_text(1, "late")
    with pytest.raises(Refused, match="only a draft"):
        desk.approve(1)
    reopened = desk.reopen(1)
    assert (reopened.state, reopened.approved) == (IssueState.DRAFT, None)
    editor_of(desk).add_text(1, "in time")
    with pytest.raises(Refused, match="can be reopened"):
        desk.reopen(1)


def test_an_issue_bears_the_day_it_goes_out(desk: Desk) -> None:
    approved = desk.approve(1).approved
    assert approved
    assert "Friday, November 27, 2026" in desk.preview(1).text
    scheduled = desk.schedule(1, at(4))
    assert scheduled.state is IssueState.SCHEDULED
    assert scheduled.approved
    assert scheduled.approved.checksum != approved.checksum
    assert "Friday, December 4, 2026" in desk.preview(1).text
    again = desk.schedule(1, at(4, 15))
    assert again.approved == scheduled.approved
    assert again.planned == at(4, 15)


def test_a_schedule_is_withdrawn_alone_or_with_the_approval(desk: Desk) -> None:
    desk.schedule(1, at(4), approve=True)
    withdrawn = desk.unschedule(1)
    assert (withdrawn.state, withdrawn.planned) == (IssueState.APPROVED, None)
    with pytest.raises(Refused, match="not scheduled"):
        desk.unschedule(1)
    desk.schedule(1, at(4))
    reopened = desk.reopen(1)
    assert (reopened.state, reopened.planned, reopened.approved) == (IssueState.DRAFT, None, None)


def test_what_cannot_be_scheduled_is_refused_and_stays_as_it_was(desk: Desk) -> None:
    past = Planned(at=desk.clock.now() - timedelta(minutes=1), zone=ZONE)
    with pytest.raises(Refused, match="in the past"):
        desk.schedule(1, past, approve=True)
    with pytest.raises(Refused, match="is a draft"):
        desk.schedule(1, at(4))
    with pytest.raises(NotFound, match="no segment"):
        desk.schedule(1, replace(at(4), segment="vip"), approve=True)
    with pytest.raises(NotFound, match="issue 2"):
        desk.schedule(2, at(4), approve=True)
    assert desk.issue(1).state is IssueState.DRAFT


def test_a_server_that_cannot_be_reached_is_told_before_anything_changes(desk: Desk) -> None:
    away = replace(
        desk,
        settings=replace(desk.settings, smtp=(smtp_from_url("smtp://127.0.0.1:9", desk.settings.workspace, "test"),)),
    )
    with pytest.raises(NewsletterError, match="cannot be reached"):
        away.start(1, approve=True)
    with pytest.raises(NewsletterError, match="No mail server"):
        replace(desk, settings=replace(desk.settings, smtp=())).start(1, approve=True)
    assert desk.issue(1).state is IssueState.DRAFT


def test_without_a_key_nothing_is_approved_and_nothing_sent(desk: Desk) -> None:
    keyless = replace(desk, settings=replace(desk.settings, secret_keys=()))
    with pytest.raises(Refused) as told:
        keyless.start(1, approve=True)
    assert told.value.code == "no-secret-key"
    assert desk.issue(1).state is IssueState.DRAFT
    desk.approve(1)
    with pytest.raises(Refused):
        keyless.start(1)
    assert desk.issue(1).state is IssueState.APPROVED


def test_a_refusal_names_the_block_to_mend_as_the_check_does(desk: Desk) -> None:
    editor_of(desk).add_text(1, "Read on", headline="For *|NAME|*")
    [found] = [one.message for one in desk.check(1) if one.code == "leftover-token"]
    with pytest.raises(Refused) as told:
        desk.approve(1)
    assert found in told.value.message
    assert "newsletter issue edit 1" in found


def test_no_way_back_is_named_where_there_is_none(desk: Desk) -> None:
    desk.start(1, approve=True)
    with pytest.raises(Refused) as told:
        editor_of(desk).add_text(1, "More")
    assert told.value.message == "Issue 1 is sending; only a draft can be edited."


def test_sending_begins_once_and_an_audience_is_cut_off_then(desk: Desk) -> None:
    with pytest.raises(Refused, match="--approve"):
        desk.start(1)
    begun = desk.start(1, approve=True)
    assert begun.state is IssueState.SENDING
    assert begun.sending_at
    assert desk.start(1, approve=True) == begun
    for move in (desk.reopen, desk.unschedule, desk.approve):
        with pytest.raises(Refused):
            move(1)


def test_an_issue_that_changed_while_it_was_checked_is_not_approved(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = Desk.frozen

    def meanwhile(self: Desk, material: object) -> object:
        editor_of(desk).add_text(1, "somebody else's words")
        return checked(self, material)  # type: ignore[arg-type]

    monkeypatch.setattr(Desk, "frozen", meanwhile)
    with pytest.raises(Conflict):
        desk.approve(1)
    monkeypatch.undo()
    assert desk.issue(1).state is IssueState.DRAFT


def test_approved_yesterday_and_sent_by_hand_today_it_bears_today(desk: Desk) -> None:
    desk.approve(1)
    tomorrow = replace(desk, clock=Clock(desk.clock.now() + timedelta(days=1)))
    begun = tomorrow.start(1)
    assert begun.state is IssueState.SENDING
    assert "Saturday, November 28, 2026" in tomorrow.preview(1).text


@pytest.mark.parametrize("moves", ["schedule", "start"])
def test_what_changed_since_the_approval_is_not_sent_with_another_date(desk: Desk, moves: str) -> None:
    frozen = desk.approve(1).approved
    other = replace(desk, publication=replace(desk.publication, address="Another street 1"))
    tomorrow = replace(other, clock=Clock(desk.clock.now() + timedelta(days=1)))
    with pytest.raises(Refused, match="changed since"):
        other.schedule(1, at(4)) if moves == "schedule" else tomorrow.start(1)
    assert (desk.issue(1).state, desk.issue(1).approved) == (IssueState.APPROVED, frozen)
    assert other.start(1).approved == frozen  # on its own day it goes out as it was approved


def test_more_than_two_years_ahead_is_a_slip_of_the_pen(desk: Desk) -> None:
    desk.approve(1)
    with pytest.raises(Refused) as told:
        desk.schedule(1, Planned(at=datetime(2029, 12, 4, 14, 0, tzinfo=UTC), zone=ZONE))
    assert told.value.code == "too-far"
    assert desk.issue(1).state is IssueState.APPROVED
    desk.schedule(1, Planned(at=datetime(2028, 11, 20, 14, 0, tzinfo=UTC), zone=ZONE))
