"""The desk by its plain forms: decide, begin, fill, edit, move; and two people at once."""

from __future__ import annotations

from typing import Any

import pytest

from newsletter.model.issue import Block, Issue
from newsletter.model.item import ItemId, Triage
from newsletter.model.publication import Publication
from newsletter.store import Store, issues
from newsletter.store import triage as decisions


def said(editor: Any, answer: Any) -> str:
    """The sentence that the next page says."""
    assert answer.status_code == 303, answer.text
    page = editor.get(answer.headers["location"].split("#")[0])
    assert page.status_code == 200
    found: str = page.text
    return found


def issue(store: Store, letter: Publication, number: int = 1) -> Issue:
    with store.reading() as tx:
        return issues.get(tx, letter.id, number)


def counts(store: Store, letter: Publication) -> dict[Triage, int]:
    with store.reading() as tx:
        return decisions.counts(tx, letter.id)


@pytest.fixture
def draft(editor: Any, sqlite_store: Store, letter: Publication, queue: list[ItemId]) -> Issue:
    """An issue with two stories and the calendar."""
    editor.post("/queue", {"do": "pick", "item": [str(one) for one in queue[:2]]})
    editor.post("/issues")
    editor.post("/issues/1/fill")
    return issue(sqlite_store, letter)


def test_an_empty_desk_says_what_to_do_next(editor: Any) -> None:
    page = editor.get("/").text
    assert "Add a source" in page
    assert "Begin a new issue" in page
    for path, words in [
        ("/issues", "No issue yet"),
        ("/sources", "No source yet"),
        ("/readers", "Nobody is on the list"),
    ]:
        assert words in editor.get(path).text


def test_ticked_items_are_decided_together(
    editor: Any, sqlite_store: Store, letter: Publication, queue: list[ItemId]
) -> None:
    text = said(editor, editor.post("/queue", {"do": "pick", "item": [str(queue[0]), str(queue[1])]}))
    assert "Picked 2 items." in text
    assert counts(sqlite_store, letter)[Triage.PICKED] == 2
    text = said(editor, editor.post("/queue", {"do": "skip", "item": str(queue[2])}))
    assert "Skipped “" in text
    assert "Everything is decided" in text
    said(editor, editor.post("/queue", {"do": "restore", "item": [str(one) for one in queue]}))
    assert counts(sqlite_store, letter)[Triage.NEW] == 3


def test_a_wrong_button_or_item_changes_nothing_and_says_so(
    editor: Any, sqlite_store: Store, letter: Publication, queue: list[ItemId]
) -> None:
    assert "is-error" in said(editor, editor.post("/queue", {"do": "burn", "item": str(queue[0])}))
    assert "There is no item" in said(editor, editor.post("/queue", {"do": "pick", "item": "9999"}))
    assert counts(sqlite_store, letter)[Triage.NEW] == 3


def test_the_search_finds_words_and_says_when_there_are_none(editor: Any, queue: list[ItemId]) -> None:
    page = editor.get("/?q=signal").text
    assert "signal box" in page
    assert "Library to open" not in page
    assert "Nothing here has the words “zeppelin”" in editor.get("/?q=zeppelin").text


def test_picked_items_fill_the_issue_in_its_order_before_the_calendar(draft: Issue) -> None:
    kinds = [block.kind for block in draft.outline.blocks()]
    assert kinds == ["item", "item", "calendar"]


def test_an_opened_story_goes_into_the_issue_at_once(
    editor: Any, sqlite_store: Store, letter: Publication, draft: Issue, queue: list[ItemId]
) -> None:
    page = editor.get(f"/?item={queue[2]}").text
    assert "Into Issue 1</span>" in page
    section = draft.outline.sections[0].id
    form = {"do": "add", "item": str(queue[2]), "issue": "1", "section": str(section)}
    assert "” in issue 1 now." in said(editor, editor.post("/queue", form))
    assert len(issue(sqlite_store, letter).outline.blocks()) == 4


