"""Dropped files: Markdown, text, saved pages."""

from __future__ import annotations

import pytest

from newsletter.collect.found import Document, Unreadable
from newsletter.collect.reading import read_document
from newsletter.model.item import ItemData


def read(ending: str, body: str | bytes, name: str = "fair-day") -> ItemData:
    content = body.encode() if isinstance(body, str) else body
    document = Document(name=f"{name}{ending}", format=ending, body=content, zone="America/New_York")
    (item,) = read_document(document).items
    return item


def test_front_matter_says_what_an_item_is() -> None:
    item = read(
        ".md",
        "---\ntitle: 'Fair: all day'\nlink: https://a.example/fair\noutlet: The Ferry\nauthor: [Ana, Ben]\n"
        "date: 2026-11-20\nexcerpt: See *here*.\nlanguage: en\n---\n# Fair: all day\n\nBody <script>x</script>text.\n",
    )
    assert (item.title, item.url, item.outlet, item.author) == (
        "Fair: all day",
        "https://a.example/fair",
        "The Ferry",
        "Ana, Ben",
    )
    assert (item.excerpt, item.language, item.guid) == ("<p>See <em>here</em>.</p>", "en", "fair-day.md")
    assert "script" not in item.body
    assert "Fair" not in item.body
    assert item.published is not None
    assert item.published.isoformat() == "2026-11-20T05:00:00+00:00"


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("# A *first* heading\n\nText", "A first heading"),
        ("Set off\n=======\n\nText", "Set off"),
        ("No heading at all.", "Fair day"),
        ("---\ntitle: 2026\n---\nText", "2026"),
        ("\ufeff# With a mark", "With a mark"),
    ],
)
def test_the_title_of_a_markdown_file(body: str, title: str) -> None:
    assert read(".md", body).title == title


def test_a_text_file_begins_with_its_title_and_is_reflowed() -> None:
    item = read(".txt", "Fair day\r\n\r\nhttps://a.example/fair\r\nhard\r\nwrapped < lines.\r\n\r\nSecond.\r\n")
    assert (item.title, item.url) == ("Fair day", "https://a.example/fair")
    assert item.body == "<p>hard wrapped &lt; lines.</p><p>Second.</p>"


def test_a_text_file_in_another_encoding_is_read() -> None:
    assert "café" in read(".txt", "Fair\n\nAll the café owners of the town were there, and señor García too.".encode("cp1252")).body  # fmt: skip # noqa: E501


def test_a_saved_page_is_its_article() -> None:
    text = "The fair in Alderwick began with a long and happy walk along the river, and many came to see it. " * 4
    page = (
        '<!doctype html><html lang="en"><head><title>Fair day | The Ferry</title>'
        '<link rel="canonical" href="https://a.example/fair"><meta property="og:site_name" content="The Ferry">'
        '<meta property="article:published_time" content="2026-11-20T09:00:00Z"></head><body><nav>Menu Home About</nav>'
        f'<article><h1>Fair day</h1><p>{text}</p><p>See <a href="/map">the map</a>. {text}</p></article></body></html>'
    )
    item = read(".html", page)
    assert (item.title, item.url, item.outlet, item.language) == (
        "Fair day",
        "https://a.example/fair",
        "The Ferry",
        "en",
    )
    assert "Menu" not in item.body
    assert '<a href="https://a.example/map">the map</a>' in item.body
    assert not item.excerpt.startswith("<p>Fair day")
    assert item.published is not None


@pytest.mark.parametrize(
    ("ending", "body", "words"),
    [
        (".md", "---\ntitle: [a\n---\nx", "not valid YAML"),
        (".md", "---\n: : :\n- x: {\n---\nx", "not valid YAML"),
        (".md", "  \n", "is empty"),
        (".txt", "", "is empty"),
        (".txt", b"\x89PNG\0\0\0", "not text"),
        (".html", "  ", "is empty"),
        (".html", "<html><body></body></html>", "neither a title nor a text"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(ending: str, body: str | bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read(ending, body)
