"""A form that is sent after the session ended: what was typed comes back, and can be sent again."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from newsletter.model.publication import Publication
from newsletter.store import Store, issues
from newsletter.web import timely

PATH = "/issues/1/blocks/2"
TYPED = "The ferry leaves at nine,\r\n<b>not</b> at ten."


@pytest.fixture
def late(editor: Any) -> Any:
    """An editor with a draft of one text, which is block 2, whose session has ended."""
    editor.post("/issues")
    editor.post("/issues/1/blocks", {"text": "Good morning."})
    editor.kept = dict(editor.client.cookies)
    editor.client.cookies.clear()
    return editor


def test_what_was_typed_is_there_and_is_sent_again_after_signing_in(
    late: Any, sqlite_store: Store, letter: Publication
) -> None:
    form = {"blurb": TYPED, "was_blurb": "Good morning.", "version": "1", "do": "save", "view": "/?issue=1&block=2"}
    answer = late.post(PATH, form)
    assert answer.status_code == 401
    assert 'href="/signin?next=/%3Fissue%3D1%26block%3D2"' in answer.text
    assert "<b>not</b>" not in answer.text
    with sqlite_store.reading() as tx:
        assert TYPED not in str(issues.get(tx, letter.id, 1))
    action = re.search(r'<form method="post" action="([^"]*)"', answer.text)[1]  # type: ignore[index]
    fields = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', answer.text))
    fields |= dict(re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>\n([^<]*)</textarea>', answer.text))
    late.client.cookies.update(late.kept)
    again = late.post(action, {name: unescape(value) for name, value in fields.items()})
    assert (again.status_code, again.headers["location"]) == (303, "/?issue=1&block=2#b-2")
    with sqlite_store.reading() as tx:
        (kept,) = (one for one in issues.get(tx, letter.id, 1).outline.blocks() if one.id == 2)
    assert kept.blurb == TYPED.replace("\r\n", "\n")


@pytest.mark.parametrize("secret", ["password", "again", "now", "code", "token"])
def test_a_secret_is_never_told_back(late: Any, secret: str) -> None:
    answer = late.post("/account/password", {secret: "ferry-house-12", "name": "Edda Ferry"})
    assert answer.status_code == 401
    assert "ferry-house-12" not in answer.text
    assert "Edda Ferry" in answer.text
    assert "Send it again" not in answer.text


@pytest.mark.parametrize(
    ("headers", "content"),
    [
        ({"x-autosave": "1"}, b"blurb=Typed+text"),
        ({"x-swap": "#outline"}, b"blurb=Typed+text"),
        ({"content-type": "application/json"}, b'{"blurb": "Typed text"}'),
        ({}, b"blurb=" + b"x+" * 200_000),
        ({}, b"&".join(b"a=x" for _ in range(200))),
    ],
)
def test_a_script_and_what_no_page_of_ours_sends_get_one_line(
    late: Any, headers: dict[str, str], content: bytes
) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded", **headers}
    answer = late.post(PATH, content=content, headers=headers)
    assert (answer.status_code, answer.text) == (401, "Sign in first.\n")


def test_the_page_is_german_for_who_reads_german(late: Any) -> None:
    answer = late.post(PATH, {"blurb": TYPED}, headers={"accept-language": "de"})
    assert "Ihre Sitzung ist zu Ende." in answer.text


def test_a_form_of_nobody_that_stays_half_sent_is_not_waited_for(late: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timely, "SECONDS", -1.0)
    answer = late.post(PATH, {"blurb": TYPED})
    assert answer.status_code in (401, 408)
