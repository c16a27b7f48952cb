"""Plain text, Markdown and excerpts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.text.excerpt import excerpt
from newsletter.text.html import clean
from newsletter.text.markdown import to_html
from newsletter.text.plain import plain


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("<b>Bold</b> move", "Bold move"),
        ("<script>alert(1)</script>Title", "Title"),
        ("<p>one</p><p>two<br>three</p>", "one two three"),
        ("a\n  b\u202ec", "a bc"),
        ("1 < 2", "1 < 2"),
        ("", ""),
    ],
)
def test_html_becomes_one_line_of_text(html: str, expected: str) -> None:
    assert plain(html) == expected


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("# Head\n\nText *soft*", "<h3>Head</h3>\n<p>Text <em>soft</em></p>"),
        ("[x](https://a.example/)", '<p><a href="https://a.example/">x</a></p>'),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("<script>alert(1)</script>\n\nok", "<p>ok</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("~~old~~", "<p><s>old</s></p>"),
    ],
)
def test_markdown_becomes_clean_html(markdown: str, expected: str) -> None:
    assert to_html(markdown) == expected


@pytest.mark.parametrize(
    ("html", "limit", "expected"),
    [
        ("<p>Short.</p>", 100, "<p>Short.</p>"),
        ("<p>First one. Second one. Third one.</p>", 25, "<p>First one. Second one.</p>"),
        ("<p>One sentence that never ends and goes on</p>", 20, "<p>One sentence that…</p>"),
        (
            '<p>See <a href="https://a.example/">the page. More</a> there.</p>',
            14,
            '<p>See <a href="https://a.example/">the page.</a></p>',
        ),
        ("<h3>Head</h3><p><img src=\"https://a.example/x.png\">Text</p>", 100, "<p>Head</p><p>Text</p>"),
        ("<p>A &amp; B. And more and more.</p>", 8, "<p>A &amp; B.</p>"),
        ("<p>One.</p><p>Two.</p><p>Three.</p>", 9, "<p>One.</p><p>Two.</p>"),
    ],
)  # fmt: skip
def test_an_excerpt_ends_with_a_sentence_and_keeps_its_links(html: str, limit: int, expected: str) -> None:
    assert excerpt(html, limit) == expected


_TAGS = ["<p>", "</p>", "<b>", "</b>", "</a>", "<li>", "<ul>", '<a href="https://a.example/">']
_PIECES = [*_TAGS, "Word. ", "more text ", "x&amp;y! "]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=40).map("".join), st.integers(5, 80))
def test_an_excerpt_is_clean_and_never_longer_than_its_limit(html: str, limit: int) -> None:
    cut = excerpt(clean(html), limit)
    assert clean(cut) == cut
    assert len(plain(cut)) <= limit + 1
