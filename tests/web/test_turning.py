"""Names carry no characters that turn the direction of what follows: on a page that would be all the rest of it."""

from __future__ import annotations

import pytest

from newsletter.audience import readers
from newsletter.clock import Clock
from newsletter.model.publication import Publication
from newsletter.queue import history
from newsletter.queue.editing import Editor
from newsletter.settings import Settings
from newsletter.store import Store, revisions
from newsletter.workflows import publications as workflow
from newsletter.workflows.drafting import new_issue

TURNING = [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F)]


@pytest.fixture
def editor(sqlite_store: Store, clock: Clock, letter: Publication) -> Editor:
    return Editor(sqlite_store, clock, letter, "Edda")


@pytest.mark.parametrize("mark", TURNING, ids=lambda mark: f"{ord(mark):x}")
def test_no_name_turns_what_follows(editor: Editor, settings: Settings, mark: str) -> None:
    store, clock, letter = editor.store, editor.clock, editor.publication
    name = f"{mark}The {mark}Lantern{mark}"
    pairs = [f"name={name}", f"from={name} <desk@alderwick.example>", f"outlets={name},{mark}", f"tagline={name}"]
    changed = workflow.change(store, settings, letter, pairs)
    assert (changed.name, changed.tagline, changed.outlets) == ("The Lantern", "The Lantern", ("The Lantern",))
    assert changed.sender == "The Lantern <desk@alderwick.example>"
    with pytest.raises(Exception, match="needs a name"):
        workflow.change(store, settings, letter, [f"name={mark}"])
    reader = readers.add(store, clock, letter.id, "ada@alderwick.example", name=name)
    assert reader.name == "The Lantern"


@pytest.mark.parametrize("mark", TURNING[:2] + TURNING[-1:], ids=lambda mark: f"{ord(mark):x}")
def test_no_section_or_version_turns_what_follows(editor: Editor, mark: str) -> None:
    number = new_issue(editor).number
    name = f"{mark}The {mark}Lantern{mark}"
    issue = editor.add_section(number, name)
    section = next(one for one in issue.outline.sections if one.name == "The Lantern")
    issue = editor.rename_section(number, str(section.id), f"{name} 2")
    assert "The Lantern 2" in {one.name for one in issue.outline.sections}
    history.name_version(editor, number, name)
    with editor.store.reading() as tx:
        assert [one.name for one in revisions.versions(tx, issue.id)] == ["The Lantern"]
