"""Clean HTML in its place, and as plain text in columns."""

# ruff: noqa: E501  tables
from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.model.nesting import unwrapped_text
from newsletter.render.columns import beside, width_of, wrap
from newsletter.render.prose import Button, pieces, prose
from newsletter.render.prose_text import prose_text


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("plain", "<p>plain</p>"),
        ("a <em>b</em> c<p>d</p>e", "<p>a <em>b</em> c</p><p>d</p><p>e</p>"),
        ('<p>a<img src="https://x.example/a.png" alt="A"></p>', "<p>a</p>"),
        ('<p><a href="https://x.example/"><img src="https://x.example/a.png" alt="A"></a></p>', ""),
        ('<p style="color:red" onclick="x()">a</p><script>b</script>', "<p>a</p>"),
        ('<a href="javascript:x()">a</a>', "<p>a</p>"),
        ("", ""),
    ],
)
def test_html_is_fit_for_an_issue(html: str, expected: str) -> None:
    assert prose(html, above=2) == expected


@pytest.mark.parametrize(
    ("html", "above", "expected"),
    [
        ("<h3>a</h3><h3>b</h3>", 1, "<h2>a</h2><h2>b</h2>"),
        ("<h3>a</h3><h5>b</h5><h4>c</h4><h3>d</h3>", 2, "<h3>a</h3><h4>b</h4><h4>c</h4><h3>d</h3>"),
        ("<h6>a</h6><h3>b</h3><h4>c</h4>", 3, "<h4>a</h4><h4>b</h4><h5>c</h5>"),
    ],
)
def test_headings_go_on_from_the_one_above(html: str, above: int, expected: str) -> None:
    assert prose(html, above=above) == expected


def test_headings_of_an_excerpt_are_bold_paragraphs() -> None:
    assert prose("<h4>a <em>b</em></h4>c", above=3, headings=False) == "<p><b>a <em>b</em></b></p><p>c</p>"


def test_a_bold_link_alone_is_a_button() -> None:
    found = pieces('<p>a</p><p><strong><a href="https://x.example/">Give</a></strong></p><p>b</p>', above=2)
    assert found == ["<p>a</p>", Button("Give", "https://x.example/"), "<p>b</p>"]


