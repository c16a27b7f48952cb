"""Feeds as they come: RSS, Atom, JSON Feed, and what is none."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from newsletter.collect.found import Document, Found, Unreadable
from newsletter.collect.reading import read_document
from newsletter.model.item import ItemData

URL = "https://alderwick.example.org/news/feed.xml"

LINKED = "<description><![CDATA[<p onclick='x()'>Hi <a href='/x'>x</a></p>]]></description>"
BOTH = "<description>Short.</description><content:encoded><![CDATA[<p>Long text.</p>]]></content:encoded>"


def read(body: str | bytes, kind: str = "application/xml") -> Found:
    content = body.encode() if isinstance(body, str) else body
    return read_document(Document(name=URL, format="feed", body=content, headers={"content-type": kind}))


def rss(item: str, channel: str = "<title>Alderwick Times</title>") -> ItemData:
    namespaces = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    found = read(f'<rss version="2.0" {namespaces}><channel>{channel}<item>{item}</item></channel></rss>')
    assert len(found.items) == 1
    return found.items[0]


def atom(entry: str, attributes: str = "") -> ItemData:
    found = read(
        f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>T</title><entry>{entry}</entry></feed>'
    )
    assert len(found.items) == 1
    return found.items[0]


@pytest.mark.parametrize(
    ("item", "field", "expected"),
    [
        ("<title>Tom &amp;amp; Ana</title>", "title", "Tom & Ana"),
        ("<title>&lt;b&gt;Bold&lt;/b&gt; plan</title>", "title", "Bold plan"),
        ("<title>&lt;script&gt;alert(1)&lt;/script&gt;Plan</title>", "title", "Plan"),
        ("<title>two\n lines</title>", "title", "two lines"),
        ("<link>javascript:alert(1)</link><title>x</title>", "url", None),
        ("<link>/bridge</link><title>x</title>", "url", "https://alderwick.example.org/bridge"),
        ('<guid isPermaLink="true">https://alderwick.example.org/g</guid>', "url", "https://alderwick.example.org/g"),
        ("<author>ana@example.org (Ana Reyes)</author><title>x</title>", "author", "Ana Reyes"),
        ("<author>ana@example.org</author><title>x</title>", "author", None),
        ("<dc:creator>Ana Reyes</dc:creator><title>x</title>", "author", "Ana Reyes"),
        ("<pubDate>28/06/2024</pubDate><title>x</title>", "published", None),
        ("<guid isPermaLink='false'>abc</guid><title>x</title>", "guid", "abc"),
        ("<description>only text</description>", "title", ""),
        ("<source url='https://a.example/f'>The Ferry</source><title>x</title>", "outlet", "The Ferry"),
        ("<description>a &amp;lt;b&amp;gt; tag</description>", "excerpt", "a &lt;b&gt; tag"),
        (f"{LINKED}<link>https://b.example/1/</link>", "excerpt", '<p>Hi <a href="https://b.example/x">x</a></p>'),
        (BOTH, "body", "<p>Long text.</p>"),
        (BOTH, "excerpt", "Short."),
        ("<author>(Ana Reyes) ana@example.org</author><title>x</title>", "author", "Ana Reyes"),
    ],
)  # fmt: skip
def test_a_field_of_an_rss_item(item: str, field: str, expected: object) -> None:
    assert getattr(rss(item), field) == expected


def test_an_atom_entry_is_read_with_its_base_and_its_literal_title() -> None:
    item = atom(
        "<title>1 &lt; 2</title><id>urn:1</id><link href='bridge'/><updated>2026-11-20T10:00:00+01:00</updated>"
        "<author><name>Ana Reyes</name></author>"
        "<content type='html'>&lt;p&gt;See &lt;a href='map'&gt;the map&lt;/a&gt;.&lt;/p&gt;</content>",
        'xml:base="https://base.example/a/" xml:lang="en"',
    )
    assert item.title == "1 < 2"
    assert item.url == "https://base.example/a/bridge"
    assert item.body == '<p>See <a href="https://base.example/a/map">the map</a>.</p>'
    assert item.published is not None
    assert item.published.isoformat() == "2026-11-20T09:00:00+00:00"
    assert (item.author, item.language, item.guid) == ("Ana Reyes", "en", "urn:1")


def test_a_json_feed_is_read() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Alderwick &amp; Co",
        "authors": [{"name": "Ana Reyes"}],
        "items": [
            {"id": 7, "url": "/a", "title": "A", "content_html": "<p>Hi<script>x</script></p>"},
            {"id": "8", "external_url": "https://b.example/", "content_text": "Text < more\n\nSecond"},
            {"id": "9", "title": "C", "url": 5, "authors": "nobody"},
            {"id": "10", "title": None},
            "nonsense",
        ],
    }  # fmt: skip
    found = read(json.dumps(feed), "application/feed+json")
    assert found.title == "Alderwick & Co"
    assert [(one.guid, one.url, one.body) for one in found.items] == [
        ("7", "https://alderwick.example.org/a", "<p>Hi</p>"),
        ("8", "https://b.example/", "<p>Text &lt; more</p><p>Second</p>"),
        ("9", None, ""),
    ]
    assert [one.name for one in found.refused] == ["item 4", "item 5"]


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        ("", "application/xml", "is empty"),
        ("<!doctype html><html><body>Hello</body></html>", "text/html", "web page, not a feed"),
        ("<html><head><title>x</title></head></html>", "application/xml", "web page, not a feed"),
        ("<rss><channel><item><title>x</title></item><item><title>", "application/xml", None),
        ("just words", "text/plain", "not a feed"),
        ("<?xml version='1.0'?><a><b></a>", "application/xml", "broken XML"),
        ('{"items": ', "application/json", "broken JSON"),
        ('{"a": 1}', "application/json", "no JSON Feed"),
        (b"<?xml version='1.0' encoding='u\xdc\xff'?><rss/>", "application/xml", "damaged"),
        ("[" * 100_000, "application/json", "JSON"),
        ("<?xml version='1.0'?><sitemap/>", "application/xml", "not a feed"),
    ],
)
def test_what_is_no_feed_is_one_sentence(body: str | bytes, kind: str, words: str | None) -> None:
    if words is None:  # broken, and readable all the same
        assert read(body, kind).items[0].title == "x"
        return
    with pytest.raises(Unreadable, match=words) as caught:
        read(body, kind)
    assert re.fullmatch(r"[^\n]+\.", caught.value.reason)


def test_a_body_that_is_a_path_is_never_opened(tmp_path: Path) -> None:
    secret = tmp_path / "feed.xml"
    secret.write_text('<rss version="2.0"><channel><item><title>secret</title></item></channel></rss>')
    with pytest.raises(Unreadable):
        read(str(secret))


def test_entities_of_xml_reach_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    body = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}">]><rss version="2.0"><channel><item><title>a &x;</title></item></channel></rss>'  # noqa: E501
    assert "secret" not in str([one.title for one in read(body).items])


def test_a_feed_in_another_encoding_is_read() -> None:
    body = '<?xml version="1.0" encoding="iso-8859-1"?><rss version="2.0"><channel><item><title>Café</title></item></channel></rss>'  # noqa: E501
    found: Any = read(body.encode("iso-8859-1"))
    assert found.items[0].title == "Café"


@pytest.mark.parametrize(
    ("date", "flags"),
    [
        ("<pubDate>mer., 24 juin 2026 10:00:00 +0200</pubDate>", ()),
        ("<pubDate>mercredi 24 juin 2026 10:00</pubDate>", ("date-unread",)),
        ("<pubDate>soon</pubDate>", ("date-unread",)),
        ("<pubDate> </pubDate>", ()),
        ("", ()),
    ],
)
def test_a_date_that_cannot_be_read_is_flagged(date: str, flags: tuple[str, ...]) -> None:
    assert rss(f"<title>Bridge</title><link>https://a.example/1</link>{date}").flags == flags
