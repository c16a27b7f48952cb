"""Feeds with the habits of real ones, in our own words: read as a person would, twice, and nothing comes twice."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

A = "https://alderwick.example"
RSS = (
    '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {ns}><channel><title>{name}</title>'
    "<link>{link}</link>{items}</channel></rss>"
)
NS = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"'
)


def rss(*items: str, name: str = "Alderwick Times") -> str:
    return RSS.format(ns=NS, name=name, link=A, items="".join(f"<item>{one}</item>" for one in items))


def rdf(items: str) -> str:
    return (
        '<?xml version="1.0" encoding="ISO-8859-1"?><rdf:RDF xmlns="http://purl.org/rss/1.0/" '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<channel rdf:about="{A}/news"><title>Fährblatt</title><link>{A}</link></channel>{items}</rdf:RDF>'
    )


def atom(*entries: str, head: str = "") -> str:
    inner = "".join(f"<entry>{one}</entry>" for one in entries)
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" '
        f'xml:lang="en"{head}><title>Alderwick</title><id>urn:feed</id>{inner}</feed>'
    )


Expected = tuple[str, str | None, str | None, str | None, str]
FEEDS: dict[str, tuple[str | bytes, Expected]] = {
    # body, and of its first item: title, link, author, date, words of the excerpt
    "an atom entry with many links and HTML in its title": (
        atom(
            '<title type="html">The &amp;lt;b&amp;gt; tag &amp;amp; the &lt;b>mill&lt;/b></title>'
            f'<link rel="edit" href="{A}/edit/1"/><link rel="replies" href="{A}/1#c"/><link href="{A}/1"/>'
            "<id>urn:1</id><updated>2026-11-20T10:00:00+01:00</updated><author><name>Rosa Lindqvist</name>"
            "<email>rosa@alderwick.example</email></author><summary>It turns.</summary>"
        ),
        ("The <b> tag & the mill", f"{A}/1", "Rosa Lindqvist", "2026-11-20T09:00:00", "It turns."),
    ),
    "a forum: a table for layout, a thumbnail, a title with numeric entities": (
        atom(
            "<author><name>/u/miller</name></author><id>t3_1</id><updated>2026-11-20T10:00:00Z</updated>"
            f'<link href="{A}/r/1"/><title>Flour &amp; water&#32;(20/2026)</title><media:thumbnail url="{A}/t.png"/>'
            f'<content type="html">&lt;table&gt; &lt;tr&gt;&lt;td&gt; &lt;a href="{A}/r/1"&gt; &lt;img src="{A}/t.png" '
            'alt="x"/&gt; &lt;/a&gt; &lt;/td&gt;&lt;td&gt; &amp;#32; submitted by the miller&lt;/td&gt;&lt;/tr&gt;'
            "&lt;/table&gt;</content>"
        ),
        ("Flour & water (20/2026)", f"{A}/r/1", "/u/miller", "2026-11-20T10:00:00", "submitted by the miller"),
    ),
    "a video channel: the text in media:group alone": (
        atom(
            f'<id>v:1</id><title>The mill at night</title><link rel="alternate" href="{A}/watch?v=1"/>'
            "<author><name>Alderwick TV</name></author><published>2026-11-20T10:00:00+00:00</published>"
            "<media:group><media:title>The mill at night</media:title><media:description>Seen from the bridge."
            "</media:description></media:group>"
        ),
        ("The mill at night", f"{A}/watch?v=1", "Alderwick TV", "2026-11-20T10:00:00", "Seen from the bridge."),
    ),
    "relative links under xml:base": (
        atom(
            '<title>Ferry</title><id>urn:9</id><link href="2026/ferry"/><updated>2026-11-20T10:00:00Z</updated>'
            '<content type="html">&lt;a href="/map"&gt;map&lt;/a&gt;</content>',
            head=f' xml:base="{A}/blog/"',
        ),
        ("Ferry", f"{A}/blog/2026/ferry", None, "2026-11-20T10:00:00", f'href="{A}/map"'),
    ),
    "a JSON feed with authors and an escaped dash": (
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": "Alderwick &#8211; News",
                "authors": [{"name": "Rosa"}, {"name": "Ana"}],
                "items": [{"id": 7, "url": f"{A}/7", "title": "Mill &amp; ferry", "content_html": "<p>Text</p>"}],
            }
        ),
        ("Mill & ferry", f"{A}/7", "Rosa, Ana", None, "Text"),
    ),
    "a JSON feed of the first version with text alone": (
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1",
                "title": "A",
                "author": {"name": "Rosa"},
                "items": [
                    {
                        "id": "x",
                        "external_url": f"{A}/x",
                        "content_text": "Short.",
                        "title": "Note",
                        "date_published": "2026-11-20T10:00:00-05:00",
                    }
                ],
            }
        ),
        ("Note", None, "Rosa", "2026-11-20T15:00:00", "Short."),
    ),
    "RSS 0.91 in Latin-1": (
        '<?xml version="1.0" encoding="ISO-8859-1" ?><rss version="0.91"><channel><title>Dicas</title><item>'
        "<title>Expansão de parâmetros</title><description>Expansão</description>"
        f"<link>{A}/dicas</link></item></channel></rss>".encode("latin-1").decode("latin-1"),
        ("Expansão de parâmetros", f"{A}/dicas", None, None, "Expansão"),
    ),
    "neither guid nor link, HTML in the description": (
        rss("<title>Oferta // 3 puestos (T.</title><description>Publicado el &lt;b&gt;14-05&lt;/b&gt;</description>"),
        ("Oferta // 3 puestos (T.", None, None, None, "Publicado el <b>14-05</b>"),
    ),
    "RSS 1.0 in Latin-1 with Dublin Core": (
        rdf(
            f'<item rdf:about="{A}/n1"><title>Neue Fähre</title><link>{A}/n1</link><dc:creator>Ana Sáez</dc:creator>'
            "<dc:date>2026-11-20T10:00:00+01:00</dc:date><description>Sie fährt.</description></item>"
        ).encode("latin-1"),
        ("Neue Fähre", f"{A}/n1", "Ana Sáez", "2026-11-20T09:00:00", "Sie fährt."),
    ),
    "a journal: many creators in one line, a day without an hour": (
        rdf(
            f'<item rdf:about="{A}/s?rss"><title>Of mills</title><link>{A}/s?rss</link><dc:creator>Sáez, A., Lind, R.'
            "</dc:creator><dc:date>2026-11-20</dc:date><description>We saw.</description></item>"
        ).encode("latin-1"),
        ("Of mills", f"{A}/s?rss", "Sáez, A., Lind, R.", None, "We saw."),
    ),
    "a podcast: no link, an enclosure, the text in itunes:summary": (
        rss(
            "<title>221 - The Cloud, Explained</title><guid isPermaLink='false'>ep-221</guid>"
            f"<enclosure url='{A}/221.mp3' type='audio/mpeg' length='1'/><itunes:author>Night Desk</itunes:author>"
            "<itunes:summary>A certain cloud.</itunes:summary><pubDate>Wed, 01 Feb 2026 05:00:00 -0000</pubDate>"
        ),
        ("221 - The Cloud, Explained", f"{A}/221.mp3", "Night Desk", "2026-02-01T05:00:00", "A certain cloud."),
    ),
    "a blog: content:encoded, dc:creator in CDATA, tracked links, a pixel": (
        rss(
            f"<title><![CDATA[L&#8217;eau &amp; le moulin]]></title>"
            f"<link>{A}/p/1?utm_source=rss&amp;utm_medium=feed</link>"
            "<dc:creator><![CDATA[ Léa Roux ]]></dc:creator><guid>p1</guid><pubDate>Fri, 20 Nov 2026 10:00:00 GMT"
            "</pubDate><description><![CDATA[Announcing <a href='/x?utm_campaign=y&id=2'>a wheel</a>.]]></description>"
            f"<content:encoded><![CDATA[<p>Whole text</p><img src='{A}/px.gif' width='1' height='1'>"
            f"<script>x()</script>"
            "<p style='color:red' onclick='x()'>More</p>]]></content:encoded><slash:comments>0</slash:comments>"
        ),
        ("L’eau & le moulin", f"{A}/p/1", "Léa Roux", "2026-11-20T10:00:00", f'<a href="{A}/x?id=2">a wheel</a>'),
    ),
    "two authors, and a date without a zone that nobody can know": (
        rss(
            f"<title>Search goes on</title><link>{A}/s</link><guid>{A}/?p=1</guid><author>Ana Sáez and Rosa L.</author>"
            "<pubDate>Sat, Nov 20 2026 02:02:33 PM</pubDate><description>They look.</description>"
        ),
        ("Search goes on", f"{A}/s", "Ana Sáez and Rosa L.", None, "They look."),
    ),
    "a kernel list: a table as text, a permanent guid": (
        rss(
            f"<title>5.7: mainline</title><link>{A}/</link><guid isPermaLink='false'>5.7,2026</guid>"
            "<pubDate>Fri, 20 Nov 2026 21:56:15 +0000</pubDate><description>&lt;table&gt;&lt;tr&gt;&lt;th&gt;Version:"
            "&lt;/th&gt;&lt;td&gt;&lt;strong&gt;5.7&lt;/strong&gt;&lt;/td&gt;&lt;/tr&gt;&lt;/table&gt;</description>"
        ),
        ("5.7: mainline", f"{A}/", None, "2026-11-20T21:56:15", "Version:"),
    ),
    "an author that is an address with a name": (
        rss(
            f"<title>Post</title><link>{A}/post</link><author>ana@alderwick.example (Ana Sáez)</author>"
            f"<guid>{A}/post</guid>"
            "<description>Text.</description><pubDate>Fri, 20 Nov 2026 10:00 EST</pubDate>"
        ),
        ("Post", f"{A}/post", "Ana Sáez", "2026-11-20T15:00:00", "Text."),
    ),
    "a script for a link, and one in the title": (
        rss("<title>Free &lt;script&gt;x()&lt;/script&gt;flour</title><link>javascript:x()</link><guid>j1</guid>"),
        ("Free flour", None, None, None, ""),
    ),
    "a news ticker with markup for images beside the text": (
        rss(
            f"<title>Weiß &#8211; schwarz</title><link>{A}/w#ref=rss</link><guid>{A}/w</guid>"
            f"<media:content url='{A}/i.jpg'"
            " medium='image'><media:title>x</media:title></media:content><description>Kurz.</description>"
            "<pubDate>Sun, 7 Feb 2026 00:01:00 +0100</pubDate>"
        ),
        ("Weiß – schwarz", f"{A}/w#ref=rss", None, "2026-02-06T23:01:00", "Kurz."),
    ),
}


@pytest.mark.parametrize("habit", FEEDS)
def test_a_feed_is_read_as_a_person_would(desk: Any, web: Any, habit: str) -> None:
    body, (title, url, author, published, words) = FEEDS[habit]
    kind = "application/json" if str(body).startswith("{") else "text/xml"
    encoded = body.encode("latin-1" if "0.91" in str(body)[:90] else "utf-8") if isinstance(body, str) else body
    desk.add(web.serve("/feed", encoded, content_type=kind))
    assert desk.only().error is None
    (item,) = desk.queue()
    at = datetime.fromisoformat(published).replace(tzinfo=UTC) if published else None
    assert (item.latest.title, item.latest.author, item.latest.published) == (title, author, at)
    assert words in item.latest.excerpt
    if url is not None:
        assert item.latest.url == url


def test_all_of_them_twice_give_nothing_new_nothing_hostile_and_nothing_double(desk: Any, web: Any) -> None:
    for number, (body, _) in enumerate(FEEDS.values()):
        kind = "application/json" if str(body).startswith("{") else "text/xml"
        encoded = body.encode("latin-1" if "0.91" in str(body)[:90] else "utf-8") if isinstance(body, str) else body
        desk.add(web.serve(f"/{number}", encoded, content_type=kind))
    first = desk.collect()
    assert sum(one.new for one in first.outcomes) == len(FEEDS)
    before = desk.rows()
    second = desk.collect(force=True)
    assert [(one.new, one.updated, one.error) for one in second.outcomes] == [(0, 0, None)] * len(FEEDS)
    assert desk.rows() == before
    queue = desk.queue()
    for item in queue:
        one = item.latest
        shown = f"{one.title}{one.excerpt}{one.body}"
        assert not re.search(r"<script|javascript:|\son\w+=|style=|utm_|<iframe", shown, re.IGNORECASE), one.title
        assert not re.search(r'width="[012]"', shown)
        assert one.published is None or one.published.tzinfo is not None
        assert all(link.startswith(("http", "mailto:")) for link in re.findall(r'(?:href|src)="([^"]*)"', shown))
    urls = [one.latest.url for one in queue if one.latest.url]
    assert len(urls) == len(set(urls))
