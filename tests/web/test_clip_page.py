"""Clipping a page: looking asks nobody and keeps nothing; the button fetches, and what came is picked at once."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

import pytest

from newsletter.model.item import Triage
from newsletter.model.publication import Publication
from newsletter.settings import Fetching, Settings
from newsletter.store import Store, items

ARTICLE = (
    "<html><head><title>The old mill</title><meta property='og:site_name' content='The Ferry'></head><body><article>"
    "<h1>The old mill</h1><p>The mill turns again, after forty years of rest beside the river.</p></article></body>"
)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    from dataclasses import replace

    return replace(settings, fetching=Fetching(allow_private_hosts=True, timeout=5.0))


@pytest.fixture
def queue_of(sqlite_store: Store, letter: Publication, clock: Any) -> Any:
    def listed() -> Any:
        with sqlite_store.reading() as tx:
            return items.listing(tx, letter.id, now=clock.now())

    return listed


def test_looking_asks_nobody_and_keeps_nothing(editor: Any, web: Any, queue_of: Any) -> None:
    url = web.serve("/mill", ARTICLE)
    page = editor.get("/clip", params={"url": url, "title": "A <b>mill</b>", "selection": 'It "turns".'})
    assert page.status_code == 200
    assert 'value="A &lt;b&gt;mill&lt;/b&gt;"' in page.text
    assert url in page.text
    assert web.asked == []
    assert queue_of() == []


def test_a_page_is_fetched_shown_changed_and_picked(editor: Any, web: Any, queue_of: Any) -> None:
    url = web.serve("/mill", ARTICLE)
    answer = editor.post("/clip", {"url": url, "selection": "It *turns* again."})
    assert answer.status_code == 303
    shown = editor.get(answer.headers["location"])
    assert "The old mill" in shown.text
    assert "It *turns* again." in shown.text
    picked = editor.post(
        answer.headers["location"],
        {"title": "The mill", "excerpt": "It [turns](https://a.example/).", "outlet": "The Ferry", "section": "Town",
         "do": "pick"},
    )  # fmt: skip
    assert picked.headers["location"] == "/"
    (item,) = queue_of()
    assert (item.latest.title, item.latest.outlet, item.state) == ("The mill", "The Ferry", Triage.PICKED)
    assert item.section == "Town"
    assert '<a href="https://a.example/">turns</a>' in item.latest.excerpt


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "", "ferry.example", "http://["])
def test_what_is_no_web_address_is_a_sentence_and_what_was_typed_stays(editor: Any, queue_of: Any, url: str) -> None:
    page = editor.post("/clip", {"url": url, "title": "Kept title"})
    assert page.status_code == 400
    assert "Kept title" in page.text
    assert queue_of() == []


def test_a_page_that_cannot_be_read_is_a_sentence(editor: Any, web: Any, queue_of: Any) -> None:
    page = editor.post("/clip", {"url": web.url("/missing")})
    assert page.status_code == 400
    assert "has nothing at this address (404)" in page.text
    assert queue_of() == []


def test_the_link_to_drag_leads_to_the_clip_page_and_runs_nothing_here(editor: Any) -> None:
    page = editor.get("/sources")
    (link,) = re.findall(r'href="(javascript:[^"]*)"', page.text)
    assert '"http://127.0.0.1:8000/clip"' in unquote(link.replace("&#39;", "'").replace("&amp;", "&"))
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_strangers_and_strange_pages_clip_nothing(visitor: Any, editor: Any, web: Any, queue_of: Any) -> None:
    url = web.serve("/mill", ARTICLE)
    headers = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert editor.post("/clip", {"url": url}, headers=headers).status_code == 403
    assert queue_of() == []
    assert web.asked == []
