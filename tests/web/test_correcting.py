"""The desk corrects a sent issue: a note in the archive, its text opened before, a letter to who has it."""

from __future__ import annotations

from typing import Any

import pytest

from newsletter.audience import readers
from newsletter.clock import Clock
from newsletter.model.issue import IssueState
from newsletter.model.publication import Publication
from newsletter.model.user import Role
from newsletter.settings import Settings
from newsletter.store import Store, issues
from newsletter.workflows.publish import Desk
from newsletter.workflows.sending import send_now

from .people import Door


@pytest.fixture
def page(editor: Any, sqlite_store: Store, clock: Clock, letter: Publication, settings: Settings) -> Any:
    """A publisher; issue 1 went to two readers with a mistake in it."""
    for email in ("ana@example.org", "bo@example.com"):
        readers.add(sqlite_store, clock, letter.id, email)
    editor.post("/issues")
    editor.post("/issues/1/blocks", {"headline": "Library", "text": "It opens on Sundays."})
    send_now(Desk(sqlite_store, settings, clock, letter), 1, approve=True)
    return editor


def told(page: Any, answer: Any) -> str:
    assert answer.status_code == 303
    text: str = page.get(answer.headers["location"].split("#")[0]).text
    return text


def test_the_archive_shows_the_note_and_the_issue_says_so(page: Any) -> None:
    assert "What was sent stays as it was" in page.get("/issues/1").text
    assert "The archive shows it corrected." in told(page, page.post("/issues/1/correct", {"note": "On Saturdays."}))
    for path in ("/archive/1", "/issues/1"):
        assert ": On Saturdays." in page.get(path).text


def test_a_text_that_was_opened_by_mistake_is_closed_as_it_was(page: Any) -> None:
    assert "is not open" in told(page, page.post("/issues/1/close-text"))
    page.post("/issues/1/open-text")
    page.post("/issues/1/open-text")
    assert "Close without correction" in page.get("/issues/1").text
    text = page.get("/?issue=1").text
    block = text.split('data-block="')[1].split('"')[0]
    page.post(f"/issues/1/blocks/{block}", {"blurb": "It opens on Saturdays.", "version": ""})
    assert "Close without correction" not in page.get("/issues/1").text
    assert "was changed since it was opened" in told(page, page.post("/issues/1/close-text"))
    page.post("/issues/1/undo")
    assert "Nothing was corrected." in told(page, page.post("/issues/1/close-text"))
    assert "Its text is open" not in page.get("/issues/1").text
    assert "Sundays" in page.get("/archive/1").text
    assert page.get("/?issue=1").headers["location"] == "/issues/1"


def test_its_text_is_opened_edited_on_the_desk_and_closed_by_the_correction(page: Any) -> None:
    assert page.get("/?issue=1").headers["location"] == "/issues/1"
    text = told(page, page.post("/issues/1/open-text"))
    assert "its text is open for a correction" in text
    assert "Correct…" in text
    block = text.split('data-block="')[1].split('"')[0]
    page.post(f"/issues/1/blocks/{block}", {"blurb": "It opens on Saturdays.", "version": ""})
    assert "Sundays" in page.get("/archive/1").text
    assert "Saturdays" in page.get("/issues/1/preview.html").text  # what will be there, not what was sent
    assert "Its text is open" in page.get("/issues/1").text
    page.post("/issues/1/correct", {"note": "On Saturdays."})
    assert "It opens on Saturdays." in page.get("/archive/1").text
    assert page.get("/?issue=1").headers["location"] == "/issues/1"


def test_a_letter_with_the_note_is_begun_and_not_sent(page: Any, sqlite_store: Store, letter: Publication) -> None:
    text = told(page, page.post("/issues/1/correct", {"note": "On Saturdays.", "letter": "yes"}))
    assert "This is the letter to those who have it." in text
    assert "Those who have the issue that it corrects" in text
    with sqlite_store.reading() as tx:
        assert issues.get(tx, letter.id, 2).state is IssueState.DRAFT


def test_a_note_that_is_refused_stays_in_its_field(page: Any) -> None:
    long = "It opens on Saturdays. " * 100
    answer = page.post("/issues/1/correct", {"note": long})
    assert answer.status_code == 400
    assert "at most 2000 are shown" in answer.text
    assert long.strip() in answer.text
    assert "a note: what was wrong" in page.post("/issues/1/correct", {"note": " "}).text


@pytest.mark.parametrize("path", ["/issues/2/correct", "/issues/2/open-text"])
def test_only_what_was_sent_is_corrected(page: Any, path: str) -> None:
    page.post("/issues")
    assert "only one that was sent can be corrected" in told(page, page.post(path, {"note": "Wrong."}))


def test_an_editor_sees_the_note_and_is_not_offered_to_write_one(page: Any, sqlite_store: Store, clock: Clock) -> None:
    page.post("/issues/1/correct", {"note": "On Saturdays."})
    editor = Door(page.client.app, sqlite_store, clock).person("Ida", Role.EDITOR)
    text = editor.get("/issues/1").text
    assert "On Saturdays." in text
    assert "What was wrong" not in text
    assert editor.post("/issues/1/correct", {"note": "No."}).status_code == 403


def test_the_queue_offers_no_new_item_to_an_open_sent_issue(page: Any, queue: list[Any]) -> None:
    page.post("/issues/1/open-text")
    text = page.get("/?issue=1").text
    assert 'value="pick"' in text
    assert 'value="add"' not in text
    assert "Add an item by its address" not in text