def test_a_block_is_edited_over_its_original(
    editor: Any, sqlite_store: Store, letter: Publication, draft: Issue
) -> None:
    block = draft.outline.blocks()[0]
    page = editor.get(f"/?block={block.id}").text
    assert f'name="version" value="{block.version}"' in page
    form = {
        "version": str(block.version),
        "headline": "A box for the club",
        "teaser": "signal box",
        "blurb": "**Yes**\r\nno",
    }
    said(editor, editor.post(f"/issues/1/blocks/{block.id}", form))
    after = issue(sqlite_store, letter).outline.blocks()[0]
    assert (after.headline, after.teaser, after.blurb) == ("A box for the club", "signal box", "**Yes**\nno")
    preview = editor.get("/issues/1/preview.html")
    assert "A box for the club" in preview.text
    assert "signal box" in editor.get("/").text


def test_who_saves_second_sees_both_texts_and_loses_none(
    editor: Any, sqlite_store: Store, letter: Publication, draft: Issue
) -> None:
    block = draft.outline.blocks()[0]
    first = {"version": str(block.version), "headline": "Theirs", "blurb": "Their text"}
    second = {"version": str(block.version), "headline": "Mine", "blurb": "My text <b>&</b>"}
    editor.post(f"/issues/1/blocks/{block.id}", first)
    answer = editor.post(f"/issues/1/blocks/{block.id}", second)
    assert answer.status_code == 409
    for words in ("Theirs", "Their text", "Mine", "My text &lt;b&gt;&amp;&lt;/b&gt;"):
        assert words in answer.text
    now = issue(sqlite_store, letter).outline.blocks()[0]
    assert now.headline == "Theirs"
    said(editor, editor.post(f"/issues/1/blocks/{block.id}", {**second, "version": str(now.version)}))
    assert issue(sqlite_store, letter).outline.blocks()[0].headline == "Mine"


def test_a_refused_save_keeps_what_was_typed(editor: Any, draft: Issue) -> None:
    block = draft.outline.blocks()[0]
    form = {"version": str(block.version), "headline": "A long thought", "url": "javascript:alert(1)"}
    answer = editor.post(f"/issues/1/blocks/{block.id}", form)
    assert answer.status_code == 400
    assert "is not a link" in answer.text
    assert 'value="A long thought"' in answer.text


def test_the_letter_has_a_version_of_its_own(
    editor: Any, sqlite_store: Store, letter: Publication, draft: Issue
) -> None:
    form = {"version": str(draft.version), "subject": "Sundays at the library", "preheader": "and more"}
    said(editor, editor.post("/issues/1/fields", form))
    assert issue(sqlite_store, letter).subject == "Sundays at the library"
    answer = editor.post("/issues/1/fields", {**form, "subject": "Something else"})
    assert answer.status_code == 409
    assert "Something else" in answer.text
    assert "Sundays at the library" in answer.text


def names(blocks: tuple[Block, ...]) -> list[int]:
    return [int(block.id) for block in blocks]


def test_blocks_move_by_buttons_within_and_over_the_edge_of_a_section(
    editor: Any, sqlite_store: Store, letter: Publication, draft: Issue
) -> None:
    first, second, calendar = names(draft.outline.blocks())
    editor.post(f"/issues/1/blocks/{first}", {"do": "down"})
    assert names(issue(sqlite_store, letter).outline.blocks()) == [second, first, calendar]
    editor.post("/issues/1/sections", {"name": "Town hall"})
    after = issue(sqlite_store, letter).outline
    assert [section.name for section in after.sections] == ["", "Town hall"]
    editor.post(f"/issues/1/blocks/{first}", {"do": "down"})
    after = issue(sqlite_store, letter).outline
    assert names(after.sections[1].blocks) == [first, calendar]
    editor.post(f"/issues/1/blocks/{first}", {"do": "up"})
    assert names(issue(sqlite_store, letter).outline.sections[0].blocks) == [second, first]
    text = said(editor, editor.post(f"/issues/1/blocks/{second}", {"do": "up"}))
    assert "at the edge" in text