@pytest.mark.parametrize(
    "html",
    [
        '<p><a href="https://x.example/">plain link</a></p>',
        '<p><strong><a href="https://x.example/">link</a></strong> and text</p>',
        '<p><strong><a href="mailto:a@x.example">mail</a></strong></p>',
        "<p><strong>bold</strong></p>",
    ],
)
def test_nothing_else_is_a_button(html: str) -> None:
    assert pieces(html, above=2) == [html]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a &amp; b</p><p>c</p>", "a & b\n\nc"),
        ('<p>the <a href="https://x.example/?a=1&amp;b=2">list</a>, again</p>', "the list [1], again\n\n[1] https://x.example/?a=1&b=2"),
        ('<p><a href="https://x.example/">x</a> and <a href="https://x.example/">y</a></p>', "x [1] and y [1]\n\n[1] https://x.example/"),
        ('<p><a href="https://x.example/">Give</a></p>', "Give: https://x.example/"),
        ('<p>see <a href="https://x.example/">https://x.example/</a></p>', "see https://x.example/"),
        ('<p>see <a href="https://x.example/">x.example</a></p>', "see https://x.example/"),
        ('<p>write to <a href="mailto:a@x.example">a@x.example</a></p>', "write to a@x.example"),
        ('<p><a href="mailto:a@x.example?subject=hi">write</a></p>', "write [1]\n\n[1] a@x.example"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul><p>d</p>", "* a\n* b\n  * c\n\nd"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ('<ul><li><a href="https://x.example/">a</a></li></ul>', "* a\n  https://x.example/"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n\n> b"),
        ("<p>a<br>b</p>", "a\nb"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<h3>a</h3><hr><p>b</p>", "a\n\n* * *\n\nb"),
        ("", ""),
    ],
)  # fmt: skip
def test_html_becomes_text(html: str, expected: str) -> None:
    assert prose_text(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<p>B0 <a href="https://a.example/">go</a>. E0 <a href="https://x.example/">all</a>', "B0 go (https://a.example/). E0 all [1]\n\n[1] https://x.example/"),
        ('<p>B0<a href="https://a.example/">go</a>E0B1<a href="https://b.example/">geh</a>E1</p>', "B0go (https://a.example/)E0B1geh (https://b.example/)E1"),
        ('<p><a href="https://x.example/">all</a> B0<a href="https://x.example/">some</a>E0</p>', "all [1] B0some (https://x.example/)E0\n\n[1] https://x.example/"),
        ('<p>B0<a href="https://x.example/">some</a>E0 <a href="https://x.example/">all</a></p>', "B0some (https://x.example/)E0 all [1]\n\n[1] https://x.example/"),
        ('<p>see <a href="https://x.example/">B0one E0B1otherE1</a></p>', "see B0one E0B1otherE1 [1]\n\n[1] https://x.example/"),
        ('<p>B0 b B1 <a href="https://a.example/">c</a> E1 <a href="https://b.example/">d</a> E0</p>', "B0 b B1 c (https://a.example/) E1 d (https://b.example/) E0"),
        ('B0<p>a <a href="https://a.example/">b</a></p>E0<p>c <a href="https://x.example/">d</a></p>', "B0a b (https://a.example/)\n\nE0c d [1]\n\n[1] https://x.example/"),
        ('<p>B0<a href="mailto:a@x.example">write</a>E0</p>', "B0write (a@x.example)E0"),
    ],
)  # fmt: skip
def test_a_link_under_a_condition_keeps_its_address_beside_it(html: str, expected: str) -> None:
    def marked(text: str) -> str:
        return re.sub("([BE])([01])", lambda found: f"mg{'0' * 20}{found[1].lower()}{found[2]}gm", text)

    assert unwrapped_text(prose_text(marked(html)), "0" * 20) == marked(expected)


def test_the_end_of_a_passage_has_no_line_of_its_own() -> None:
    end = f"mg{'0' * 20}e0gm"
    assert wrap(f"some words {end} more", 10) == f"some words {end}\nmore"


def test_wide_letters_count_twice() -> None:
    assert width_of("図書館") == 6
    assert all(width_of(line) <= 20 for line in wrap("図書館は日曜日も開いています。" * 3, 20).split("\n"))


def test_a_link_is_never_broken() -> None:
    link = "https://x.example/" + "a" * 100
    assert link in wrap(f"some words {link} more", 40).split("\n")


def test_two_columns_stand_beside_each_other() -> None:
    assert beside(["Dec 5", "Saturday"], "Walk\nat dusk\nto the weir") == (
        "Dec 5           Walk\nSaturday        at dusk\n                to the weir"
    )


@given(st.text(), st.integers(min_value=4, max_value=100))
def test_no_line_is_longer_than_it_may_be(text: str, width: int) -> None:
    wrapped = wrap(text, width)
    if "://" not in text and "mailto:" not in text.lower():
        assert all(width_of(line) <= width for line in wrapped.split("\n"))
    assert "".join(wrapped.split()) == "".join(text.split())


@given(st.lists(st.sampled_from(["<p>", "</p>", "<ul>", "</ul>", "<li>", "<b>", "</b>", "<a href='https://x.example/'>", "</a>", "<br>", "<h3>", "word ", "longer words & more ", "<pre>", "</pre>", "<blockquote>"]), max_size=40))  # fmt: skip
def test_any_html_becomes_text_of_72_columns(parts: list[str]) -> None:
    text = prose_text(prose("".join(parts), above=2))
    assert all(len(line) <= 72 for line in text.split("\n"))
    assert "<" not in text
