"""What somebody meets who never read a manual: first steps on the desk, a reader added, hints, settings to find."""

from __future__ import annotations

from typing import Any

import pytest

from newsletter.audience import readers
from newsletter.clock import Clock
from newsletter.model.publication import Publication
from newsletter.model.subscriber import Consent
from newsletter.model.user import Role
from newsletter.store import Store, publications, subscribers

from .people import Door


def told(page: Any, answer: Any) -> str:
    assert answer.status_code == 303
    text: str = page.get(answer.headers["location"].split("#")[0]).text
    return text


def test_the_empty_desk_tells_the_first_steps_and_ticks_those_that_are_done(
    editor: Any, sqlite_store: Store, letter: Publication
) -> None:
    with sqlite_store.writing() as tx:
        publications.change(tx, letter.id, {"address": ""})
    text = editor.get("/").text
    for href in ("/sources", "/publication", "/readers"):
        assert f'<li class="step"><p><a href="{href}"' in text
    editor.post("/sources", {"address": "/alderwick/drop"})
    editor.post("/readers", {"email": "ana@example.org"})
    with sqlite_store.writing() as tx:
        publications.change(tx, letter.id, {"address": "Old Ferry House, Alderwick"})
    text = editor.get("/").text
    assert "1 reader gets it." in text
    assert "Sender and postal address are set." in text


def test_after_the_first_issue_the_steps_are_gone(editor: Any) -> None:
    editor.post("/issues")
    assert 'class="steps"' not in editor.get("/").text


def test_a_reader_is_added_by_hand_once(editor: Any, sqlite_store: Store, letter: Publication) -> None:
    for _again in range(2):
        text = told(editor, editor.post("/readers", {"email": "Ana@Example.org", "name": "Ana"}))
        assert "is on the list." in text
    with sqlite_store.reading() as tx:
        assert subscribers.counts(tx, letter.id)[Consent.CONFIRMED] == 1


@pytest.mark.parametrize("email", ["", "nobody", "a b@example.org", "<script>@x"])
def test_an_address_that_cannot_be_taken_stays_in_its_field(editor: Any, email: str) -> None:
    answer = editor.post("/readers", {"email": email, "name": "<b>Ana"})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert "&lt;b&gt;Ana" in answer.text
    assert "<script>@x" not in answer.text


def test_who_only_looks_is_offered_no_form(editor: Any, sqlite_store: Store, clock: Clock) -> None:
    looking = Door(editor.client.app, sqlite_store, clock).person("Ida", Role.READER)
    assert "Add a reader" not in looking.get("/readers").text
    assert looking.post("/readers", {"email": "ana@example.org"}).status_code == 403
    assert 'href="/publication"' not in looking.get("/").text


def test_a_missing_sender_leads_to_the_settings_and_they_say_what_is_meant(
    editor: Any, sqlite_store: Store, letter: Publication
) -> None:
    with sqlite_store.writing() as tx:
        publications.change(tx, letter.id, {"sender": "", "address": ""})
    editor.post("/issues")
    editor.post("/issues/1/blocks", {"text": "Good morning."})
    assert editor.get("/issues/1").text.count("To the settings") == 2
    assert "as: Alderwick Letter &lt;desk@letter.example.org&gt;" in editor.get("/publication").text


def test_only_a_publisher_adds_and_who_left_is_asked_about_once_more(
    editor: Any, sqlite_store: Store, clock: Clock, letter: Publication
) -> None:
    door = Door(editor.client.app, sqlite_store, clock)
    assert door.person("Emil", Role.EDITOR).post("/readers", {"email": "ana@example.org"}).status_code == 403
    publisher = door.person("Paula", Role.PUBLISHER)
    publisher.post("/readers", {"email": "ana@example.org"})
    readers.unsubscribe(sqlite_store, clock, letter.id, "ana@example.org")
    answer = publisher.post("/readers", {"email": "ana@example.org"})
    assert answer.status_code == 400
    assert "ana@example.org unsubscribed on " in answer.text
    assert 'name="again"' in answer.text
    with sqlite_store.reading() as tx:
        assert readers.find(tx, letter.id, "ana@example.org").consent is Consent.UNSUBSCRIBED
    assert publisher.post("/readers", {"email": "ana@example.org", "again": "1"}).status_code == 303
    with sqlite_store.reading() as tx:
        assert readers.find(tx, letter.id, "ana@example.org").consent is Consent.CONFIRMED