def test_a_block_goes_to_another_section_with_its_save(
    editor: Any, sqlite_store: Store, letter: Publication, draft: Issue
) -> None:
    editor.post("/issues/1/sections", {"name": "Town hall"})
    outline = issue(sqlite_store, letter).outline
    block = outline.sections[0].blocks[0]
    form = {"version": str(block.version), "headline": "Moved", "section": str(outline.sections[1].id)}
    editor.post(f"/issues/1/blocks/{block.id}", form)
    after = issue(sqlite_store, letter).outline.sections[1].blocks
    assert [one.headline for one in after] == ["Moved", None]
    assert after[-1].kind == "calendar"


def test_sections_are_renamed_and_removed_without_losing_blocks(
    editor: Any, sqlite_store: Store, letter: Publication, draft: Issue
) -> None:
    editor.post("/issues/1/sections", {"name": "Town hall"})
    section = issue(sqlite_store, letter).outline.sections[1].id
    editor.post(f"/issues/1/sections/{section}", {"do": "rename", "name": "Around town"})
    assert issue(sqlite_store, letter).outline.sections[1].name == "Around town"
    editor.post(f"/issues/1/sections/{section}", {"do": "remove"})
    after = issue(sqlite_store, letter).outline
    assert len(after.sections) == 1
    assert len(after.blocks()) == 3


def test_a_text_that_stands_in_every_issue(editor: Any, sqlite_store: Store, letter: Publication, draft: Issue) -> None:
    said(editor, editor.post("/issues/1/blocks", {"text": "Drivers *wanted*.", "standing": "1"}))
    texts = [block for block in issue(sqlite_store, letter).outline.blocks() if block.kind == "text"]
    assert [block.blurb for block in texts] == ["Drivers *wanted*."]
    assert texts[0].standing is not None


def test_what_is_no_draft_cannot_be_edited(editor: Any, sqlite_store: Store, letter: Publication, draft: Issue) -> None:
    assert "Approved" in said(editor, editor.post("/issues/1/approve"))
    assert editor.get("/?issue=1").headers["location"] == "/issues/1"
    block = draft.outline.blocks()[0]
    answer = editor.post(f"/issues/1/blocks/{block.id}", {"version": "1", "headline": "Late"})
    assert answer.status_code == 400
    assert issue(sqlite_store, letter).outline.blocks()[0].headline is None


def test_the_preview_runs_nothing_and_follows_the_dark_switch(editor: Any, draft: Issue) -> None:
    light, dark = (editor.get(f"/issues/1/preview.html{query}") for query in ("", "?dark=1"))
    policy = light.headers["content-security-policy"]
    assert policy.startswith("sandbox;")
    assert "script" not in policy
    assert "frame-ancestors 'self'" in policy
    assert "prefers-color-scheme" not in light.text.replace("supported-color-schemes", "")
    assert light.text != dark.text
    text = editor.get("/issues/1/preview.txt")
    assert text.headers["content-security-policy"] == policy
    assert "Alderwick" in text.text or "ALDERWICK" in text.text


def test_an_issue_that_is_not_there_is_told_in_one_sentence(editor: Any) -> None:
    for path in ("/issues/99", "/issues/99/preview.html", "/?issue=99"):
        answer = editor.get(path)
        assert answer.status_code == 404, path
        assert "There is no issue 99" in answer.text


def test_a_broken_theme_does_not_close_the_desk(editor: Any, settings: Any, draft: Issue) -> None:
    folder = settings.templates / "weekly"
    folder.mkdir(parents=True)
    (folder / "issue.html.j2").write_text("<p>\n{% if %}")
    page = editor.get("/")
    assert page.status_code == 200
    assert "issue.html.j2:2" in page.text
