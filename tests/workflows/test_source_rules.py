"""Sources as an editor sets them: rules, intervals, lists of feeds, pages with a feed."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from newsletter.errors import NewsletterError
from newsletter.model.item import Triage
from newsletter.model.source import SourceStatus
from newsletter.workflows import sources

ENTRIES = "".join(
    f"<item><title>{title}</title><link>https://alderwick.example.org/{path}</link><pubDate>{day} Nov 2026 10:00:00 GMT"
    f"</pubDate><description>Text.</description></item>"
    for title, path, day in (
        ("Bridge reopens", "news/bridge", 20),
        ("Sponsored: buy a boat", "news/boat", 21),
        ("Harbour cup final", "sport/cup", 22),
        ("Unsponsored ferry", "news/ferry", 19),
    )
)
FEED = f'<rss version="2.0"><channel><title>Times</title>{ENTRIES}</channel></rss>'
OPML = """<?xml version="1.0"?><opml version="1.0"><body>
<outline text="Local"><outline text="Times" type="rss" xmlUrl="https://times.example.org/feed?a=1&amp;b=2"/>
<outline text="Sport"><outline title="Cup" text="x" xmlUrl="https://cup.example.org/feed"/></outline></outline>
<outline text="Alone" xmlUrl="https://alone.example.org/feed"/><outline text="again" xmlUrl="https://alone.example.org/feed"/>
<outline text="bad" xmlUrl="javascript:alert(1)"/></body></opml>"""


def state(desk: Any) -> dict[str, str]:
    return {one.latest.title: one.state.value for one in desk.queue()}


def change(desk: Any, *pairs: str) -> Any:
    return sources.change(desk.store, desk.publication, desk.source().id, pairs)


@pytest.mark.parametrize(
    ("rule", "offered"),
    [
        ("skip=sponsored", {"Bridge reopens", "Harbour cup final", "Unsponsored ferry"}),
        ("skip=url:/sport/, SPONSORED", {"Bridge reopens", "Unsponsored ferry"}),
        ("keep=ferry,bridge", {"Bridge reopens", "Unsponsored ferry"}),
        ("keep=url:/news/", {"Bridge reopens", "Sponsored: buy a boat", "Unsponsored ferry"}),
    ],
)
def test_rules_leave_out_and_lose_nothing(desk: Any, web: Any, rule: str, offered: set[str]) -> None:
    desk.add(web.serve("/feed", FEED))
    change(desk, rule)
    desk.collect()
    found = state(desk)
    assert len(found) == 4
    assert {title for title, one in found.items() if one == Triage.NEW} == offered


def test_only_the_newest_are_taken_where_an_editor_says_so(desk: Any, web: Any) -> None:
    desk.add(web.serve("/feed", FEED))
    change(desk, "newest=2")
    desk.collect()
    assert desk.titles() == ["Harbour cup final", "Sponsored: buy a boat"]
    change(desk, "newest=")
    assert desk.only().new == 2


def test_an_interval_is_kept_and_told(desk: Any, web: Any) -> None:
    desk.add(web.serve("/feed", FEED))
    change(desk, "interval=2h")
    desk.collect()
    waiting = desk.only()
    assert (waiting.status, waiting.asked, waiting.error) == (SourceStatus.WAITING, False, None)
    assert "because its interval is set so" in waiting.waits
    desk.later(hours=2)
    assert desk.only().status is SourceStatus.OK


@pytest.mark.parametrize(
    ("served", "why"),
    [
        ({"body": FEED, "cache_control": "public, max-age=3600"}, "max-age"),
        ({"body": FEED.replace("<item>", "<ttl>60</ttl><item>", 1)}, "ttl"),
    ],
)
def test_what_a_feed_says_of_its_own_freshness_is_believed(desk: Any, web: Any, served: Any, why: str) -> None:
    desk.add(web.serve("/feed", **served))
    assert desk.only().new == 4
    assert why in desk.only().waits
    assert len(web.asked) == 1
    desk.later(hours=1)
    assert desk.only().asked


QUIET = "<skipHours><hour>9</hour><hour> 10 </hour><hour>24</hour></skipHours><skipDays><day>Sunday</day></skipDays>"


def test_a_feed_is_left_alone_at_the_hours_that_it_names_unless_a_person_asks(desk: Any, web: Any) -> None:
    desk.add(web.serve("/feed", FEED.replace("<channel>", f"<channel>{QUIET}"), etag='"1"'))
    assert desk.only().new == 4  # at 08:00: nobody knows yet what it names
    desk.later(hours=1)
    waiting = desk.only()
    assert (waiting.asked, waiting.status, waiting.error) == (False, SourceStatus.WAITING, None)
    assert waiting.waits.startswith("It is asked again after 2026-11-27 11:00 UTC, because the feed itself asks")
    assert len(web.asked) == 1
    assert desk.only(force=True).asked
    desk.later(hours=2)
    assert desk.only().status.value == "not-modified"
    desk.later(hours=13)  # midnight, which a 304 has not made it forget
    assert not desk.only().asked


def test_a_source_switched_off_is_not_asked(desk: Any, web: Any) -> None:
    desk.add(web.serve("/feed", FEED))
    change(desk, "active=no")
    assert not desk.only().asked
    change(desk, "active=yes", "name=The Times", "outlet=Times", "section=Local")
    assert desk.only().new == 4
    assert {(one.latest.outlet, one.section) for one in desk.queue()} == {("Times", "Local")}


@pytest.mark.parametrize(
    "pair", ["colour=red", "name=", "newest=x", "newest=0", "interval=5", "active=maybe", "url=", "x"]
)
def test_a_value_that_cannot_be_used_changes_nothing(desk: Any, web: Any, pair: str) -> None:
    before = desk.add(web.url("/feed"))
    with pytest.raises(NewsletterError):
        change(desk, "section=Local", pair)
    assert desk.source() == before


def test_a_source_that_gave_nothing_for_a_week_is_told(desk: Any, web: Any) -> None:
    desk.add(web.serve("/feed", FEED))
    desk.collect()
    web.serve("/feed", status=500)
    assert not desk.only().dead
    desk.later(days=7, hours=1)
    assert desk.only().dead


def test_lists_of_feeds_come_in_and_go_out(desk: Any) -> None:
    added, present, refused = sources.import_opml(desk.store, desk.clock, desk.publication, OPML.encode())
    assert [(one.name, one.section) for one in added] == [("Times", "Local"), ("Cup", "Local / Sport"), ("Alone", None)]
    assert added[0].url == "https://times.example.org/feed?a=1&b=2"
    assert present == []
    assert [one.name for one in refused] == ["bad"]
    out = sources.export_opml(desk.store, desk.publication)
    again = sources.import_opml(desk.store, desk.clock, desk.publication, out.encode())
    assert ([], sorted(one.id for one in added)) == (again[0], sorted(one.id for one in again[1]))
    for one in added:
        sources.remove(desk.store, desk.publication, one.id)
    back, *_ = sources.import_opml(desk.store, desk.clock, desk.publication, out.encode())
    assert {(one.url, one.section) for one in back} == {(one.url, one.section) for one in added}


@pytest.mark.parametrize("content", [b"", b"<html/>", b"\0\1", b"<opml/>"])
def test_a_list_that_is_none_is_one_sentence(desk: Any, content: bytes) -> None:
    with pytest.raises(NewsletterError, match="OPML"):
        sources.import_opml(desk.store, desk.clock, desk.publication, content)


def test_a_dropped_list_makes_sources_once(desk: Any, tmp_path: Any) -> None:
    desk.drop("feeds.opml", OPML)
    desk.add(tmp_path / "drop")
    assert len(desk.only().added) == 3
    assert desk.collect(only=1).outcomes[0].added == ()
    sources.remove(desk.store, desk.publication, 2)
    assert desk.collect(only=1).outcomes[0].added == ()


PAGE = '<!doctype html><html><head>{}</head><body><p>News</p><a href="/odd.xml">RSS</a></body></html>'
LINK = '<link rel="alternate" type="application/rss+xml" title="News &amp; more" href="news.xml">'


@pytest.mark.parametrize(("head", "feed"), [(LINK, "/town/news.xml"), ("", "/odd.xml")])
def test_a_page_offers_its_feeds(desk: Any, web: Any, head: str, feed: str) -> None:
    page = web.serve("/town/", PAGE.format(head), content_type="text/html")
    (offer,) = sources.find(desk.settings, desk.clock, page)
    assert offer.url == web.url(feed)
    desk.add(page)
    assert web.url(feed) in desk.only().error
    web.serve(feed, FEED)
    change(desk, f"url={offer.url}")
    assert desk.only().new == 4


def test_the_usual_places_are_tried_where_a_page_names_no_feed(desk: Any, web: Any) -> None:
    page = web.serve("/town/", "<html><body>News", content_type="text/html")
    assert sources.find(desk.settings, desk.clock, page) == ()
    web.serve("/rss.xml", FEED)
    assert [one.url for one in sources.find(desk.settings, desk.clock, page)] == [web.url("/rss.xml")]
    assert [one.title for one in sources.find(desk.settings, desk.clock, web.url("/rss.xml"))] == ["Times"]


@pytest.mark.parametrize(
    ("path", "served", "offered"),
    [
        ("/hub", PAGE.format(LINK + LINK.replace("news.xml", "sport.xml")), ["/news.xml", "/sport.xml"]),
        ("/one", PAGE.format(LINK), ["/news.xml"]),
        ("/nofeed", "<html><body>News", ["/index.xml"]),
        ("/anatomy", "<html><body>News", ["/index.xml"]),
        ("/weekly", FEED, ["/weekly"]),
        ("/days", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", ["/days"]),
        ("/gone", None, []),
        ("/my-feed", PAGE.format(LINK), None),
        ("/list.xml", PAGE.format(LINK), None),
        ("/rss/town", PAGE.format(LINK), None),
        ("/?format=rss", PAGE.format(LINK), None),
    ],
)
def test_an_address_that_does_not_look_like_a_feed_is_looked_at(
    desk: Any, web: Any, path: str, served: str | None, offered: list[str] | None
) -> None:
    web.serve("/index.xml", FEED)
    if served:
        web.serve(path, served)
    found = sources.offered(desk.settings, desk.clock, web.url(path))
    assert [one.url for one in found] == [web.url(one) for one in offered or []]
    assert bool(web.asked) == (offered is not None)


def test_an_address_that_nobody_answers_offers_nothing(desk: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert sources.offered(desk.settings, desk.clock, f"http://127.0.0.1:{port}/hub") == ()


def test_a_304_refreshes_how_long_a_feed_is_left_alone(desk: Any, web: Any) -> None:
    desk.add(web.serve("/feed", FEED, etag='"1"', cache_control="max-age=1800"))
    desk.collect()
    for _ in range(2):
        assert desk.only().asked is False
        desk.later(minutes=31)
        assert desk.only().status.value == "not-modified"


def test_a_304_that_says_nothing_stands_for_what_was_said_before(desk: Any, web: Any) -> None:
    web.serve("/feed", FEED.replace("<channel>", "<channel><ttl>60</ttl>"), etag='"1"')
    desk.add(web.url("/feed"))
    desk.collect()
    desk.later(minutes=61)
    assert desk.only().status.value == "not-modified"
    outcome = desk.only()
    assert outcome.asked is False
    assert "nothing has changed" in (outcome.waits or "")
