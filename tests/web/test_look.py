"""The look of a newsletter: a form of its theme's variables."""

from __future__ import annotations

from typing import Any

import lxml.html
import pytest

from newsletter.clock import Clock
from newsletter.model.publication import Publication
from newsletter.queue.editing import Editor
from newsletter.settings import Settings
from newsletter.store import Store
from newsletter.workflows.drafting import new_issue
from newsletter.workflows.publish import Desk


@pytest.fixture
def desk(sqlite_store: Store, settings: Settings, clock: Clock, letter: Publication) -> Desk:
    return Desk(sqlite_store, settings, clock, letter)


def _form(answer: Any) -> dict[str, str]:
    """What a browser would send back."""
    assert answer.status_code == 200
    document = lxml.html.document_fromstring(answer.text)
    (form,) = [one for one in document.forms if (one.action or "").startswith("/look")]
    return dict(form.form_values())


def test_what_is_chosen_in_the_form_stands_in_the_mail(editor: Any, desk: Desk) -> None:
    who = Editor(desk.store, desk.clock, desk.publication, "ada")
    number = new_issue(who).number
    who.add_text(number, "A [link](https://x.example/).")
    assert "#0b5345" not in desk.preview(number).html
    form = _form(editor.get("/look"))
    assert (form["accent"], form["image_width"], form["lead"]) == ("#a8321a", "632", "true")
    assert editor.post("/look?theme=weekly", form | {"accent": "#0b5345", "image_width": "500"}).status_code == 303
    assert "color:#0b5345" in desk.preview(number).html
    again = _form(editor.get("/look"))
    assert (again["accent"], again["image_width"], again["lead"]) == ("#0b5345", "500", "true")
    sample = editor.get("/look/sample.html?theme=weekly")
    assert "color:#0b5345" in sample.text
    assert "sandbox" in sample.headers["content-security-policy"]
    off = {name: value for name, value in again.items() if name != "lead"}
    editor.post("/look?theme=weekly", off | {"accent": "#a8321a"})
    assert "lead" not in _form(editor.get("/look"))
    assert "#0b5345" not in desk.preview(number).html


def test_each_theme_has_values_of_its_own(editor: Any, desk: Desk) -> None:
    form = _form(editor.get("/look?theme=digest"))
    editor.post("/look?theme=digest", form | {"signature": "Edda & Bo"})
    assert _form(editor.get("/look?theme=digest"))["signature"] == "Edda & Bo"
    assert "signature" not in _form(editor.get("/look?theme=weekly"))


def test_a_value_that_cannot_be_keeps_what_was_typed_and_changes_nothing(editor: Any) -> None:
    form = _form(editor.get("/look"))
    answer = editor.post("/look?theme=weekly", form | {"accent": "#00ff00", "reading": "a; } body {"})
    assert answer.status_code == 400
    assert "font names" in answer.text
    assert "a; } body {" in answer.text
    assert _form(editor.get("/look"))["accent"] == "#a8321a"
    assert editor.get("/look?theme=nothing").status_code == 404


def test_it_is_not_for_visitors(visitor: Any) -> None:
    assert visitor.get("/look").status_code == 303
    assert visitor.get("/look/sample.html").status_code == 303
