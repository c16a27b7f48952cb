"""Triage: a story is decided as one, every step can be taken back, and what is snoozed comes back by itself."""

from __future__ import annotations

import pytest

from newsletter.clock import Clock
from newsletter.errors import NewsletterError
from newsletter.model.item import TOLD, ItemData, ItemId, Triage
from newsletter.model.publication import Publication
from newsletter.model.source import SourceKind
from newsletter.model.step import Decision
from newsletter.model.wanted import Wanted
from newsletter.queue import triage as steps
from newsletter.queue.editing import Editor
from newsletter.queue.outline import first_outline, items_in
from newsletter.store import Store, issues, items, queue, sources, stories
from newsletter.store import triage as decisions


@pytest.fixture
def editor(store: Store, clock: Clock, publication: Publication) -> Editor:
    return Editor(store, clock, publication, "Edda")


@pytest.fixture
def ids(store: Store, clock: Clock, publication: Publication) -> list[ItemId]:
    """Six items; the first three tell one story."""
    with store.writing() as tx:
        source = sources.add(
            tx, publication.id, kind=SourceKind.FEED, url="https://a.example/", name="Town council", now=clock.now()
        )
        found = [
            items.keep(tx, source.id, [ItemData(title=f"Item {number}", outlet=f"Outlet {number}")], now=clock.now())[0]
            for number in range(6)
        ]
        stories.join(tx, found[:3], now=clock.now())
    return found


@pytest.fixture
def draft(store: Store, clock: Clock, publication: Publication) -> int:
    with store.writing() as tx:
        return issues.create(tx, publication.id, first_outline(), title=None, theme=None, now=clock.now()).number


def states(editor: Editor, ids: list[ItemId]) -> list[str]:
    with editor.store.reading() as tx:
        found = decisions.decisions(tx, editor.publication.id, ids)
    return [found[key].state.value for key in ids]


def decision(editor: Editor, key: ItemId) -> Decision:
    with editor.store.reading() as tx:
        return decisions.decisions(tx, editor.publication.id, [key])[key]


def listed(editor: Editor, wanted: Wanted) -> list[tuple[int, ...]]:
    with editor.store.reading() as tx:
        rows = queue.listing(tx, editor.publication.id, wanted, now=editor.clock.now(), limit=50)
        assert queue.count(tx, editor.publication.id, wanted, now=editor.clock.now()) == len(rows)
    return [row.members for row in rows]


def test_a_story_stands_once_and_is_decided_as_one(editor: Editor, ids: list[ItemId]) -> None:
    assert listed(editor, Wanted()) == [(ids[5],), (ids[4],), (ids[3],), tuple(ids[:3])]
    steps.decide(editor, [ids[0]], Triage.PICKED)
    assert states(editor, ids) == ["picked", "skipped", "skipped", "new", "new", "new"]
    assert decision(editor, ids[1]).reason == TOLD
    assert listed(editor, Wanted(state=Triage.SKIPPED)) == [], "it is told by the one that was picked"
    steps.decide(editor, [ids[0]], Triage.NEW)
    assert states(editor, ids) == ["new"] * 6


@pytest.mark.parametrize("state", [Triage.SKIPPED, Triage.SNOOZED, Triage.PICKED])
def test_every_decision_is_taken_back_with_all_of_its_story(editor: Editor, ids: list[ItemId], state: Triage) -> None:
    steps.decide(editor, [ids[1], ids[4]], state, reason="told before")
    steps.decide(editor, [ids[5]], Triage.SKIPPED)
    assert steps.undo(editor).items[0].id == ids[5]
    undone = steps.undo(editor)
    assert {one.id for one in undone.items} == {*ids[:3], ids[4]}
    assert states(editor, ids) == ["new"] * 6
    assert decision(editor, ids[4]) == Decision(Triage.NEW)
    with pytest.raises(NewsletterError, match="nothing to take back"):
        steps.undo(editor)


def test_an_undo_leaves_what_somebody_else_decided_since(editor: Editor, ids: list[ItemId]) -> None:
    other = Editor(editor.store, editor.clock, editor.publication, "Bo")
    steps.decide(editor, ids[3:5], Triage.SKIPPED)
    steps.decide(other, [ids[3]], Triage.PICKED)
    undone = steps.undo(editor)
    assert (undone.left, [one.id for one in undone.items]) == (1, [ids[4]])
    assert states(editor, ids[3:5]) == ["picked", "new"]
    steps.undo(other)
    assert states(editor, ids[3:4]) == ["skipped"], "each takes back only what they did"


def test_what_was_put_into_the_draft_is_taken_out_again(editor: Editor, ids: list[ItemId], draft: int) -> None:
    steps.decide(editor, [ids[4]], Triage.PICKED)
    issue, added = steps.accept(editor, draft, [ids[0], ids[4]])
    assert added == 2
    assert items_in(issue.outline) == {ids[0], ids[4]}
    steps.undo(editor)
    with editor.store.reading() as tx:
        assert items_in(issues.get(tx, editor.publication.id, draft).outline) == set()
    assert states(editor, ids[:5]) == ["new", "new", "new", "new", "picked"]


