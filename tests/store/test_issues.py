"""Issues and outlines on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from newsletter.clock import Clock
from newsletter.errors import Conflict, NotFound, Refused
from newsletter.model.issue import Block, BlockKind, Issue, IssueState, Outline, Planned, Section, Standing
from newsletter.model.publication import Publication
from newsletter.queue.editing import Editor
from newsletter.queue.outline import first_outline
from newsletter.store import Store, issues


@pytest.fixture
def editor(store: Store, clock: Clock, publication: Publication) -> Editor:
    return Editor(store, clock, publication, "ada")


@pytest.fixture
def draft(editor: Editor) -> Issue:
    with editor.store.writing() as tx:
        return issues.create(tx, editor.publication.id, first_outline(), title=None, theme=None, now=editor.clock.now())


def test_issues_are_numbered_from_one_within_their_publication(editor: Editor, draft: Issue) -> None:
    with editor.store.writing() as tx:
        second = issues.create(tx, editor.publication.id, Outline(), title="Winter", theme=None, now=editor.clock.now())
        listed = issues.listing(tx, editor.publication.id)
    assert (draft.number, draft.title, second.number, second.title) == (1, "Issue 1", 2, "Winter")
    assert [issue.number for issue in listed] == [2, 1]


def test_an_outline_comes_back_as_it_was_kept(editor: Editor) -> None:
    made = Outline(
        (
            Section(name="", blocks=(Block(kind=BlockKind.TEXT, blurb="Good morning", headline="Hello"),)),
            Section(name="Town"),
            Section(
                name="Culture",
                blocks=(
                    Block(kind=BlockKind.TEXT, blurb="Write to us", standing=Standing(date(2026, 1, 1), None)),
                    Block(kind=BlockKind.CALENDAR, teaser="Seven dates", teaser_rank=2),
                ),
            ),
        )
    )
    with editor.store.writing() as tx:
        kept = issues.create(tx, editor.publication.id, made, title=None, theme=None, now=editor.clock.now())
    bare = Outline(
        tuple(
            replace(section, id=0, blocks=tuple(replace(block, id=0) for block in section.blocks))
            for section in kept.outline.sections
        )
    )
    assert bare == made


def test_an_edited_block_gets_a_version_and_the_issue_does_not(editor: Editor, draft: Issue) -> None:
    with_text = editor.add_text(draft.number, "Good morning")
    block = with_text.outline.blocks()[0]
    edited = editor.edit_block(draft.number, block.id, {"blurb": "Good evening"}, if_version=block.version)
    assert (with_text.version, edited.version) == (2, 2)
    assert edited.outline.blocks()[0] == replace(block, blurb="Good evening", version=2)


def test_a_block_that_somebody_changed_is_not_overwritten(editor: Editor, draft: Issue) -> None:
    block = editor.add_text(draft.number, "Good morning").outline.blocks()[0]
    editor.edit_block(draft.number, block.id, {"blurb": "first"}, if_version=1)
    with pytest.raises(Conflict):
        editor.edit_block(draft.number, block.id, {"blurb": "second"}, if_version=1)
    with editor.store.reading() as tx:
        assert issues.get(tx, editor.publication.id, draft.number).outline.blocks()[0].blurb == "first"


def test_an_order_that_somebody_changed_is_not_overwritten(editor: Editor, draft: Issue) -> None:
    issue = editor.add_text(draft.number, "one")
    issue = editor.add_text(draft.number, "two")
    first, second, _ = issue.outline.blocks()
    moved = editor.move_block(draft.number, second.id, 1, if_version=issue.version)
    assert [block.id for block in moved.outline.blocks()][:2] == [second.id, first.id]
    with pytest.raises(Conflict):
        editor.remove_block(draft.number, first.id, if_version=issue.version)
    with pytest.raises(Conflict):
        editor.set_fields(draft.number, {"title": "Late"}, if_version=issue.version)


def test_blocks_move_between_sections_and_survive_the_removal_of_theirs(editor: Editor, draft: Issue) -> None:
    editor.add_section(draft.number, "Town")
    editor.add_text(draft.number, "one", section="Town")
    issue = editor.remove_section(draft.number, "Town")
    assert [(section.name, [block.kind for block in section.blocks]) for section in issue.outline.sections] == [
        ("", [BlockKind.TEXT, BlockKind.CALENDAR])
    ]


def test_emptying_a_field_returns_to_the_original(editor: Editor, draft: Issue) -> None:
    block = editor.add_text(draft.number, "Good morning", headline="Hello").outline.blocks()[0]
    edited = editor.edit_block(draft.number, block.id, {"headline": "", "teaser": "Sundays"}).outline.blocks()[0]
    assert (edited.headline, edited.teaser) == (None, "Sundays")


def test_only_a_draft_can_be_edited(editor: Editor, draft: Issue) -> None:
    with editor.store.writing() as tx:
        assert issues.move(tx, draft.id, [IssueState.DRAFT], IssueState.APPROVED)
        assert not issues.move(tx, draft.id, [IssueState.DRAFT], IssueState.APPROVED)
    with pytest.raises(Refused, match="reopen"):
        editor.add_text(draft.number, "late")


def test_a_move_that_the_states_do_not_know_is_a_mistake_of_ours(editor: Editor, draft: Issue) -> None:
    with pytest.raises(ValueError, match="no issue goes"), editor.store.writing() as tx:
        issues.move(tx, draft.id, [IssueState.SENT], IssueState.DRAFT)


def test_a_plan_is_kept_replaced_and_withdrawn(editor: Editor, draft: Issue) -> None:
    at = datetime(2026, 12, 4, 14, 0, tzinfo=UTC)
    planned = Planned(at=at, zone="America/New_York")
    with editor.store.writing() as tx:
        issues.plan(tx, draft, planned, local="2026-12-04T08:00-05:00", now=editor.clock.now())
        issues.plan(tx, draft, planned, local="2026-12-04T09:00-05:00", now=editor.clock.now())
        assert issues.by_id(tx, draft.id).planned == planned
        issues.unplan(tx, draft.id)
        assert issues.by_id(tx, draft.id).planned is None


def test_an_issue_that_is_not_there_is_told(editor: Editor) -> None:
    with pytest.raises(NotFound, match="issue new"), editor.store.reading() as tx:
        issues.get(tx, editor.publication.id, None)
    with pytest.raises(NotFound, match="issue 7"), editor.store.reading() as tx:
        issues.get(tx, editor.publication.id, 7)
