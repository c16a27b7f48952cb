"""The readers' own link: a button for people, one click for mail programs, nothing for scanners."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from newsletter.audience import readers
from newsletter.clock import Clock
from newsletter.model.issue import IssueId
from newsletter.model.publication import Publication
from newsletter.model.subscriber import Consent
from newsletter.model.tokens import unsubscribe_url
from newsletter.settings import Settings
from newsletter.store import Store, subscribers
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
