"""The one HTML policy."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.text.html import TAGS, clean

BASE = "https://alderwick.example.org/news/bridge"


@pytest.mark.parametrize(
    ("given_html", "expected"),
    [
        ("<p>Plain <b>bold</b></p>", "<p>Plain <b>bold</b></p>"),
        ("<h1>Top</h1><h2>Second</h2>", "<h3>Top</h3><h3>Second</h3>"),
        ("<script>alert(1)</script>after", "after"),
        ("<style>p{}</style><p>x</p>", "<p>x</p>"),
        ('<p onclick="x()" style="color:red" class="a" id="b">x</p>', "<p>x</p>"),
        ('<a href="javascript:alert(1)">x</a>', "x"),
        ('<a href="java\nscript:alert(1)">x</a>', "x"),
        ('<a href="&#106;avascript:alert(1)">x</a>', "x"),
        ('<a href="data:text/html,x">x</a>', "x"),
        ('<a href="/rel?a=1&amp;b=2">x</a>', '<a href="https://alderwick.example.org/rel?a=1&amp;b=2">x</a>'),
        ('<a href="mailto:desk@example.org">x</a>', '<a href="mailto:desk@example.org">x</a>'),
        ('<a href="http://[broken">x</a>', "x"),
        (
            '<img src="pic.png" alt="A" width="600px">',
            '<img src="https://alderwick.example.org/news/pic.png" alt="A" width="600">',
        ),
        ('<img src="https://t.example/p.gif" width="1" height="1">x', "x"),
        ('<img src="https://t.example/p.gif" height=0>x', "x"),
        ('<img src="data:image/gif;base64,AAAA">x', "x"),
        ("<div>one</div><div>two</div>", "<p>one</p><p>two</p>"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "<p> a  b </p>"),
        ("a<!-- comment -->b", "ab"),
        ("evil\u202etxt.exe &#x202e;x\x00\x07", "eviltxt.exe x"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("1 < 2 & 3", "1 &lt; 2 &amp; 3"),
        ("<iframe src=x></iframe><form><input></form>ok", "ok"),
        ("<svg><script>alert(1)</script></svg>ok", "ok"),
        ("<p></p><p> </p><p>x</p>", "<p>x</p>"),
        ("", ""),
    ],
)  # fmt: skip
def test_html_from_outside_is_cleaned(given_html: str, expected: str) -> None:
    assert clean(given_html, BASE) == expected


def test_a_relative_link_without_a_base_loses_its_link_and_keeps_its_text() -> None:
    assert clean('<p>see <a href="/x">this</a> <img src="y.png"></p>') == "<p>see this </p>"


@pytest.mark.parametrize("bomb", ["<div>" * 50_000 + "deep", "<b a=1>" * 9_000 + "deep", "<ul><li>" * 20_000 + "deep"])
def test_absurd_nesting_becomes_plain_text(bomb: str) -> None:
    assert clean(bomb) == "<p>deep</p>"


_pieces = st.sampled_from(
    [
        *(f"<{tag}>" for tag in sorted(TAGS)),
        *(f"</{tag}>" for tag in sorted(TAGS)),
        "<div>", "</div>", "<table>", "<tr>", "<td>", "</table>", "<h1>", "</h1>", "<h2>", "<script>", "</script>",
        "<style>", "</style>", "<svg>", "</svg>", "<math>", "<mtext>", "<mglyph>", "<noscript>", "</noscript>",
        "<select>",
        '<a href="javascript:alert(1)">', '<a href="/x">', '<a href=" java\tscript:x">', '<a title="<script>" href=x>',
        '<img src=x onerror=alert(1)>', '<img src="a.png" width=1>', "<p onclick=x>", '<b style="x:expression(1)">',
        "<!--", "-->", "<![CDATA[", "]]>", "&lt;script&gt;", "&#x202e;", "&#0;", "&amp;lt;", "\u202e", "\x00", "<", ">",
        '"', "'", "&", "\xa0", " ", "text", "é",
        "<textarea>", "</textarea>", "<title>", "<template>", "<plaintext>", "<pre>\n",
        "<form>", "</form>", "<button>", "<frameset>", "<body onload=x>", "<html>", "</p>", "</br>", "<image src=x>",
    ]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(_pieces | st.text(max_size=5), max_size=25).map("".join), st.sampled_from([None, BASE]))
def test_cleaning_is_idempotent_and_lets_nothing_through(html: str, base: str | None) -> None:
    once = clean(html, base)
    assert clean(once, base) == once
    assert clean(once) == once
    for tag in re.findall(r"<[^>]*>", once):
        name = re.match(r"</?([a-z0-9]+)", tag)
        assert name is not None, tag
        assert name[1] in TAGS
        assert not re.search(r'\s(on\w+|style|class|id)="', tag)
        for url in re.findall(r'(?:href|src)="([^"]*)"', tag):
            assert url.startswith(("http://", "https://", "mailto:")), url
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", once)