def test_a_block_that_was_written_over_is_not_taken_back(editor: Editor, ids: list[ItemId], draft: int) -> None:
    issue, _ = steps.accept(editor, draft, [ids[4]])
    block = next(one for one in issue.outline.blocks() if one.items)
    editor.edit_block(draft, block.id, {"headline": "My own words"})
    with pytest.raises(NewsletterError, match="wrote over it"):
        steps.undo(editor)
    assert states(editor, ids[4:5]) == ["picked"]


def test_an_item_goes_into_a_draft_once(editor: Editor, ids: list[ItemId], draft: int) -> None:
    steps.accept(editor, draft, [ids[4]])
    _, added = steps.accept(editor, draft, [ids[4], ids[5]])
    assert added == 1
    with pytest.raises(NewsletterError, match="has it already"):
        steps.accept(editor, draft, [ids[4]])


def test_what_is_snoozed_comes_back_with_the_next_issue(
    editor: Editor, ids: list[ItemId], draft: int, store: Store, clock: Clock
) -> None:
    steps.decide(editor, [ids[3]], Triage.SNOOZED)
    assert decision(editor, ids[3]) == Decision(Triage.SNOOZED, until=draft + 1)
    with store.writing() as tx:
        issues.create(tx, editor.publication.id, first_outline(), title=None, theme=None, now=clock.now())
    assert decision(editor, ids[3]) == Decision(Triage.NEW)


def test_a_skip_may_say_why_at_once_or_later(editor: Editor, ids: list[ItemId]) -> None:
    steps.decide(editor, [ids[3]], Triage.SKIPPED, reason="  an \n advertisement ")
    steps.decide(editor, [ids[4]], Triage.SKIPPED)
    assert decision(editor, ids[3]).reason == "an advertisement"
    assert steps.because(editor, [ids[4], ids[5]], "x" * 500) == 1, "what is not skipped has no reason"
    assert decision(editor, ids[4]).reason == "x" * 200


def test_joined_parted_and_credited_stories_are_taken_back(editor: Editor, ids: list[ItemId]) -> None:
    before = listed(editor, Wanted())
    steps.same(editor, [ids[4], ids[0]])
    assert (ids[0], ids[1], ids[2], ids[4]) in listed(editor, Wanted())
    steps.undo(editor)
    assert listed(editor, Wanted()) == before

    steps.part(editor, ids[1])
    assert (ids[0], ids[2]) in listed(editor, Wanted())
    steps.undo(editor)
    assert listed(editor, Wanted()) == before
    with editor.store.reading() as tx:
        assert stories.apart(tx) == set()

    steps.credit(editor, ids[2])
    with editor.store.reading() as tx:
        (one,) = items.get(tx, editor.publication.id, [ids[2]], now=editor.clock.now())
    assert one.place is not None
    assert one.place.leads
    steps.undo(editor)
    with editor.store.reading() as tx:
        (one,) = items.get(tx, editor.publication.id, [ids[2]], now=editor.clock.now())
    assert one.place is not None
    assert not one.place.leads


def test_crediting_another_item_of_a_picked_story_picks_it_instead(editor: Editor, ids: list[ItemId]) -> None:
    steps.decide(editor, [ids[0]], Triage.PICKED)
    steps.credit(editor, ids[1])
    assert states(editor, ids[:3]) == ["skipped", "picked", "skipped"]
    steps.undo(editor)
    assert states(editor, ids[:3]) == ["picked", "skipped", "skipped"]


def test_a_duplicate_of_what_is_picked_is_decided_with_it(editor: Editor, ids: list[ItemId]) -> None:
    steps.decide(editor, [ids[4]], Triage.PICKED)
    steps.same(editor, [ids[5], ids[4]])
    assert states(editor, ids[4:]) == ["picked", "skipped"]
    assert decision(editor, ids[5]).reason == TOLD


def test_the_list_stands_as_it_stood(editor: Editor, ids: list[ItemId], store: Store, clock: Clock) -> None:
    at, upto = clock.now(), ids[-1]
    before = listed(editor, Wanted())
    standing = Wanted(at=at, upto=upto)
    steps.decide(editor, [ids[5]], Triage.SKIPPED)
    steps.decide(editor, [ids[0]], Triage.PICKED)
    with store.writing() as tx:
        source = sources.listing(tx, editor.publication.id)[0]
        items.keep(tx, source.id, [ItemData(title="Just in")], now=clock.now())
    assert listed(editor, standing) == before, "what is decided stays, what is new waits"
    assert len(listed(editor, Wanted())) == len(before) - 1
    steps.undo(editor)
    assert listed(editor, standing) == before


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"words": "item 4"}, [4]),
        ({"words": "outlet"}, [5, 4, 3, 0]),
        ({"section": "town HALL"}, [4]),
        ({"section": "elsewhere"}, []),
        ({"language": "de"}, []),
    ],
)
def test_filters_narrow_the_list(
    editor: Editor, ids: list[ItemId], wanted: dict[str, str], expected: list[int]
) -> None:
    steps.decide(editor, [ids[4]], Triage.PICKED, section="Town hall")
    found = listed(editor, Wanted(state=None, **wanted))  # type: ignore[arg-type]
    assert [members[0] for members in found] == [ids[number] for number in expected]
