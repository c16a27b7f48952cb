"""Waived warnings on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

from newsletter.clock import Clock
from newsletter.model.finding import Finding, Level
from newsletter.model.issue import BlockId, Issue, Standing
from newsletter.model.publication import Publication
from newsletter.model.waiver import Waiver, waived
from newsletter.queue.editing import Editor
from newsletter.queue.history import redo, undo
from newsletter.store import Store, waivers
from newsletter.workflows.drafting import new_issue

NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)


def _issue(store: Store, clock: Clock, publication: Publication) -> tuple[Editor, Issue]:
    editor = Editor(store, clock, publication, "ada")
    new_issue(editor)
    editor.add_text(None, "Only this week")
    return editor, editor.add_text(None, "Every week", standing=Standing())


def test_a_waiver_is_kept_once_and_taken_back(store: Store, clock: Clock, publication: Publication) -> None:
    _, issue = _issue(store, clock, publication)
    block = issue.outline.blocks()[0].id
    with store.writing() as tx:
        waivers.add(tx, issue.id, [Waiver("contrast"), Waiver("contrast", block)], who="ada", now=NOW)
        waivers.add(tx, issue.id, [Waiver("contrast")], who="ben", now=NOW)
        assert waivers.listing(tx, issue.id) == [Waiver("contrast"), Waiver("contrast", block)]
        assert not waivers.remove(tx, issue.id, Waiver("missing-alt"))
        assert waivers.remove(tx, issue.id, Waiver("contrast", block))
        assert waivers.remove(tx, issue.id, Waiver("contrast"))
        assert waivers.listing(tx, issue.id) == []


def test_a_waiver_goes_with_its_block(store: Store, clock: Clock, publication: Publication) -> None:
    editor, issue = _issue(store, clock, publication)
    block = issue.outline.blocks()[0].id
    with store.writing() as tx:
        waivers.add(tx, issue.id, [Waiver("contrast", block)], who="ada", now=NOW)
    editor.remove_block(None, block)
    with store.reading() as tx:
        assert waivers.listing(tx, issue.id) == []


def test_an_undo_brings_the_waivers_of_its_block_back(store: Store, clock: Clock, publication: Publication) -> None:
    editor, issue = _issue(store, clock, publication)
    block = issue.outline.blocks()[0].id
    told = [Waiver("contrast"), Waiver("contrast", block), Waiver("missing-alt", block)]
    with store.writing() as tx:
        waivers.add(tx, issue.id, told, who="ada", now=NOW)

    def listed() -> list[Waiver]:
        with store.reading() as tx:
            return sorted(waivers.listing(tx, issue.id), key=str)

    before = listed()
    for _ in range(2):
        editor.remove_block(None, block)
        assert listed() == [Waiver("contrast")]
        undo(editor, None)
        assert listed() == before
    editor.remove_block(None, block)
    undo(editor, None)
    redo(editor, None)
    assert listed() == [Waiver("contrast")]
    undo(editor, None)
    with store.writing() as tx:
        waivers.remove(tx, issue.id, Waiver("missing-alt", block))
    editor.remove_block(None, block)
    undo(editor, None)
    assert listed() == [Waiver("contrast"), Waiver("contrast", block)], "as it was when it went"


def test_a_new_block_takes_over_no_waiver(store: Store, clock: Clock, publication: Publication) -> None:
    editor, issue = _issue(store, clock, publication)
    block = issue.outline.blocks()[-1].id
    with store.writing() as tx:
        waivers.add(tx, issue.id, [Waiver("contrast", block)], who="ada", now=NOW)
    editor.remove_block(None, block)
    editor.add_text(None, "Another text")
    with store.reading() as tx:
        assert waivers.listing(tx, issue.id) == []


def test_a_standing_block_keeps_its_waivers(store: Store, clock: Clock, publication: Publication) -> None:
    editor, issue = _issue(store, clock, publication)
    passing, standing = (block.id for block in issue.outline.blocks()[:2])
    told = [Waiver("contrast", passing), Waiver("missing-alt", standing), Waiver("heading-order")]
    with store.writing() as tx:
        waivers.add(tx, issue.id, told, who="ada", now=NOW)
    after = new_issue(editor)
    returned = next(block.id for block in after.outline.blocks() if block.standing)
    with store.reading() as tx:
        assert waivers.listing(tx, after.id) == [Waiver("missing-alt", returned)]


def test_only_warnings_are_waived() -> None:
    def finding(code: str, level: Level, block: int | None) -> Finding:
        return Finding(level=level, code=code, message="x", block=BlockId(block) if block else None)

    found = [
        finding("contrast", Level.WARNING, 1),
        finding("contrast", Level.WARNING, 2),
        finding("no-sender", Level.ERROR, None),
        finding("missing-alt", Level.WARNING, 2),
    ]
    marked = waived(found, [Waiver("contrast", BlockId(2)), Waiver("no-sender"), Waiver("missing-alt")])
    assert [one.waived for one in marked] == [False, True, False, True]
