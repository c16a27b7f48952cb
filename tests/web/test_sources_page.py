"""The sources in the browser: added by a page of theirs, looked at one by one, changed, and nothing typed is lost."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from newsletter.model.publication import Publication
from newsletter.model.source import Source
from newsletter.settings import Fetching, Settings
from newsletter.store import Store
from newsletter.store import sources as stored

RSS = (
    "<rss version='2.0'><channel><title>{0}</title><item><title>{0} opens</title><guid>1</guid></item></channel></rss>"
)
LINK = '<link rel="alternate" type="application/rss+xml" title="{0}" href="/{0}.xml">'


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, fetching=Fetching(allow_private_hosts=True, timeout=5.0))


@pytest.fixture
def known(sqlite_store: Store, letter: Publication) -> Any:
    def listed() -> list[Source]:
        with sqlite_store.reading() as tx:
            return stored.listing(tx, letter.id)

    return listed


def test_a_page_with_one_feed_is_added_by_that_feed(editor: Any, web: Any, known: Any) -> None:
    web.serve("/News.xml", RSS.format("News"))
    editor.post("/sources", {"address": web.serve("/", LINK.format("News")), "section": "Town"})
    (source,) = known()
    assert (source.url, source.section) == (web.url("/News.xml"), "Town")


def test_a_page_with_several_feeds_is_a_choice(editor: Any, web: Any, known: Any) -> None:
    page = web.serve("/", LINK.format("News") + LINK.format("Sport"))
    asked = editor.post("/sources", {"address": page, "section": "Town"})
    assert asked.status_code == 200
    assert known() == []
    assert "Sport" in asked.text
    editor.post("/sources", {"address": page, "section": "Town", "chosen": web.url("/Sport.xml")})
    assert [one.url for one in known()] == [web.url("/Sport.xml")]


def test_a_source_is_looked_at_and_changed(editor: Any, web: Any, known: Any) -> None:
    editor.post("/sources", {"address": web.serve("/feed", RSS.format("Mill"))})
    editor.post("/sources/collect")
    (source,) = known()
    shown = editor.get(f"/sources/{source.id}").text
    assert "Mill opens" in shown
    assert "1 new, 0 changed" in shown
    form = {"name": "The Mill", "outlet": "Mill & Co", "section": "", "url": source.url, "keep": "mill, url:/a",
            "skip": "", "newest": "5", "interval": "2h", "active": "yes"}  # fmt: skip
    assert editor.post(f"/sources/{source.id}", form).status_code == 303
    (changed,) = known()
    assert (changed.name, changed.outlet, changed.rules.keep, changed.rules.newest) == (
        "The Mill", "Mill & Co", ("mill", "url:/a"), 5,
    )  # fmt: skip
    assert changed.active
    wrong = editor.post(f"/sources/{source.id}", {**form, "name": "Typed name", "newest": "many"})
    assert wrong.status_code == 400
    assert "Typed name" in wrong.text
    assert known() == [changed]
    form.pop("active")
    editor.post(f"/sources/{source.id}", form)
    assert not known()[0].active


def test_a_page_that_was_added_is_mended_by_what_it_offers(editor: Any, web: Any, known: Any) -> None:
    web.serve("/News.xml", RSS.format("News"))
    page = web.serve("/about", f"<!doctype html><html><head>{LINK.format('News')}</head></html>")
    editor.post("/sources", {"address": page, "chosen": page})
    editor.post("/sources/collect")
    assert "Look for a new address" in editor.get("/sources").text
    (source,) = known()
    offered = editor.post(f"/sources/{source.id}/find").text
    assert web.url("/News.xml") in offered
    editor.post(f"/sources/{source.id}", {"address": page, "section": "", "url": web.url("/News.xml")})
    editor.post("/sources/collect")
    assert known()[0].status.value == "ok"


def test_the_list_shows_use_runs_and_who_is_dead(
    editor: Any, web: Any, known: Any, sqlite_store: Store, letter: Publication
) -> None:
    editor.post("/sources", {"address": web.serve("/feed", RSS.format("Mill"))})
    editor.post("/sources/collect")
    page = editor.get("/sources").text
    assert "Used 0 of 1" in page
    assert "Earlier runs" in page
    assert "1 new, 0 changed" in page


@pytest.mark.parametrize("path", ["/sources/99", "/sources/0", "/sources/x", "/clip/99"])
def test_a_source_that_is_not_there_is_said(editor: Any, path: str) -> None:
    assert editor.get(path).status_code == 404


def test_a_source_that_was_never_read_stands_apart_with_what_to_do(editor: Any, known: Any) -> None:
    editor.post(
        "/sources",
        {"address": "https://new.alderwick.example/feed.xml", "chosen": "https://new.alderwick.example/feed.xml"},
    )
    assert len(known()) == 1
    page = editor.get("/sources").text
    groups = re.findall(r'<h2 id="group-\d">([^<]+)<span', page)
    assert groups == ["Not read yet"]
    assert "“Collect now” reads them for the first time" in page and "0 of 1 are well" in page
