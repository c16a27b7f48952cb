"""`newsletter sources`, `collect` and `items`: what they print, and how they end."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from newsletter.cli.main import run

FEED = """<rss version="2.0"><channel><title>Alderwick Times</title>
<item><title>Bridge reopens</title><link>https://alderwick.example.org/b</link><guid>1</guid>
<pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate><description>It is &lt;b&gt;open&lt;/b&gt;.</description></item>
<item><title>Fair day</title><guid isPermaLink="false">2</guid></item></channel></rss>"""


@pytest.fixture
def call(workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("NEWSLETTER_ALLOW_PRIVATE_HOSTS", "1")

    def called(*words: str, code: int = 0) -> Any:
        assert run(["--workspace", str(workspace), "--json", *words]) == code
        return json.loads(capsys.readouterr().out)

    return called


def test_from_a_source_to_picked_items(call: Any, web: Any) -> None:
    added = call("sources", "add", web.serve("/feed", FEED), "--section", "Local")
    assert added == call("sources", "list") == call("sources", "export")
    assert {"id": 1, "kind": "feed", "status": "new", "last_success": None, "error": None}.items() <= added[0].items()
    assert call("collect") == {
        "new": 2,
        "updated": 0,
        "seen": 2,
        "events": 0,
        "sources": [
            {
                "id": 1,
                "name": "Alderwick Times",
                "kind": "feed",
                "status": "ok",
                "new": 2,
                "updated": 0,
                "error": None,
                "waits": None,
                "dead": False,
            }
        ],
    }
    found = call("items", "list", "--search", "bridge")
    assert found == [
        {
            "id": found[0]["id"],
            "title": "Bridge reopens",
            "excerpt": "It is <b>open</b>.",
            "url": "https://alderwick.example.org/b",
            "outlet": "Alderwick Times",
            "author": None,
            "published": "2026-11-20T10:00:00+00:00",
            "state": "new",
            "section": "Local",
            "story": None,
            "leads": True,
            "also_in": [],
            "sent_in": None,
            "flags": [],
            "edited": False,
        }
    ]
    key = str(found[0]["id"])
    assert call("items", "pick", key) == [{"id": found[0]["id"], "state": "picked"}]
    assert len(call("items", "pick", "--newest", "5")) == 1
    assert len(call("items", "list", "--state", "picked")) == 2
    assert call("items", "skip", key)[0]["state"] == "skipped"
    assert call("items", "restore", key)[0]["state"] == "new"
    assert call("sources", "remove", "1")[0]["id"] == 1
    assert call("sources", "list") == []
    assert len(call("items", "list")) == 2


def test_collect_ends_with_1_where_all_failed_or_with_strict_where_one_did(call: Any, web: Any) -> None:
    call("sources", "add", web.serve("/bad", "<html>"))
    assert call("collect", code=1)["sources"][0]["status"] == "error"
    assert call("collect")["sources"][0]["status"] == "waiting"
    call("sources", "add", web.serve("/good", FEED))
    assert call("collect", "--force")["new"] == 2
    assert call("collect", "--force", "--strict", code=1)["new"] == 0
    assert call("collect", "--source", "2", "--strict")["new"] == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("sources", "add", "ftp://example.org/x"), "only http and https"),
        (("sources", "add", "http://"), "not a web address"),
        (("sources", "add", "https://[broken/feed"), "not a web address"),
        (("sources", "add", "/no/such/folder"), "There is no folder"),
        (("sources", "add", __file__), "is a file"),
        (("sources", "add", ""), "Name a feed"),
        (("sources", "remove", "7"), "no source 7"),
        (("collect", "--source", "7"), "no source 7"),
        (("items", "pick"), "Name the items"),
        (("items", "pick", "7"), "no item 7"),
        (("items", "skip", "7"), "no item 7"),
        (("items", "list", "--state", "odd"), "no state of an item"),
    ],
)
def test_a_wrong_call_is_one_sentence(call: Any, words: tuple[str, ...], message: str) -> None:
    error = call(*words, code=2)["error"]
    assert message in error["message"]
    assert "\n" not in error["message"]


def test_the_same_source_twice_is_refused(call: Any, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    call("sources", "add", str(tmp_path / "in"))
    assert "source already" in call("sources", "add", str(tmp_path / "in") + "/", code=2)["error"]["message"]
    assert len(call("sources", "list")) == 1


def test_people_read_tables(workspace: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, text in (("fair.md", "# Fair [day]\n\nText."), ("odd.pdf", "x")):
        path = tmp_path / "in" / name
        path.write_text(text)
        os.utime(path, (time.time() - 60,) * 2)
    for words, expected in (
        (["sources", "list"], "No source yet"),
        (["collect"], "There is no source yet"),
        (["items", "list"], "No item here"),
        (["sources", "add", str(tmp_path / "in")], "folder"),
        (["collect"], "1 new, 0 updated, 1 seen."),
        (["items", "list"], "Fair [day]"),
        (["items", "pick", "1"], "picked"),
        (["items", "pick", "--newest", "2"], "no item is new"),
    ):
        assert run(["--workspace", str(workspace), *words]) == 0
        out = capsys.readouterr()
        assert expected in out.out
        assert ("odd.pdf" in out.err) == (words == ["collect"] and "seen" in out.out)


PAGE = "<html><head><title>The Ferry</title>{}</head><body><p>Welcome aboard.</p></body></html>"
FEED_LINK = '<link rel="alternate" type="application/rss+xml" title="{}" href="/{}.xml">'
RSS = "<rss version='2.0'><channel><item><title>Bridge opens</title><guid>1</guid></item></channel></rss>"


def test_the_one_feed_of_a_page_is_added_in_its_place(call: Any, web: Any) -> None:
    web.serve("/a.xml", RSS)
    page = web.serve("/", PAGE.format(FEED_LINK.format("News", "a")))
    (added,) = call("sources", "add", page)
    assert added["url"] == web.url("/a.xml")


def test_several_feeds_of_a_page_are_offered_and_none_is_added(call: Any, web: Any) -> None:
    page = web.serve("/news.html", PAGE.format(FEED_LINK.format("News", "a") + FEED_LINK.format("Sport", "b")))
    told = call("sources", "add", page, code=2)["error"]
    assert told["code"] == "choose"
    assert web.url("/b.xml") in told["message"]
    assert call("sources", "list") == []
    assert call("sources", "add", page, "--as-it-is")[0]["url"] == page


def test_a_page_that_offers_nothing_is_added_as_it_is_and_told_when_it_is_collected(call: Any, web: Any) -> None:
    page = web.serve("/", PAGE.format(""))
    assert call("sources", "add", page)[0]["url"] == page
    assert "web page, not a feed" in call("collect", code=1)["sources"][0]["error"]


def test_the_list_says_how_much_of_a_source_is_used_and_the_history_what_runs_said(call: Any, web: Any) -> None:
    call("sources", "add", web.serve("/feed", RSS))
    assert call("collect", "--history") == []
    call("collect")
    (item,) = call("items", "list")
    call("items", "pick", str(item["id"]))
    (source,) = call("sources", "list")
    assert (source["items"], source["picked"], source["sent"], source["dead"]) == (1, 1, 0, False)
    (run,) = call("collect", "--history")
    assert (run["new"], run["sources"][0]["status"]) == (1, "ok")


def test_a_story_of_several_outlets_is_one_row_where_that_is_asked_for(
    call: Any, web: Any, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for outlet in ("Ferry", "Courier", "Herald", "Mail"):
        text = "The council of Alderwick opens the new bridge over the river on Monday at noon, and all are invited."
        feed = (
            f"<rss version='2.0'><channel><title>{outlet}</title><item><title>Bridge over the river opens on Monday"
            f"</title><link>https://{outlet}.example/b</link><description>{text}</description></item></channel></rss>"
        )
        call("sources", "add", web.serve(f"/{outlet}.xml", feed))
    call("collect")
    rows = call("items", "list")
    assert len(rows) == 4
    assert len({one["story"] for one in rows}) == 1
    assert [one["leads"] for one in rows].count(True) == 1
    (story,) = call("items", "list", "--stories")
    assert story["leads"]
    assert len(story["also_in"]) == 3
    assert run(["--workspace", str(workspace), "items", "list"]) == 0
    shown = capsys.readouterr().out.strip().splitlines()
    assert sum("└" in line for line in shown) == 3


def test_an_outline_without_a_usable_address_is_told_and_stops_nothing(call: Any, tmp_path: Path) -> None:
    outlines = (
        '<outline text="Passwords" xmlUrl="file:///etc/passwd"/><outline text="Nothing"/><outline type="rss"/>'
        '<outline text="Town"><outline text="Times" xmlUrl="https://times.example.org/feed"/></outline>'
    )
    (tmp_path / "list.opml").write_text(f'<opml version="2.0"><body>{outlines}</body></opml>')
    added, *refused = call("sources", "import", str(tmp_path / "list.opml"))
    assert (added["url"], added["section"]) == ("https://times.example.org/feed", "Town")
    assert [one["name"] for one in refused] == ["Passwords", "Nothing", "outline 3"]
    assert "“file:///etc/passwd” is not a web address" in refused[0]["error"]
    assert "no xmlUrl" in refused[1]["error"]
    assert len(call("sources", "list")) == 1
