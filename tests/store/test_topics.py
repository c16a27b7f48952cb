"""What public issues are about, on both databases."""

from __future__ import annotations

import pytest

from newsletter.clock import Clock
from newsletter.model.issue import Block, BlockKind, IssueState, Outline, Section
from newsletter.model.publication import Publication
from newsletter.store import Store, archive, issues, publications, topics


@pytest.fixture
def letter(store: Store, clock: Clock) -> Publication:
    with store.writing() as tx:
        return publications.add(tx, "Alderwick Letter", now=clock.now())


def _issue(
    store: Store, clock: Clock, letter: Publication, *blocks: tuple[str, str, str | None], out: bool = True
) -> int:
    """An issue of texts: section, words, tags."""
    sections: dict[str, list[Block]] = {}
    for name, words, tags in blocks:
        sections.setdefault(name, []).append(Block(kind=BlockKind.TEXT, blurb=words, tags=tags))
    outline = Outline(tuple(Section(name=name, blocks=tuple(held)) for name, held in sections.items()))
    with store.writing() as tx:
        issue = issues.create(tx, letter.id, outline, title="Sundays", theme=None, now=clock.now())
        if out:
            issues.move(tx, issue.id, [IssueState.DRAFT], IssueState.APPROVED, {"rendition_id": 1})
            issues.move(tx, issue.id, [IssueState.APPROVED], IssueState.SENDING, {"sending_at": clock.now()})
    return issue.number


def test_only_public_issues_count_and_the_newest_stand_first(store: Store, clock: Clock, letter: Publication) -> None:
    first = _issue(store, clock, letter, ("Town", "one", "River"), ("Town", "two", None), ("", "x", "Riverside"))
    second = _issue(store, clock, letter, ("Town", "three", "Ferry, River"))
    _issue(store, clock, letter, ("Town", "draft", "River"), out=False)
    hidden = _issue(store, clock, letter, ("Town", "kept out", "River"))
    with store.writing() as tx:
        archive.show(tx, issues.get(tx, letter.id, hidden).id, False)
    with store.reading() as tx:
        assert sorted(topics.tags(tx, letter.id)) == [("Ferry, River", 1), ("River", 1), ("Riverside", 1)]
        assert topics.sections(tx, letter.id) == [("Town", 3)]
        under = topics.under_tag(tx, letter.id, ["River"], limit=9, offset=0)
        assert [one.number for one in under] == [second, first]
        assert topics.under_tag(tx, letter.id, ["Rive_", "%"], limit=9, offset=0) == []
        town = topics.under_section(tx, letter.id, ["Town"], limit=2, offset=1)
        assert [one.number for one in town] == [first, first]
