"""The readers' own link: a button for people, one click for mail programs, nothing for scanners."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from newsletter.audience import readers
from newsletter.bounded import Unfinished
from newsletter.clock import Clock
from newsletter.model.issue import IssueId
from newsletter.model.publication import Publication
from newsletter.model.subscriber import Consent
from newsletter.model.tokens import unsubscribe_url
from newsletter.settings import Settings
from newsletter.store import Store, subscribers
from newsletter.web import filling
from newsletter.workflows.unsubscribe import peek


@pytest.fixture
def link(sqlite_store: Store, settings: Settings, clock: Clock, letter: Publication) -> str:
    reader = readers.add(sqlite_store, clock, letter.id, "ana@example.org")
    url = unsubscribe_url("", settings.secret_keys, letter.id, reader.id, IssueId(3))
    assert url.startswith("/unsubscribe/")
    return url


def consent(store: Store, letter: Publication) -> Consent:
    with store.reading() as tx:
        return subscribers.find(tx, letter.id, "ana@example.org").consent


def test_looking_changes_nothing(visitor: Any, sqlite_store: Store, letter: Publication, link: str) -> None:
    assert visitor.client.head(link).status_code == 200
    page = visitor.get(link)
    assert page.status_code == 200
    assert "ana@example.org" in page.text
    assert '<form method="post">' in page.text
    assert consent(sqlite_store, letter) is Consent.CONFIRMED


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "", "sec-fetch-site": "", "content-type": "application/x-www-form-urlencoded"},
        {"origin": "https://mail.example.net", "sec-fetch-site": "cross-site"},
        {},
    ],
)
def test_one_click_needs_no_cookie_no_origin_and_is_not_redirected(
    visitor: Any, sqlite_store: Store, letter: Publication, link: str, headers: dict[str, str]
) -> None:
    answer = visitor.post(link, {"List-Unsubscribe": "One-Click"}, headers=headers)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert consent(sqlite_store, letter) is Consent.UNSUBSCRIBED
    again = visitor.post(link, {"List-Unsubscribe": "One-Click"}, headers=headers)
    assert again.status_code == 200


def test_a_changed_link_ends_nothing(visitor: Any, sqlite_store: Store, letter: Publication, link: str) -> None:
    wrong = link[:-1] + ("A" if link[-1] != "A" else "B")
    for answer in (visitor.get(wrong), visitor.post(wrong)):
        assert answer.status_code == 404
        assert "nothing has changed" in answer.text
    assert consent(sqlite_store, letter) is Consent.CONFIRMED


BROKEN = {
    "division": "{{ 1 / 0 }}",
    "itself": "{% include 'unsubscribe.html.j2' %}",
    "attribute": "{{ email.nothing() }}",
    "a file that is not there": "{% include 'nothing.html.j2' %}",
    "not a template": "{% if %}",
    "no number": "{{ 'a' + 1 }}",
    "much": "{{ 'a' * 9000000 }}",
    "more than there is": "{{ ('a' * 4000000000) | upper }}",
    "forbidden": "{{ email.__class__.__mro__ }}",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_whatever_is_wrong_in_a_page_of_the_workspace_the_reader_is_told_the_truth(
    visitor: Any, sqlite_store: Store, letter: Publication, link: str, tmp_path: Path, text: str
) -> None:
    folder = tmp_path / "templates" / "public"
    folder.mkdir(parents=True)
    (folder / "unsubscribe.html.j2").write_text(text)
    answer = visitor.post(link)
    assert (answer.status_code, answer.text) == (200, "You are unsubscribed.\n")
    assert consent(sqlite_store, letter) is Consent.UNSUBSCRIBED


def test_a_page_that_never_ends_is_not_tried_twice(
    visitor: Any, link: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "TIME_LIMIT", 0.2)
    folder = tmp_path / "templates" / "public"
    folder.mkdir(parents=True)
    page = folder / "unsubscribe.html.j2"
    page.write_text("{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}")
    assert visitor.post(link).text == "You are unsubscribed.\n"
    with pytest.raises(Unfinished, match="the last time"):
        filling.fill(tmp_path / "templates", page.name, {})
    monkeypatch.undo()
    page.write_text("mended")
    assert visitor.post(link).text == "mended"


def test_a_link_out_of_the_folder_is_no_page(visitor: Any, link: str, tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "public"
    folder.mkdir(parents=True)
    (tmp_path / "secret").write_text("the key of the desk")
    (folder / "unsubscribe.html.j2").symlink_to(tmp_path / "secret")
    answer = visitor.get(link)
    assert answer.status_code == 200
    assert "the key of the desk" not in answer.text


def test_a_workspace_has_its_own_page_and_a_broken_one_still_works(
    visitor: Any, sqlite_store: Store, settings: Settings, letter: Publication, link: str, tmp_path: Path
) -> None:
    folder = tmp_path / "templates" / "public"
    folder.mkdir(parents=True)
    (folder / "unsubscribe.html.j2").write_text("<p>Goodbye from {{ publication.name }}</p>")
    assert visitor.get(link).text == "<p>Goodbye from Alderwick Letter</p>"
    (folder / "unsubscribe.html.j2").write_text("{{ nothing.like.this }}")
    answer = visitor.post(link)
    assert (answer.status_code, answer.text) == (200, "You are unsubscribed.\n")
    assert peek(sqlite_store, settings, link.rsplit("/", 1)[1]).already
