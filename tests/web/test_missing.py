"""What a person is told where something is gone, or a form cannot be read: our own words, and no commands."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from newsletter.model.issue import IssueState
from newsletter.model.publication import Publication
from newsletter.queue.editing import Editor
from newsletter.store import Store, issues

AUTO = {"x-autosave": "1"}


@pytest.fixture
def taken(editor: Any, sqlite_store: Store, letter: Publication, clock: Any) -> str:
    """The address of a block that Bo took out."""
    editor.post("/issues")
    editor.post("/issues/1/blocks", {"text": "Good morning."})
    with sqlite_store.reading() as tx:
        block = next(one.id for one in issues.get(tx, letter.id, 1).outline.blocks() if one.kind == "text")
    bo = Editor(sqlite_store, clock, letter, "Bo")
    bo.remove_block(1, block)
    bo.set_fields(1, {"preheader": "And more"})
    return f"/issues/1/blocks/{block}"


def said(answer: Any) -> str:
    text: str = json.loads(base64.urlsafe_b64decode(answer.cookies["said"]))["text"]
    return text


def test_who_took_a_block_out_is_told_and_what_was_typed_stays(editor: Any, taken: str) -> None:
    words = "Bo took this block out meanwhile. The history of the issue has it."
    auto = editor.post(taken, {"blurb": "Typed."}, headers=AUTO)
    assert (auto.status_code, auto.json()) == (404, {"why": words})
    by_hand = editor.post(taken, {"blurb": "Typed.", "do": "save"})
    assert (by_hand.status_code, words in by_hand.text, "Typed." in by_hand.text) == (400, True, True)
    assert said(editor.post(taken, {"do": "up"})) == words
    never = editor.post("/issues/1/blocks/999", {"blurb": "Typed."}, headers=AUTO)
    assert never.json()["why"] == "This block is not in the issue; perhaps somebody took it out."


def test_a_form_of_too_many_fields_is_refused_in_our_words(editor: Any, taken: str) -> None:
    content = b"&".join(b"a=x" for _ in range(1_100))
    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = editor.post(taken, content=content, headers=form)
    assert answer.status_code == 400
    assert "it has too many fields, or one that is too long" in answer.text
    assert "Maximum number" not in answer.text
    german = editor.post(taken, content=content, headers={**form, "accept-language": "de"})
    assert "zu viele Felder" in german.text


def test_a_sentence_of_the_desk_names_no_command_of_the_terminal(
    editor: Any, taken: str, sqlite_store: Store, letter: Publication
) -> None:
    with sqlite_store.writing() as tx:
        issue = issues.get(tx, letter.id, 1)
        issues.change(tx, issue.id, {"state": IssueState.APPROVED})
    answer = editor.post("/issues/1/sections", {"name": "News"})
    assert said(answer) == "Issue 1 is approved; only a draft can be edited."
