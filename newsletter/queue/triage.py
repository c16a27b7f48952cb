"""What an editor decides in the queue: each is one step, kept with what was before, so that it can be taken back.

A story is decided as one: what is said of an item holds for those of its story that wait beside it. The one that is
picked tells the story, the others are skipped because it is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from newsletter.errors import NewsletterError
from newsletter.model.issue import Issue, IssueState
from newsletter.model.item import TOLD, Item, ItemId, Triage
from newsletter.model.publication import PublicationId
from newsletter.model.step import Change, Decision, Step
from newsletter.queue import outline as edits
from newsletter.queue.editing import Editor
from newsletter.store import Tx, issues, items, stories, story_pictures
from newsletter.store import triage as decisions

WORDS = {Triage.PICKED: "pick", Triage.SKIPPED: "skip", Triage.SNOOZED: "snooze", Triage.NEW: "restore"}
LONGEST_REASON = 200


def decide(
    editor: Editor, ids: Sequence[ItemId], state: Triage, *, section: str | None = None, reason: str | None = None
) -> list[Item]:
    """Pick, skip, snooze or restore items, with those of their stories that wait beside them.

    Raises NotFound, and then changes nothing.
    """
    now, publication = editor.clock.now(), editor.publication.id
    with editor.store.writing() as tx:
        before = _family(tx, publication, ids)
        told = _beside(tx, ids, before)
        chosen = items.decide(tx, publication, ids, state, section=section, reason=read_reason(reason), now=now)
        _follow(editor, tx, told, state)
        _remember(editor, tx, WORDS[state], before)
        return chosen


def accept(editor: Editor, number: int, ids: Sequence[ItemId], *, section: str | None = None) -> tuple[Issue, int]:
    """Put items into a section of a draft, and how many were; those that are in it already stay where they are.

    Raises as the edits of an issue do, and NewsletterError where all of them are in it.
    """
    added: list[ItemId] = []

    def edit(tx: Tx, issue: Issue) -> Issue:
        publication = editor.publication.id
        present = edits.items_in(issue.outline)
        added.extend(key for key in dict.fromkeys(ids) if key not in present)
        if not added:
            raise NewsletterError(f"Issue {issue.number} has it already.", code="exists", where="ITEM")
        before = _family(tx, publication, added)
        told = _beside(tx, added, before)
        after = editor.adding(added, section=section)(tx, issue)
        _follow(editor, tx, told, Triage.PICKED)
        _remember(editor, tx, "add", before, issue=issue.number, touched=added)
        return after

    return editor.change(number, "items added", edit), len(added)


def same(editor: Editor, ids: Sequence[ItemId]) -> list[Item]:
    """Items tell the same story. Those that wait are decided as the one of them that is decided already."""
    now, publication = editor.clock.now(), editor.publication.id
    with editor.store.writing() as tx:
        wanted = items.get(tx, publication, ids, now=now)
        picture = story_pictures.take(tx, ids)
        before = _family(tx, publication, ids)
        stories.join(tx, [one.id for one in wanted], now=now)
        decided = next((one for one in wanted if one.state is Triage.PICKED), None)
        waiting = [key for key, decision in before.items() if decision.state is Triage.NEW]
        if decided is not None and waiting:
            items.decide(tx, publication, waiting, Triage.SKIPPED, reason=TOLD, now=now)
        _remember(editor, tx, "same", before, picture=picture)
        return items.get(tx, publication, ids, now=now)


def part(editor: Editor, key: ItemId) -> Item:
    """An item is a story of its own, for good; what was skipped because another one told it is to be decided again."""
    now, publication = editor.clock.now(), editor.publication.id
    with editor.store.writing() as tx:
        picture = story_pictures.take(tx, [key])
        before = _family(tx, publication, [key])
        stories.split(tx, key, now=now)
        if key in before and before[key].reason == TOLD:
            items.decide(tx, publication, [key], Triage.NEW, now=now)
        _remember(editor, tx, "part", before, picture=picture)
        return items.get(tx, publication, [key], now=now)[0]


def credit(editor: Editor, key: ItemId) -> Item:
    """An item leads its story: its outlet is credited, the others are “also in …”. If the story is picked, it is it."""
    now, publication = editor.clock.now(), editor.publication.id
    with editor.store.writing() as tx:
        picture = story_pictures.take(tx, [key])
        before = _family(tx, publication, [key])
        stories.lead(tx, key)
        picked = [one for one, decision in before.items() if decision.state is Triage.PICKED and one != key]
        if picked and before[key].reason == TOLD and not _stands(tx, publication, picked):
            items.decide(tx, publication, [key], Triage.PICKED, section=before[picked[0]].section, now=now)
            items.decide(tx, publication, picked, Triage.SKIPPED, reason=TOLD, now=now)
        _remember(editor, tx, "lead", before, picture=picture)
        return items.get(tx, publication, [key], now=now)[0]


def _stands(tx: Tx, publication: PublicationId, ids: Sequence[ItemId]) -> bool:
    drafts = [issues.get(tx, publication, one.number) for one in issues.listing(tx, publication, IssueState.DRAFT)]
    return any(key in edits.items_in(one.outline) for one in drafts for key in ids)


def because(editor: Editor, ids: Sequence[ItemId], reason: str) -> int:
    """Say why items were skipped; how many of them are."""
    with editor.store.writing() as tx:
        return decisions.give_reason(tx, editor.publication.id, ids, read_reason(reason))


def read_reason(reason: str | None) -> str | None:
    """A reason on one line, of a length that fits in the queue; none where nothing was said."""
    return " ".join((reason or "").split())[:LONGEST_REASON] or None


@dataclass(frozen=True)
class Undone:
    """What was taken back, of which items, and what could not be."""

    step: Step
    items: tuple[Item, ...]
    left: int
    """Items that somebody decided about since: they stay as they are."""


def undo(editor: Editor) -> Undone:
    """Take the last step of this person back, whenever it was. Raises NewsletterError where there is none."""
    with editor.store.reading() as tx:
        step = decisions.last_step(tx, editor.publication.id, editor.who)
    if step is None:
        raise NewsletterError("There is nothing to take back.", code="nothing")
    if step.issue is not None and (undone := _undo_in_draft(editor, step)):
        return undone
    with editor.store.writing() as tx:
        return _undo(editor, tx, step)


def _undo_in_draft(editor: Editor, step: Step) -> Undone | None:
    """Take untouched blocks out of the draft again, in the same transaction; none where it is no draft any more."""
    with editor.store.reading() as tx:
        issue = issues.get(tx, editor.publication.id, step.issue)
    mine = {change.item for change in step.changes if change.after is Triage.PICKED}
    if issue.state is not IssueState.DRAFT or not mine & edits.items_in(issue.outline):
        return None
    undone: list[Undone] = []

    def edit(tx: Tx, issue: Issue) -> Issue:
        outline = issue.outline
        for block in issue.outline.blocks():
            held = {pinned.item for pinned in block.items}
            if held & mine and block.version > 1:
                raise NewsletterError(
                    "You wrote over it since; take it out of the issue there, if you like.", code="edited"
                )
            if held & mine:
                outline = edits.remove_block(outline, edits.find_block(outline, block.id))
        undone.append(_undo(editor, tx, step))
        return replace(issue, outline=outline)

    editor.change(step.issue, "items taken back", edit)
    return undone[0]


def _undo(editor: Editor, tx: Tx, step: Step) -> Undone:
    now, publication = editor.clock.now(), editor.publication.id
    if not decisions.take_back(tx, step.id, now=now):
        raise NewsletterError("It is taken back already.", code="nothing")
    current = decisions.decisions(tx, publication, [change.item for change in step.changes])
    mine = {
        change.item: change.before
        for change in step.changes
        if change.item in current and current[change.item].state is change.after
    }
    decisions.put(tx, publication, mine, now=now)
    if step.stories is not None:
        story_pictures.bring_back(tx, step.stories, now=now)
    found = tuple(items.get(tx, publication, mine, now=now))
    return Undone(step, found, len(step.changes) - len(mine))


def _family(tx: Tx, publication: PublicationId, ids: Sequence[ItemId]) -> dict[ItemId, Decision]:
    return decisions.decisions(tx, publication, stories.with_siblings(tx, ids))


def _beside(tx: Tx, ids: Sequence[ItemId], before: dict[ItemId, Decision]) -> dict[ItemId, Decision]:
    """Those of the stories of some items that are decided with them."""
    told: dict[ItemId, Decision] = {}
    for key, others in stories.siblings(tx, ids).items():
        mine = before.get(key)
        for other in others.difference(ids):
            theirs = before.get(other)
            if mine is None or theirs is None:
                continue
            if theirs.reason == TOLD if mine.state is Triage.PICKED else theirs.state is mine.state:
                told[other] = theirs
    return told


def _follow(editor: Editor, tx: Tx, told: dict[ItemId, Decision], state: Triage) -> None:
    if told:
        state, reason = (Triage.SKIPPED, TOLD) if state is Triage.PICKED else (state, None)
        items.decide(tx, editor.publication.id, list(told), state, reason=reason, now=editor.clock.now())


def _remember(
    editor: Editor,
    tx: Tx,
    what: str,
    before: dict[ItemId, Decision],
    *,
    issue: int | None = None,
    picture: story_pictures.Picture | None = None,
    touched: Sequence[ItemId] = (),
) -> None:
    """Keep the step with all that it changed, and what it touched besides."""
    after = decisions.decisions(tx, editor.publication.id, before)
    changes = [Change(key, was, after[key].state) for key, was in before.items() if after[key] != was or key in touched]
    decisions.remember(
        tx,
        editor.publication.id,
        what,
        changes,
        who=editor.who,
        now=editor.clock.now(),
        issue=issue,
        stories=picture,
    )
