"""Undo, redo and earlier versions, on both databases."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.clock import Clock
from newsletter.errors import Conflict, NewsletterError, NotFound, Refused
from newsletter.model.issue import (
    Block,
    BlockId,
    BlockKind,
    Issue,
    IssueState,
    Outline,
    PinnedItem,
    Section,
    SectionId,
    Standing,
)
from newsletter.model.item import ItemId
from newsletter.model.publication import Publication
from newsletter.model.revision import RevisionId, VersionId
from newsletter.queue import history
from newsletter.queue.editing import Editor
from newsletter.queue.outline import first_outline
from newsletter.store import Store, issues, publications, revisions


@pytest.fixture
def editor(store: Store, clock: Clock, publication: Publication) -> Editor:
    return Editor(store, clock, publication, "ada")


@pytest.fixture
def draft(editor: Editor) -> Issue:
    with editor.store.writing() as tx:
        return issues.create(tx, editor.publication.id, first_outline(), title=None, theme=None, now=editor.clock.now())


def bare(outline: Outline) -> list[Any]:
    """An outline without versions, which only grow."""
    return [
        (one.name, one.most, [(block.id, block.kind, block.headline, block.blurb) for block in one.blocks])
        for one in outline.sections
    ]


def now(editor: Editor, number: int = 1) -> Issue:
    with editor.store.reading() as tx:
        return issues.get(tx, editor.publication.id, number)


def states(editor: Editor, issue: Issue) -> list[tuple[str, str]]:
    with editor.store.reading() as tx:
        return [(one.change, one.state) for one in revisions.listing(tx, issue.id, limit=50)]


def test_every_step_is_undone_and_done_again_in_order(editor: Editor, draft: Issue) -> None:
    steps = [draft]
    steps.append(editor.add_text(1, "Good morning"))
    block = steps[-1].outline.blocks()[0]
    steps.append(editor.edit_block(1, block.id, {"headline": "Hello"}))
    steps.append(editor.add_section(1, "Town hall"))
    steps.append(editor.move_block(1, block.id, 1, section="Town hall"))
    steps.append(editor.set_fields(1, {"subject": "Spring"}))
    steps.append(editor.remove_block(1, block.id))
    for before in reversed(steps[:-1]):
        issue, _ = history.undo(editor, 1)
        assert bare(issue.outline) == bare(before.outline)
        assert issue.subject == before.subject
    with pytest.raises(Refused, match="nothing to undo"):
        history.undo(editor, 1)
    for after in steps[1:]:
        issue, _ = history.redo(editor, 1)
        assert bare(issue.outline) == bare(after.outline)
        assert issue.subject == after.subject
    with pytest.raises(Refused, match="nothing to do again"):
        history.redo(editor, 1)


def test_a_block_that_was_taken_out_comes_back_under_its_own_number(editor: Editor, draft: Issue) -> None:
    gone = editor.add_text(1, "Good morning").outline.blocks()[0]
    editor.remove_block(1, gone.id)
    other = editor.add_text(1, "Good evening").outline.blocks()[0]
    assert other.id != gone.id  # an old page would write into it
    history.undo(editor, 1)
    issue, undone = history.undo(editor, 1)
    back = issue.outline.blocks()[0]
    assert (back.id, back.blurb) == (gone.id, "Good morning")
    assert back.version > gone.version
    assert undone.change == f"block {gone.id} removed"


def test_a_new_change_ends_what_could_be_done_again(editor: Editor, draft: Issue) -> None:
    editor.add_text(1, "one")
    history.undo(editor, 1)
    editor.add_text(1, "two")
    with pytest.raises(Refused):
        history.redo(editor, 1)
    assert states(editor, draft) == [("text added", "done"), ("text added", "gone")]
    issue, _ = history.undo(editor, 1)
    assert bare(issue.outline) == bare(draft.outline)


def test_undo_says_when_somebody_else_was_faster(editor: Editor, draft: Issue) -> None:
    editor.add_text(1, "one")
    with editor.store.reading() as tx:
        seen = revisions.to_undo(tx, draft.id)
    assert seen is not None
    Editor(editor.store, editor.clock, editor.publication, "bo").add_text(1, "two")
    with pytest.raises(Conflict, match="bo changed something meanwhile"):
        history.undo(editor, 1, revision=seen.id)
    assert len(now(editor).outline.blocks()) == 3


def test_typing_is_one_step_back_and_a_pause_makes_two(editor: Editor, draft: Issue) -> None:
    block = editor.add_text(1, "G").outline.blocks()[0]
    for text in ("Go", "Goo", "Good"):
        editor.edit_block(1, block.id, {"blurb": text}, joins=True)
    later = Editor(editor.store, Clock(editor.clock.now() + timedelta(minutes=2)), editor.publication, "ada")
    later.edit_block(1, block.id, {"blurb": "Good morning"}, joins=True)
    assert history.undo(editor, 1)[0].outline.blocks()[0].blurb == "Good"
    assert history.undo(editor, 1)[0].outline.blocks()[0].blurb == "G"
    editor.edit_block(1, block.id, {"blurb": "Go on"}, joins=True)
    editor.edit_block(1, block.id, {"blurb": "Go on."})  # saved by hand: a step of its own
    assert history.undo(editor, 1)[0].outline.blocks()[0].blurb == "Go on"


def test_every_field_of_a_block_is_kept_in_the_history() -> None:
    standing = Standing(date(2026, 1, 1), date(2026, 2, 1))
    values: dict[str, Any] = {
        one.name: 7 if one.name == "teaser_rank" else f"a {one.name}"
        for one in fields(Block)
        if one.name not in ("id", "version", "kind", "items", "standing")
    }
    items = (PinnedItem(ItemId(3), 2),)
    block = Block(id=BlockId(9), version=4, kind=BlockKind.ITEM, items=items, standing=standing, **values)
    outline = Outline((Section(id=SectionId(2), name="Town hall", most=4, blocks=(block,)),))
    assert revisions.outline_from_json(json.loads(json.dumps(revisions.outline_as_json(outline)))) == outline


def test_what_changes_nothing_is_no_step(editor: Editor, draft: Issue) -> None:
    block = editor.add_text(1, "Good").outline.blocks()[0]
    editor.edit_block(1, block.id, {"blurb": "Good"})
    editor.set_fields(1, {"subject": ""})
    assert states(editor, draft) == [("text added", "done")]


def test_a_version_with_a_name_is_restored_and_that_is_undone(editor: Editor, draft: Issue) -> None:
    editor.add_text(1, "Good morning")
    first = editor.set_fields(1, {"subject": "Spring"})
    history.name_version(editor, 1, "  before   lunch ")
    editor.remove_block(1, first.outline.blocks()[0].id)
    last = editor.set_fields(1, {"subject": "Summer"})
    with editor.store.reading() as tx:
        (kept,) = revisions.versions(tx, draft.id)
    assert (kept.name, kept.who, kept.blocks) == ("before lunch", "ada", 2)
    restored = history.restore_version(editor, 1, kept.id)
    assert (bare(restored.outline), restored.subject) == (bare(first.outline), "Spring")
    undone, _ = history.undo(editor, 1)
    assert (bare(undone.outline), undone.subject) == (bare(last.outline), "Summer")
    history.forget_version(editor, 1, kept.id)
    with pytest.raises(NotFound):
        history.restore_version(editor, 1, kept.id)


def test_a_moment_of_the_history_is_named_and_restored(editor: Editor, draft: Issue) -> None:
    editor.add_text(1, "one")
    editor.add_text(1, "two")
    with editor.store.reading() as tx:
        latest, earlier = revisions.listing(tx, draft.id, limit=10)
    history.name_version(editor, 1, "with one", revision=latest.id)
    assert bare(history.restore_before(editor, 1, earlier.id).outline) == bare(draft.outline)
    with editor.store.reading() as tx:
        (kept,) = revisions.versions(tx, draft.id)
    assert len(history.restore_version(editor, 1, kept.id).outline.blocks()) == 2


@pytest.mark.parametrize("name", ["", "   ", "x" * 200])
def test_a_version_needs_a_name_of_some_length(editor: Editor, draft: Issue, name: str) -> None:
    with pytest.raises(NewsletterError, match="needs a name"):
        history.name_version(editor, 1, name)


def test_the_history_of_another_issue_is_not_ours(editor: Editor, draft: Issue) -> None:
    with editor.store.writing() as tx:
        issues.create(tx, editor.publication.id, first_outline(), title=None, theme=None, now=editor.clock.now())
    editor.add_text(2, "two")
    with pytest.raises(NotFound):
        history.restore_before(editor, 1, RevisionId(1))
    with pytest.raises(NotFound):
        history.restore_version(editor, 1, VersionId(1))
    with pytest.raises(Refused):
        history.undo(editor, 1)


def test_what_is_no_draft_keeps_its_history_to_itself(editor: Editor, draft: Issue) -> None:
    editor.add_text(1, "one")
    with editor.store.writing() as tx:
        issues.move(tx, draft.id, [IssueState.DRAFT], IssueState.CANCELLED)
    for step in (history.undo, history.redo):
        with pytest.raises(Refused, match="only a draft"):
            step(editor, 1)


def test_only_the_latest_changes_are_kept(editor: Editor, draft: Issue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revisions, "KEPT", 3)
    for number in range(6):
        editor.set_fields(1, {"subject": f"Subject {number}"})
    assert len(states(editor, draft)) == 3
    for _ in range(3):
        history.undo(editor, 1)
    assert now(editor).subject == "Subject 2"


STEPS = st.lists(
    st.sampled_from(["text", "section", "edit", "move", "remove", "fold", "undo", "redo", "subject"]), max_size=14
)


@given(steps=STEPS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_it_was_edited_all_undone_is_the_beginning(steps: list[str], sqlite_store: Store, clock: Clock) -> None:
    with sqlite_store.writing() as tx:
        found = publications.listing(tx)
        letter = found[0] if found else publications.add(tx, "Alderwick Letter", now=clock.now())
        first = issues.create(tx, letter.id, first_outline(), title=None, theme=None, now=clock.now())
    editor, number = Editor(sqlite_store, clock, letter, "ada"), first.number
    for count, step in enumerate(steps):
        issue = now(editor, number)
        blocks = [block for block in issue.outline.blocks() if block.kind == "text"]
        try:
            _do(editor, number, step, blocks, issue, count)
        except NewsletterError:
            continue
    last = now(editor, number)
    undone = 0
    try:
        while True:
            history.undo(editor, number)
            undone += 1
    except Refused:
        pass
    assert bare(now(editor, number).outline) == bare(first.outline)
    for _ in range(undone):
        history.redo(editor, number)
    assert bare(now(editor, number).outline) == bare(last.outline)


def _do(editor: Editor, number: int, step: str, blocks: list[Block], issue: Issue, count: int) -> None:
    block = blocks[count % len(blocks)].id if blocks else BlockId(0)
    match step:
        case "text":
            editor.add_text(number, f"text {count}")
        case "section":
            editor.add_section(number, f"section {count}")
        case "edit":
            editor.edit_block(number, block, {"headline": f"headline {count}"})
        case "move":
            editor.move_block(number, block, 1, section=str(issue.outline.sections[-1].id))
        case "remove":
            editor.remove_block(number, block)
        case "fold":
            editor.remove_section(number, str(issue.outline.sections[0].id))
        case "undo":
            history.undo(editor, number)
        case "redo":
            history.redo(editor, number)
        case "subject":
            editor.set_fields(number, {"subject": f"subject {count}"})
